//! API Gateway's HTTP APIs: the CORS configuration of an API, as the AWS command line takes it.
//!
//! Origins are exact. `*` among methods is written out, since what is answered for it is not documented.
//! Reference: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Peculiarity, Proof, Target};

use super::{REFLECTION, STARRED_NAMES};

pub(super) struct AwsHttpApi;

/// The methods that routes of an HTTP API can have.
pub(super) const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

impl Target for AwsHttpApi {
    fn name(&self) -> &'static str {
        "aws-http-api"
    }

    fn title(&self) -> &'static str {
        "AWS API Gateway, HTTP APIs"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::Subdomains | Feature::AnyPort => {
                Can::No("it knows whole origins and whole schemes alone; list the origins")
            }
            Feature::NullOrigin => Can::No("it takes origins of http and https alone"),
            Feature::AnyHeader | Feature::AnyHeaderWithCredentials => Can::No(
                "whether its `*` includes Authorization, and what it is worth with credentials, is not documented; list \
                 the headers",
            ),
            Feature::RefuseDisallowed => Can::No("it asks the integration for every origin"),
            Feature::AnyMethod | Feature::AnyMethodWithCredentials => {
                Can::Otherwise("the seven methods that routes can have are written out")
            }
            Feature::AnyOrigin => Can::Otherwise("the headers are on answers to requests with Origin alone"),
            Feature::MaxAgeZero => {
                Can::Otherwise("nought is its word for none too; browsers then remember for 5 seconds")
            }
            Feature::RefusedPreflight => Can::Otherwise("it is answered 204 without any of the headers"),
            Feature::OwnOptions => {
                Can::Otherwise("it is not documented which OPTIONS reach a route once CORS is configured")
            }
            Feature::ErrorResponses => Can::Otherwise(
                "documented for answers of the integration; API Gateway's own may come without",
            ),
            Feature::Vary => Can::Otherwise(
                "it is not documented; where a CDN stands in front, let it forward Origin and cache by it",
            ),
            Feature::BeforeAuthentication => Can::Otherwise(
                "a $default route with an authorizer is asked first: add a route OPTIONS /{proxy+} without one",
            ),
            Feature::Credentials
            | Feature::AnyHeaderAndAuthorization
            | Feature::NoContentType
            | Feature::ExposeAny
            | Feature::InnerHeaders => Can::Yes,
        }
    }

    fn peculiarities(&self) -> &'static [Peculiarity] {
        &[
            STARRED_NAMES,
            Peculiarity {
                title: "methods beside GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS",
                can: Can::No("routes cannot have them; take them out of allow_methods"),
                is_asked_by: |policy| policy.methods.iter().any(|name| !METHODS.contains(&&**name)),
            },
            Peculiarity {
                title: "origins beside http and https",
                can: Can::No("it takes origins of http and https alone"),
                is_asked_by: |policy| policy.listed().iter().any(|pattern| !is_web(&pattern.text)),
            },
        ]
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "Save it as cors.yaml, with your API's identifier; then aws apigatewayv2 update-api --cli-input-yaml \
         file://cors.yaml"
    }

    fn extension(&self) -> &'static str {
        "yaml"
    }

    fn proof(&self) -> Proof {
        Proof::Parsed("botocore's model of the service; AWS did not run them")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        let any = || vec!["*".to_owned()];
        let origins = match &policy.origins {
            Origins::Any => any(),
            Origins::Listed(patterns) => patterns.iter().map(|pattern| pattern.text.clone()).collect(),
        };
        let mut lines = format!(
            "ApiId: YOUR-API-ID\nCorsConfiguration:\n  AllowOrigins: {}\n  AllowCredentials: {}\n  AllowMethods: {}\n",
            quote::list(&origins),
            policy.credentials,
            quote::list(&methods(policy)),
        );
        // Every key, so that nothing of an earlier configuration stays.
        lines.push_str(&format!("  AllowHeaders: {}\n", quote::list(&policy.headers_with_star())));
        lines.push_str(&format!("  ExposeHeaders: {}\n", quote::list(&policy.expose)));
        lines.push_str(&format!("  MaxAge: {}\n", policy.max_age.unwrap_or(0)));
        Ok(lines)
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save_where("cors.yaml", "with your API's identifier", &self.write(policy, context)?),
            Step::put("In a terminal", "aws apigatewayv2 update-api --cli-input-yaml file://cors.yaml"),
            Step::act(
                "Take Access-Control-* out of what the functions behind answer: the API's own word counts",
            ),
        ])
    }
}

/// The methods, those that need no permission first.
pub(super) fn methods(policy: &Parts) -> Vec<String> {
    if policy.any_method {
        return METHODS.map(str::to_owned).into();
    }
    super::with_safelisted(&policy.methods)
}

/// Whether an origin is of the schemes that the clouds know.
pub(super) fn is_web(origin: &str) -> bool {
    origin.starts_with("https://") || origin.starts_with("http://") || origin == "null"
}
