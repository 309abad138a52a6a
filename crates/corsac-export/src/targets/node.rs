//! Node without a package: a function of request, response and next, for `http`, Connect and Express alike.
//!
//! Being code, it does what the engine does. The headers are put on as the head is written, so that nothing a handler said
//! about CORS gets past it, and errors have them too.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::target::{Context, Proof, Target};

use super::REFLECTION;

pub(super) struct Node;

impl Target for Node {
    fn name(&self) -> &'static str {
        "node"
    }

    fn title(&self) -> &'static str {
        "Node 18.3 and later, without a package"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyMethodWithCredentials | Feature::AnyHeaderWithCredentials => {
                Can::No("lines that repeat the question are not written for it yet; list the names")
            }
            Feature::BeforeAuthentication => Can::Otherwise("only where it is called before authentication"),
            Feature::ErrorResponses
            | Feature::OwnOptions
            | Feature::Subdomains
            | Feature::AnyPort
            | Feature::AnyOrigin
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::AnyMethod
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::NoContentType
            | Feature::ExposeAny
            | Feature::MaxAgeZero
            | Feature::RefuseDisallowed
            | Feature::RefusedPreflight
            | Feature::InnerHeaders
            | Feature::Vary => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as cors-policy.js; then call require('./cors-policy')(request, response, next) before everything else."
    }

    fn extension(&self) -> &'static str {
        "js"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/node.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        let origins = match &policy.origins {
            Origins::Any => "'*'".to_owned(),
            Origins::Listed(patterns) => {
                let entries: String = patterns
                    .iter()
                    .map(|pattern| match pattern.is_exact() {
                        true => quote::string(&pattern.text),
                        false => quote::js_regex(&pattern.anchored()),
                    })
                    .map(|entry| format!("\n  {entry},"))
                    .collect();
                format!("[{entries}\n]")
            }
        };
        let credentials: &[(&str, Vec<String>)] = if policy.credentials {
            &[("Access-Control-Allow-Credentials", vec!["true".to_owned()])]
        } else {
            &[]
        };
        let actual = [("Access-Control-Expose-Headers", policy.expose.clone())];
        let preflight = [
            ("Access-Control-Allow-Methods", policy.methods_with_star()),
            ("Access-Control-Allow-Headers", policy.headers_with_star()),
            ("Access-Control-Max-Age", policy.max_age.iter().map(ToString::to_string).collect()),
        ];
        Ok(format!(
            "const origins = {origins};\nconst onActual = {};\nconst onPreflight = {};\n\
             const refuseDisallowed = {};\n\n{MACHINE}",
            object(credentials.iter().chain(&actual)),
            object(credentials.iter().chain(&preflight)),
            policy.refuse_disallowed,
        ))
    }
}

/// An object literal of the headers that have a value.
fn object<'a>(headers: impl Iterator<Item = &'a (&'static str, Vec<String>)>) -> String {
    let lines: String = headers
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, values)| format!("  '{name}': {},\n", quote::string(&values.join(", "))))
        .collect();
    if lines.is_empty() { "{}".to_owned() } else { format!("{{\n{lines}}}") }
}

/// What is the same for every policy.
const MACHINE: &str = "\
function isAllowed(origin) {
  return origins.some((entry) => (typeof entry === 'string' ? entry === origin : entry.test(origin)));
}

// Runs `change` when the head is about to be written, whoever writes it and however.
function beforeHead(response, change) {
  const writeHead = response.writeHead;
  response.writeHead = function (status, ...rest) {
    response.writeHead = writeHead;
    const message = typeof rest[0] === 'string' ? [rest.shift()] : [];
    const given = rest[0] ?? {};
    let pairs = Object.entries(given);
    if (Array.isArray(given)) {
      pairs = Array.isArray(given[0]) ? given : given.flatMap((_, at) => (at % 2 ? [] : [given.slice(at, at + 2)]));
    }
    for (const [name] of pairs) response.removeHeader(name);
    for (const [name, value] of pairs) response.appendHeader(name, value);
    response.statusCode = status;
    change();
    return response.writeHead(status, ...message);
  };
}

module.exports = function cors(request, response, next) {
  const { origin } = request.headers;
  const isCors = origin !== undefined;
  const isPreflight =
    isCors && request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  const any = origins === '*';
  const allowed = any || (isCors && isAllowed(origin));

  beforeHead(response, () => {
    // What a handler said about CORS goes; the policy's word stands alone.
    for (const name of response.getHeaderNames()) {
      if (name.startsWith('access-control-')) response.removeHeader(name);
    }
    if (allowed) {
      response.setHeader('Access-Control-Allow-Origin', any ? '*' : origin);
      const headers = isPreflight ? onPreflight : onActual;
      for (const name of Object.keys(headers)) response.setHeader(name, headers[name]);
    }
    if (!any) {
      const vary = [].concat(response.getHeader('Vary') ?? []).join(', ');
      const names = vary.split(',').map((name) => name.trim().toLowerCase());
      if (!names.includes('*') && !names.includes('origin')) {
        response.setHeader('Vary', [...vary.split(',').map((name) => name.trim()), 'Origin'].filter(Boolean).join(', '));
      }
    }
  });

  if (isCors && !allowed && (isPreflight || refuseDisallowed)) {
    response.statusCode = 403;
    response.end();
  } else if (isPreflight) {
    response.statusCode = 204;
    response.end();
  } else {
    next();
  }
};
";
