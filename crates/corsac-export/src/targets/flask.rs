//! Flask: Flask-CORS, with a few lines around it.
//!
//! The package takes texts for expressions by their letters, and compares without regard to case: so all origins are
//! compiled expressions. It answers preflights after authentication, and says `Vary` to allowed origins alone: so both are
//! done around it.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::pattern::escape;
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::REFLECTION;

pub(super) struct Flask;

impl Target for Flask {
    fn name(&self) -> &'static str {
        "flask"
    }

    fn title(&self) -> &'static str {
        "Flask with Flask-CORS"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyMethod | Feature::AnyMethodWithCredentials => {
                Can::Otherwise("it allows the methods of the HTTP standards, and no other")
            }
            Feature::Subdomains
            | Feature::AnyPort
            | Feature::AnyOrigin
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::AnyHeaderWithCredentials
            | Feature::NoContentType
            | Feature::ExposeAny
            | Feature::MaxAgeZero
            | Feature::RefuseDisallowed
            | Feature::RefusedPreflight
            | Feature::OwnOptions
            | Feature::ErrorResponses
            | Feature::InnerHeaders
            | Feature::Vary
            | Feature::BeforeAuthentication => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "Save it as cors_policy.py; then init_cors(app) on the line after app = Flask(__name__)."
    }

    fn extension(&self) -> &'static str {
        "py"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/flask.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        // The package puts methods in capitals, where another name is another method.
        if let Some(name) =
            policy.methods.iter().find(|name| name.chars().any(|letter| letter.is_lowercase()))
        {
            return Err(name.clone());
        }
        let (origins, allowed) = match &policy.origins {
            Origins::Any => (String::new(), "True"),
            Origins::Listed(patterns) => {
                let entries: String = patterns
                    .iter()
                    .map(|pattern| format!("    re.compile({}),\n", quote::string(&pattern.anchored())))
                    .collect();
                (format!("ORIGINS = [\n{entries}]\n\n\n"), "any(entry.match(origin) for entry in ORIGINS)")
            }
        };
        let any = origins.is_empty();
        let refused = if policy.refuse_disallowed { "not allowed" } else { "preflight and not allowed" };
        let refuse = format!("        if {refused}:\n            return Response(status=403)\n");
        let headers = headers(policy);
        let arguments = [
            ("origins", if any { "\"*\"" } else { "ORIGINS" }.to_owned()),
            ("send_wildcard", quote::python_bool(any).to_owned()),
            ("always_send", quote::python_bool(any).to_owned()),
            ("methods", quote::list(&policy.methods_spelled_out())),
            ("allow_headers", headers),
            ("expose_headers", quote::list(&policy.expose)),
            ("supports_credentials", quote::python_bool(policy.credentials).to_owned()),
            // A text, since the package drops the number nought.
            ("max_age", policy.max_age.map_or("None".to_owned(), |seconds| format!("\"{seconds}\""))),
            ("vary_header", quote::python_bool(false).to_owned()),
            // Some versions allow it unless they are told.
            ("allow_private_network", quote::python_bool(false).to_owned()),
        ];
        let arguments: String =
            arguments.iter().map(|(name, value)| format!("        {name}={value},\n")).collect();
        let uses_re = arguments.contains("re.compile") || !any;
        Ok(format!(
            "{}from flask import Response, request\nfrom flask_cors import CORS  # pip install flask-cors\n\n{origins}{}\
             def init_cors(app):\n    \
             \"\"\"Puts the policy around all of the application, its errors included.\"\"\"\n\n    \
             def answer_preflight():\n        \
             origin = request.headers.get(\"Origin\")\n        \
             if origin is None:\n            return None\n        \
             preflight = request.method == \"OPTIONS\" and \"Access-Control-Request-Method\" in request.headers\n{}        \
             return Response(status=204) if preflight else None\n\n    \
             # First of all, so that nobody asks a preflight who it is.\n    \
             app.before_request_funcs.setdefault(None, []).insert(0, answer_preflight)\n\n{}    \
             CORS(\n        app,\n{arguments}    )\n\n    \
             # Registered last, these lines run before the package's: a view's own word on CORS does not count.\n    \
             @app.after_request\n    \
             def without_own_cors_headers(response):\n        \
             for name in set(response.headers.keys()):\n            \
             if name.lower().startswith(\"access-control-\"):\n                \
             response.headers.remove(name)\n        \
             return response\n",
            if uses_re { "import re\n\n" } else { "" },
            if any { "\n" } else { "" },
            if any { String::new() } else { format!("        allowed = {allowed}\n{refuse}") },
            if any { "" } else { VARY },
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::put("In a terminal, in the application's environment", "pip install flask-cors"),
            Step::save("cors_policy.py", &self.write(policy, context)?),
            Step::put(
                "On the line after `app = Flask(__name__)`, in place of every CORS(app, …) and @cross_origin",
                "from cors_policy import init_cors\n\ninit_cors(app)\n",
            ),
        ])
    }
}

/// The package says it to allowed origins alone, and a cache would keep what the others got.
const VARY: &str = "    # Registered first, these lines run last: every answer depends on who asks.
    @app.after_request
    def vary(response):
        # On one line, since Flask's sessions keep one line of it alone.
        names = response.headers.getlist(\"Vary\")
        if names:
            response.headers[\"Vary\"] = \", \".join(names)
        response.vary.add(\"Origin\")
        return response

";

/// The request headers: texts, and expressions where the package would take a text for one.
fn headers(policy: &Parts) -> String {
    let compiled = |expression: &str| format!("re.compile({}, re.IGNORECASE)", quote::string(expression));
    if Feature::AnyHeader.is_asked_by(policy) {
        return format!("[{}]", compiled("^(?!authorization$)"));
    }
    if policy.any_header {
        return "\"*\"".to_owned();
    }
    let entry = |name: &String| match name.contains(['*', '\\', ']', '?', '$', '^', '[', '(', ')']) {
        true => compiled(&format!("^{}$", escape(name))),
        false => quote::string(name),
    };
    format!("[{}]", policy.headers.iter().map(entry).collect::<Vec<_>>().join(", "))
}
