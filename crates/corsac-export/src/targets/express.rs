//! Express: the `cors` package, as a module that the application uses.
//!
//! Every option is written even where it is empty: left out, the package allows what it likes.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::{REFLECTION, javascript};

pub(super) struct Express;

impl Target for Express {
    fn name(&self) -> &'static str {
        "express"
    }

    fn title(&self) -> &'static str {
        "Express with the cors package"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::RefusedPreflight => Can::Otherwise(
                "it is answered 204 with the policy's lists, and without Access-Control-Allow-Origin, so that the \
                 browser refuses it; with `refuse_disallowed` it is answered 403",
            ),
            Feature::OwnOptions => Can::Otherwise(
                "every OPTIONS request is answered as a preflight; a handler for it never runs",
            ),
            Feature::InnerHeaders => Can::Otherwise(
                "they stay: take Access-Control-* out of your handlers, or they speak beside the policy",
            ),
            Feature::ErrorResponses => {
                Can::Placed("only where nothing before this middleware answers; use it first")
            }
            Feature::BeforeAuthentication => Can::Placed("only where it is used before authentication"),
            Feature::Subdomains
            | Feature::AnyPort
            | Feature::AnyOrigin
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::AnyMethod
            | Feature::AnyMethodWithCredentials
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::AnyHeaderWithCredentials
            | Feature::NoContentType
            | Feature::MaxAgeZero
            | Feature::ExposeAny
            | Feature::RefuseDisallowed
            | Feature::Vary => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as cors-policy.js; then app.use(require('./cors-policy')) before everything else. \
         Where package.json says \"type\": \"module\", save it as cors-policy.cjs, and import corsPolicy from \
         './cors-policy.cjs' instead."
    }

    fn extension(&self) -> &'static str {
        "js"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/express.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        let repeats_method = policy.any_method && policy.credentials;
        let refuses = policy.refuse_disallowed && matches!(policy.origins, Origins::Listed(_));
        let mut text = "const cors = require('cors'); // npm install cors\n\n".to_owned();
        let mut options = Vec::new();
        match &policy.origins {
            Origins::Any => options.push("origin: \"*\"".to_owned()),
            // A list, even for one origin: the package sends a single string to everybody.
            Origins::Listed(_) if refuses => {
                text.push_str(&format!("const origins = {};\n\n", javascript::origins(policy, "")));
                options.push("origin: origins".to_owned());
            }
            Origins::Listed(_) => options.push(format!("origin: {}", javascript::origins(policy, "  "))),
        }
        if !repeats_method {
            options.push(format!("methods: {}", quote::list(&policy.methods_with_star())));
        }
        // Left out, the package repeats what is asked for; with credentials that is what `*` means.
        if !(policy.any_header && policy.credentials) {
            options.push(format!("allowedHeaders: {}", quote::list(&policy.headers_with_star())));
        }
        options.push(format!("exposedHeaders: {}", quote::list(&policy.expose)));
        options.push(format!("credentials: {}", policy.credentials));
        if let Some(seconds) = policy.max_age {
            options.push(format!("maxAge: {seconds}"));
        }
        let options: String = options.iter().map(|option| format!("  {option},\n")).collect();
        let mut policy = format!("cors({{\n{options}}})");
        if repeats_method {
            text.push_str(&format!("const options = {{\n{options}}};\n"));
            text.push_str(javascript::IS_TOKEN);
            text.push_str(javascript::REPEATED_METHOD);
            text.push('\n');
            policy = REPEATING.to_owned();
        }
        if refuses {
            text.push_str(javascript::IS_ALLOWED);
            text.push_str(REFUSING);
            policy = format!("[refuseStrangers, {policy}]");
        }
        Ok(text + &format!("module.exports = {policy};\n"))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::put("In a terminal, beside package.json", "npm install cors"),
            Step::save("cors-policy.js", &self.write(policy, context)?),
            Step::put(
                "On the line after `const app = express()`, before authentication and every route, in place of every \
                 other use of cors(…) and of every line that sets Access-Control-*",
                &javascript::required("app.use(require('./cors-policy'));"),
            ),
        ])
    }
}

/// The package, with the method that is asked for as the only one.
const REPEATING: &str = "\
cors((request, callback) => {
  const method = repeatedMethod(request.headers['access-control-request-method'] ?? '');
  if (request.method === 'OPTIONS') request.res.vary('Access-Control-Request-Method');
  callback(null, { ...options, methods: method === undefined ? [] : [method] });
})";

/// What the package does not do: it runs the handler for every origin.
const REFUSING: &str = "
function refuseStrangers(request, response, next) {
  const { origin } = request.headers;
  if (origin === undefined || isAllowed(origin)) return next();
  response.vary('Origin');
  response.status(403).end();
}

";
