//! Ruby's rack-cors, for Rails and any other Rack application.
//!
//! The package takes a text without `http` for one of any scheme, and allows `Content-Type` and `Authorization` unasked: the
//! first is written as an expression, the others are a condition of the resource.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::pattern::Pattern;
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::REFLECTION;

pub(super) struct RackCors;

/// What browsers take for granted where there is no max-age. The package's own is two hours.
const BROWSERS_MAX_AGE: i64 = 5;

impl Target for RackCors {
    fn name(&self) -> &'static str {
        "rack-cors"
    }

    fn title(&self) -> &'static str {
        "Rails and Rack with rack-cors 1.1 and later"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::RefuseDisallowed => Can::No("the package runs the application for every origin"),
            Feature::AnyMethod | Feature::AnyMethodWithCredentials => {
                Can::Otherwise("it allows the methods of the HTTP standards, and no other")
            }
            Feature::AnyOrigin => Can::Otherwise(
                "the headers are on answers to requests with Origin alone, and caches are told so",
            ),
            Feature::RefusedPreflight => Can::Otherwise(
                "it is answered 200 without any of the headers, so that the browser refuses it",
            ),
            Feature::InnerHeaders => Can::Otherwise(
                "they stay, and stand in place of the policy's: take Access-Control-* out of your application",
            ),
            Feature::BeforeAuthentication => Can::Placed("only where it stands before authentication"),
            Feature::ErrorResponses => {
                Can::Placed("only where it stands first, so that error pages are made inside of it")
            }
            Feature::Vary
            | Feature::OwnOptions
            | Feature::Subdomains
            | Feature::AnyPort
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::AnyHeaderWithCredentials
            | Feature::NoContentType
            | Feature::ExposeAny
            | Feature::MaxAgeZero => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "Rails: save it as config/initializers/cors_policy.rb. Rack: require it in config.ru; then use Rack::Cors, &CORS_POLICY \
         before everything else."
    }

    fn extension(&self) -> &'static str {
        "rb"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/rack-cors.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        // The package puts methods in capitals, where another name is another method.
        if let Some(name) =
            policy.methods.iter().find(|name| name.chars().any(|letter| letter.is_lowercase()))
        {
            return Err(name.clone());
        }
        let origins = match &policy.origins {
            Origins::Any => "'*'".to_owned(),
            Origins::Listed(patterns) => {
                patterns.iter().map(origin).collect::<Result<Vec<_>, _>>()?.join(",\n            ")
            }
        };
        let methods: Vec<String> =
            policy.methods_spelled_out().iter().map(|name| name.to_ascii_lowercase()).collect();
        let headers = if policy.any_header { ":any".to_owned() } else { quote::ruby_list(&policy.headers) };
        let mut options = vec![
            format!("methods: {}", quote::ruby_list(&methods)),
            format!("headers: {headers}"),
            format!("expose: {}", quote::ruby_list(&policy.expose)),
            format!("credentials: {}", policy.credentials),
            format!("max_age: {}", policy.max_age.unwrap_or(BROWSERS_MAX_AGE)),
        ];
        let unasked = [(Feature::NoContentType, "content-type"), (Feature::AnyHeader, "authorization")];
        if let Some((_, name)) = unasked.iter().find(|(feature, _)| feature.is_asked_by(policy)) {
            options.push(format!(
                "if: lambda {{ |env|\n               \
                 # The package allows it whether or not it is listed.\n               \
                 asked = env.fetch('HTTP_ACCESS_CONTROL_REQUEST_HEADERS', '').split(',')\n               \
                 asked.none? {{ |name| name.strip.casecmp?({}) }}\n             }}",
                quote::ruby_string(name)
            ));
        }
        Ok(format!(
            "require 'rack/cors' # gem 'rack-cors'\n\n\
             CORS_POLICY = proc do\n  allow do\n    origins {origins}\n    \
             resource '*',\n             {}\n  end\nend\n\n\
             Rails.application.config.middleware.insert_before 0, Rack::Cors, &CORS_POLICY if defined?(Rails)\n",
            options.join(",\n             ")
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::put("In the Gemfile; then bundle install", "gem 'rack-cors'"),
            Step::save_where(
                "config/initializers/cors_policy.rb",
                "in place of config/initializers/cors.rb",
                &self.write(policy, context)?,
            ),
            Step::put(
                "Only without Rails: in config.ru, before every other `use`, in place of every `use Rack::Cors`",
                "require_relative 'config/initializers/cors_policy'\nuse Rack::Cors, &CORS_POLICY\n",
            ),
        ])
    }
}

/// An origin as the package compares it letter for letter, or from the first to the last.
fn origin(pattern: &Pattern) -> Result<String, String> {
    let is_http = pattern.text.starts_with("http://") || pattern.text.starts_with("https://");
    if pattern.is_exact() && is_http {
        return Ok(quote::ruby_string(&pattern.text));
    }
    let expression = format!("\\A{}\\z", pattern.expression());
    quote::ruby_regex(&expression).ok_or(expression)
}
