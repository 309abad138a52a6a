//! CloudFront: a response headers policy, as the AWS command line takes it.
//!
//! It puts headers on answers and gives none of its own, so that preflights are for the origin server to answer. The origin
//! server's own CORS headers are removed, which comes before any are put on.
//! Reference: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html>

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Peculiarity, Proof, Target};

use super::{REFLECTION, STARRED_NAMES, aws_http_api};

pub(super) struct CloudFront;

impl Target for CloudFront {
    fn name(&self) -> &'static str {
        "cloudfront"
    }

    fn title(&self) -> &'static str {
        "Amazon CloudFront"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyPort => Can::No("a star stands for names alone; list the ports"),
            Feature::NullOrigin => Can::No("it takes origins of http and https alone"),
            Feature::AnyHeaderAndAuthorization | Feature::AnyHeaderWithCredentials => Can::No(
                "its `*` stands alone, and covers neither Authorization nor anything with credentials; list the headers",
            ),
            Feature::RefuseDisallowed => Can::No("it asks the origin server for every origin"),
            Feature::Subdomains => {
                Can::Otherwise("whether a star stands for several names in a row is not documented")
            }
            Feature::AnyMethod | Feature::AnyMethodWithCredentials => {
                Can::Otherwise("the seven methods that CloudFront knows are written out")
            }
            Feature::AnyOrigin => Can::Otherwise("the headers are on answers to requests with Origin alone"),
            Feature::MaxAgeZero => Can::Otherwise("it may be left out; browsers then remember for 5 seconds"),
            Feature::RefusedPreflight => {
                Can::Otherwise("its status is the origin server's, and none of the headers are on it")
            }
            Feature::ErrorResponses => Can::Otherwise(
                "those of the origin server have the headers; CloudFront's own may come without",
            ),
            Feature::Vary => Can::Otherwise(
                "it is not documented; the headers are put on as an answer leaves, and never kept in CloudFront's cache",
            ),
            Feature::BeforeAuthentication => Can::Otherwise(
                "the cache behavior must allow OPTIONS, and the origin server answer it 2xx, without authentication",
            ),
            Feature::Credentials
            | Feature::AnyHeader
            | Feature::NoContentType
            | Feature::ExposeAny
            | Feature::OwnOptions
            | Feature::InnerHeaders => Can::Yes,
        }
    }

    fn peculiarities(&self) -> &'static [Peculiarity] {
        &[
            STARRED_NAMES,
            Peculiarity {
                title: "methods beside GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS",
                can: Can::No("CloudFront does not pass them on; take them out of allow_methods"),
                is_asked_by: |policy| {
                    policy.methods.iter().any(|name| !aws_http_api::METHODS.contains(&&**name))
                },
            },
            Peculiarity {
                title: "origins beside http and https",
                can: Can::No("it takes origins of http and https alone"),
                is_asked_by: |policy| {
                    policy.listed().iter().any(|pattern| !aws_http_api::is_web(&pattern.text))
                },
            },
            Peculiarity {
                title: "no request header at all",
                can: Can::No(
                    "an empty list is not documented; allow_headers = [\"Accept\"] is the least it can say",
                ),
                is_asked_by: |policy| !policy.any_header && policy.headers.is_empty(),
            },
        ]
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "Save it as cors.yaml; then aws cloudfront create-response-headers-policy --cli-input-yaml file://cors.yaml, and \
         attach it to the cache behavior."
    }

    fn extension(&self) -> &'static str {
        "yaml"
    }

    fn proof(&self) -> Proof {
        Proof::Parsed("botocore's model of the service; CloudFront did not run them")
    }

    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String> {
        let origins = match &policy.origins {
            Origins::Any => vec!["*".to_owned()],
            Origins::Listed(patterns) => patterns.iter().map(|pattern| pattern.text.clone()).collect(),
        };
        // A name is 128 letters at most.
        let name: String = quote::identifier(&context.name).chars().take(100).collect();
        let mut lines = format!(
            "ResponseHeadersPolicyConfig:\n  Name: {}\n  CorsConfig:\n",
            quote::string(&format!("cors-{name}"))
        );
        let mut list = |key: &str, items: &[String]| {
            lines.push_str(&format!(
                "    {key}:\n      Quantity: {}\n      Items: {}\n",
                items.len(),
                quote::list(items)
            ));
        };
        list("AccessControlAllowOrigins", &origins);
        list("AccessControlAllowMethods", &aws_http_api::methods(policy));
        list("AccessControlAllowHeaders", &policy.headers_with_star());
        if !policy.expose.is_empty() {
            list("AccessControlExposeHeaders", &policy.expose);
        }
        lines.push_str(&format!("    AccessControlAllowCredentials: {}\n", policy.credentials));
        if let Some(seconds) = policy.max_age {
            lines.push_str(&format!("    AccessControlMaxAgeSec: {seconds}\n"));
        }
        lines.push_str("    OriginOverride: true\n");
        // They are removed first, and those above put on then.
        let private_network = "Access-Control-Allow-Private-Network".to_owned();
        let removed: Vec<String> = corsac::CORS_RESPONSE_HEADERS
            .iter()
            .map(|name| quote::title_case(name))
            .chain([private_network])
            .collect();
        lines.push_str(&format!("  RemoveHeadersConfig:\n    Quantity: {}\n    Items:\n", removed.len()));
        for name in removed {
            lines.push_str(&format!("      - Header: {}\n", quote::string(&name)));
        }
        Ok(lines)
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save("cors.yaml", &self.write(policy, context)?),
            Step::put(
                "In a terminal",
                "aws cloudfront create-response-headers-policy --cli-input-yaml file://cors.yaml",
            ),
            Step::act(
                "Attach it to the cache behavior of the API, in place of the response headers policy there",
            ),
        ])
    }
}
