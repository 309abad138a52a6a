//! Django: the settings of django-cors-headers.
//!
//! Every setting is written: left out, the package allows methods and headers of its own, for a day.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::target::{Context, Proof, Target};

use super::REFLECTION;

pub(super) struct Django;

impl Target for Django {
    fn name(&self) -> &'static str {
        "django"
    }

    fn title(&self) -> &'static str {
        "Django with django-cors-headers"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyMethodWithCredentials | Feature::AnyHeaderWithCredentials => {
                Can::No("the package does not repeat what is asked for; list the names")
            }
            Feature::RefuseDisallowed => Can::No("the package runs the view for every origin"),
            Feature::MaxAgeZero => Can::Otherwise("it is not sent; browsers then remember for 5 seconds"),
            Feature::AnyOrigin => Can::Otherwise(
                "the headers are on answers to requests with Origin alone, and caches are told so",
            ),
            Feature::RefusedPreflight => Can::Otherwise(
                "it is answered 200 without any of the headers, so that the browser refuses it",
            ),
            Feature::InnerHeaders => Can::Otherwise(
                "they stay where the policy has no word of its own: take Access-Control-* out of your views",
            ),
            Feature::BeforeAuthentication | Feature::ErrorResponses => {
                Can::Otherwise("only where the middleware stands first, as these lines put it")
            }
            Feature::Vary
            | Feature::OwnOptions
            | Feature::Subdomains
            | Feature::AnyPort
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::AnyMethod
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::NoContentType
            | Feature::ExposeAny => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "Put it at the end of settings.py, after INSTALLED_APPS and MIDDLEWARE."
    }

    fn extension(&self) -> &'static str {
        "py"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/django.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        let (mut exact, mut expressions) = (Vec::new(), Vec::new());
        for pattern in policy.listed() {
            // In the list, `null` would stand for every text that is no URL.
            match pattern.is_exact() && pattern.text != "null" {
                true => exact.push(pattern.text.clone()),
                false => expressions.push(pattern.anchored()),
            }
        }
        let any = matches!(policy.origins, Origins::Any);
        let settings = [
            ("ALLOW_ALL_ORIGINS", quote::python_bool(any).to_owned()),
            ("ALLOWED_ORIGINS", quote::list(&exact)),
            ("ALLOWED_ORIGIN_REGEXES", quote::list(&expressions)),
            ("ALLOW_CREDENTIALS", quote::python_bool(policy.credentials).to_owned()),
            ("ALLOW_METHODS", quote::list(&policy.methods_with_star())),
            ("ALLOW_HEADERS", quote::list(&policy.headers_with_star())),
            ("EXPOSE_HEADERS", quote::list(&policy.expose)),
            // Nought is none: browsers then take their own 5 seconds.
            ("PREFLIGHT_MAX_AGE", policy.max_age.unwrap_or(0).to_string()),
            ("ALLOW_PRIVATE_NETWORK", quote::python_bool(false).to_owned()),
            ("URLS_REGEX", quote::string("^.*$")),
        ];
        let settings: String =
            settings.iter().map(|(name, value)| format!("CORS_{name} = {value}\n")).collect();
        Ok(format!(
            "# pip install django-cors-headers\n\
             INSTALLED_APPS = [\"corsheaders\", *INSTALLED_APPS]\n\
             MIDDLEWARE = [\"corsheaders.middleware.CorsMiddleware\", *MIDDLEWARE]\n\n{settings}"
        ))
    }
}
