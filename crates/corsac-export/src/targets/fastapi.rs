//! FastAPI and Starlette: `CORSMiddleware` around the whole application.
//!
//! Around it, and not added to it: what is added stands inside of the handler of unhandled errors, whose answers would
//! have no headers.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::REFLECTION;

pub(super) struct FastApi;

/// What needs no permission in other servers, and is refused here unless it is listed.
const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];

/// What browsers take for granted where there is no max-age. Starlette's own is ten minutes.
const BROWSERS_MAX_AGE: i64 = 5;

impl Target for FastApi {
    fn name(&self) -> &'static str {
        "fastapi"
    }

    fn title(&self) -> &'static str {
        "FastAPI and Starlette"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyMethod | Feature::AnyMethodWithCredentials => {
                Can::Otherwise("it allows the methods of the HTTP standards, and no other")
            }
            Feature::AnyOrigin => Can::Otherwise(
                "the headers are on answers to requests with Origin alone, and caches are told so",
            ),
            Feature::RefusedPreflight => Can::Otherwise(
                "it is answered 400 with the policy's lists, and without Access-Control-Allow-Origin, so that the \
                 browser refuses it",
            ),
            Feature::InnerHeaders => Can::Otherwise(
                "they stay: take Access-Control-* out of your handlers, or they speak beside the policy",
            ),
            Feature::Vary => Can::Otherwise(
                "older versions leave it out where the origin is refused or there is none: a shared cache in front may \
                 then give an allowed page a copy without headers",
            ),
            Feature::BeforeAuthentication
            | Feature::ErrorResponses
            | Feature::OwnOptions
            | Feature::Subdomains
            | Feature::AnyPort
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::NoContentType
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::AnyHeaderWithCredentials
            | Feature::MaxAgeZero
            | Feature::RefuseDisallowed
            | Feature::ExposeAny => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "Save it as cors_policy.py; then app = with_cors(app) as the last line of your module."
    }

    fn extension(&self) -> &'static str {
        "py"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/fastapi.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        let mut arguments = Vec::new();
        match &policy.origins {
            Origins::Any => arguments.push("allow_origins=[\"*\"]".to_owned()),
            Origins::Listed(patterns) => {
                let exact: Vec<&str> = patterns
                    .iter()
                    .filter(|pattern| pattern.is_exact())
                    .map(|pattern| &*pattern.text)
                    .collect();
                arguments.push(format!("allow_origins={}", quote::list(&exact)));
                // Matched from beginning to end, so that it needs no anchors.
                let expressions: Vec<String> = patterns
                    .iter()
                    .filter(|pattern| !pattern.is_exact())
                    .map(|pattern| pattern.expression())
                    .collect();
                if !expressions.is_empty() {
                    let expression = quote::string(&expressions.join("|"));
                    arguments.push(format!("allow_origin_regex={expression}"));
                }
            }
        }
        let methods = match policy.any_method {
            true => vec!["*".to_owned()],
            // It checks those that need no permission too.
            false => {
                let mut methods: Vec<String> = SAFELISTED.map(str::to_owned).into();
                methods.extend(policy.methods.iter().filter(|name| !SAFELISTED.contains(&&***name)).cloned());
                methods
            }
        };
        arguments.push(format!("allow_methods={}", quote::list(&methods)));
        let headers = if policy.any_header { vec!["*".to_owned()] } else { policy.headers.clone() };
        arguments.push(format!("allow_headers={}", quote::list(&headers)));
        arguments.push(format!("expose_headers={}", quote::list(&policy.expose)));
        arguments.push(format!("allow_credentials={}", quote::python_bool(policy.credentials)));
        arguments.push(format!("max_age={}", policy.max_age.unwrap_or(BROWSERS_MAX_AGE)));
        let arguments: String = arguments.iter().map(|argument| format!("        {argument},\n")).collect();
        let content_type = Feature::NoContentType.is_asked_by(policy).then(|| without_content_type(policy));
        let content_type = content_type.unwrap_or_default();
        let (class, star) = match Feature::AnyHeader.is_asked_by(policy) {
            true => ("StarForHeaders", STAR_FOR_HEADERS),
            false => ("CORSMiddleware", ""),
        };
        let (imports, returned) = match policy.refuse_disallowed {
            true => (IMPORTS_TO_REFUSE, REFUSING),
            false => ("", "    return cors\n"),
        };
        Ok(format!(
            "{imports}from starlette.middleware.cors import CORSMiddleware\n{}\n\n{star}\
             def with_cors(app):\n    \"\"\"The application, with CORS around all of it, unhandled errors included.\"\"\"\n    \
             cors = {class}(\n        app,\n{arguments}    )\n{content_type}{returned}",
            if policy.refuse_disallowed { "from starlette.responses import Response\n" } else { "" },
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save("cors_policy.py", &self.write(policy, context)?),
            Step::put(
                "At the end of the module that makes `app`, below every route and add_middleware (but above \
                 uvicorn.run), in place of add_middleware(CORSMiddleware, …)",
                "from cors_policy import with_cors\n\napp = with_cors(app)\n",
            ),
        ])
    }
}

/// A star does not stand for `Authorization`, and what is asked for may.
const STAR_FOR_HEADERS: &str = "\
class StarForHeaders(CORSMiddleware):
    \"\"\"Says a star where Starlette repeats whatever is asked for, Authorization too.\"\"\"

    def preflight_response(self, request_headers):
        response = super().preflight_response(request_headers)
        response.headers[\"Access-Control-Allow-Headers\"] = \"*\"
        return response


";

const IMPORTS_TO_REFUSE: &str = "from starlette.datastructures import Headers\n";

/// Several lines, joined, are no origin of anybody.
const REFUSING: &str = "
    async def refusing(scope, receive, send):
        # Starlette runs the handler for every origin; the policy does not.
        origins = Headers(scope=scope).getlist(\"origin\") if scope[\"type\"] == \"http\" else []
        if origins and not cors.is_allowed_origin(\", \".join(origins)):
            await Response(status_code=403, headers={\"Vary\": \"Origin\"})(scope, receive, send)
        else:
            await cors(scope, receive, send)

    return refusing
";

/// Takes back what Starlette adds to the list. Where a later version keeps it elsewhere, these lines raise an error, and the
/// application does not start with a wider policy.
fn without_content_type(policy: &Parts) -> String {
    let names = ["Accept", "Accept-Language", "Content-Language"].map(str::to_owned).into_iter();
    let names = names.chain(policy.headers.iter().cloned()).collect::<Vec<_>>().join(", ");
    format!(
        "    # Starlette allows Content-Type whether or not it is listed; the policy does not.\n    \
         cors.allow_headers.remove(\"content-type\")\n    \
         cors.preflight_headers[\"Access-Control-Allow-Headers\"] = {}\n",
        quote::string(&names)
    )
}
