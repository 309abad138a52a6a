//! Django: the settings of django-cors-headers.
//!
//! Every setting is written: left out, the package allows methods and headers of its own, for a day.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
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
                Can::Placed("only where the middleware stands first, as these lines put it")
            }
            Feature::Vary
            | Feature::OwnOptions
            | Feature::Subdomains
            | Feature::AnyPort
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::AnyMethod
            | Feature::AnyMethodWithCredentials
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::AnyHeaderWithCredentials
            | Feature::RefuseDisallowed
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
        let settings = settings(policy);
        Ok(format!(
            "# {INSTALL}\n\
             INSTALLED_APPS = [\"corsheaders\", *INSTALLED_APPS]\n\
             MIDDLEWARE = [\"corsheaders.middleware.CorsMiddleware\", *MIDDLEWARE]\n\n{settings}"
        ))
    }

    fn steps(&self, policy: &Parts, _: &Context) -> Result<Vec<Step>, String> {
        let settings = settings(policy);
        Ok(vec![
            Step::put("In a terminal, in the application's environment", INSTALL),
            Step::put(
                "At the end of settings.py, in place of every CORS_… setting that is there",
                &format!("{FIRST}\n{settings}"),
            ),
        ])
    }
}

const INSTALL: &str = "pip install django-cors-headers";

/// Puts the package first, whether or not it is there already: it may be there once alone.
const FIRST: &str = "\
INSTALLED_APPS = [\"corsheaders\", *(app for app in INSTALLED_APPS if app != \"corsheaders\")]
cors_middleware = \"corsheaders.middleware.CorsMiddleware\"
MIDDLEWARE = [cors_middleware, *(name for name in MIDDLEWARE if name != cors_middleware)]
";

/// Every setting, and a middleware for what has none.
fn settings(policy: &Parts) -> String {
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
    let settings = settings.iter().map(|(name, value)| format!("CORS_{name} = {value}\n"));
    settings.chain([without_a_setting(policy)]).collect()
}

/// A middleware of the settings' own, before the package's; nothing where there is a setting for all of it.
fn without_a_setting(policy: &Parts) -> String {
    let mut repeated = Vec::new();
    if Feature::AnyMethodWithCredentials.is_asked_by(policy) {
        repeated.push("Method");
    }
    if Feature::AnyHeaderWithCredentials.is_asked_by(policy) {
        repeated.push("Headers");
    }
    // A policy of any origin refuses none.
    let refuses = policy.refuse_disallowed && !matches!(policy.origins, Origins::Any);
    if repeated.is_empty() && !refuses {
        return String::new();
    }
    let refuse = if refuses { REFUSE } else { "" };
    let lines: String = repeated
        .iter()
        .map(|name| {
            let plural = name.trim_end_matches('s');
            format!(
                "            response[\"Access-Control-Allow-{plural}s\"] = \
                 request.headers.get(\"Access-Control-Request-{name}\", \"\")\n"
            )
        })
        .collect();
    let repeat = if lines.is_empty() { String::new() } else { format!("{REPEAT}{lines}") };
    let imports = if refuses { "    import re\n\n    from django.http import HttpResponse\n" } else { "" };
    format!(
        "\n\ndef cors_policy(get_response):\n    \"\"\"What django-cors-headers has no setting for.\"\"\"\n{imports}\n    \
         def middleware(request):\n{refuse}        response = get_response(request)\n{repeat}        \
         return response\n\n    return middleware\n\n\n\
         MIDDLEWARE = [f\"{{__name__}}.cors_policy\", *MIDDLEWARE]\n"
    )
}

const REFUSE: &str = "        origin = request.headers.get(\"Origin\")
        allowed = origin in CORS_ALLOWED_ORIGINS or any(
            re.match(expression, origin or \"\") for expression in CORS_ALLOWED_ORIGIN_REGEXES
        )
        if origin is not None and not allowed:
            return HttpResponse(status=403, headers={\"Vary\": \"origin\"})
";

const REPEAT: &str = "        preflight = request.method == \"OPTIONS\" and \"Access-Control-Request-Method\" in request.headers
        if preflight and \"Access-Control-Allow-Origin\" in response:
";
