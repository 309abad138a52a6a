//! A policy in JavaScript: its values, and the functions that decide about a request and finish a response.
//!
//! Being code, they do what the engine does. What is the same for every framework stands here once; which hooks of a
//! framework call it is for its target to say. The functions know no framework: a request is a method and a function that
//! looks a header up.

mod finish;

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;

use super::REFLECTION;

pub(super) use finish::{finish_of_fetch, finish_of_node};

/// How far JavaScript can go that sees the request first and the response last: the targets' rows begin with it.
pub(super) fn can(feature: Feature) -> Can {
    match feature {
        Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
        Feature::BeforeAuthentication => Can::Placed("only where it runs before authentication"),
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
        | Feature::ExposeAny
        | Feature::MaxAgeZero
        | Feature::RefuseDisallowed
        | Feature::RefusedPreflight
        | Feature::OwnOptions
        | Feature::ErrorResponses
        | Feature::InnerHeaders
        | Feature::Vary => Can::Yes,
    }
}

/// A line that loads `cors-policy.js`, with a word for applications that are modules of ECMAScript, where no `require` is.
pub(super) fn required(line: &str) -> String {
    let imported = line.replace("require('./cors-policy')", "corsPolicy");
    format!(
        "{line}\n// In an ES module, save it as cors-policy.cjs instead; then\n// import corsPolicy from './cors-policy.cjs'; and \
         {imported}\n"
    )
}

/// An array literal of the origins, as texts and expressions.
pub(super) fn origins(policy: &Parts, indent: &str) -> String {
    let entries: String = policy
        .listed()
        .iter()
        .map(|pattern| match pattern.is_exact() {
            true => quote::string(&pattern.text),
            false => quote::js_regex(&pattern.anchored()),
        })
        .map(|entry| format!("\n{indent}  {entry},"))
        .collect();
    format!("[{entries}\n{indent}]")
}

/// Whether an origin is one of `origins`.
pub(super) const IS_ALLOWED: &str = "\
function isAllowed(origin) {
  return origins.some((entry) => (typeof entry === 'string' ? entry === origin : entry.test(origin)));
}
";

/// The method that is said back where any is allowed.
pub(super) const REPEATED_METHOD: &str = r"
// With credentials `*` is a mere name: the method that is asked for is said back, where a browser could send it.
function repeatedMethod(method) {
  const isSent = isToken(method) && method.length <= 256 && !/^(connect|trace|track)$/i.test(method);
  return isSent ? method : undefined;
}
";

const REPEATED_HEADERS: &str = r"
// With credentials `*` is a mere name: the headers that are asked for are said back, where they can be read.
function repeatedHeaders(list) {
  if (list == null || list.length >= 4096) return undefined;
  const names = list.split(',').map((name) => name.trim()).filter((name) => name !== '');
  return names.length > 0 && names.every(isToken) ? names.join(', ') : undefined;
}
";

/// What a name of a method or a header is made of.
pub(super) const IS_TOKEN: &str = r"
const isToken = (text) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);
";

/// Adds what the policy's answers depend on to `Vary`.
const WIDER_VARY: &str = r"
// `Vary` with all that the answer depends on, or nothing where it says so already.
function widerVary(said, names) {
  const listed = (said ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  const known = listed.map((name) => name.toLowerCase());
  const missing = known.includes('*') ? [] : names.filter((name) => !known.includes(name.toLowerCase()));
  return missing.length > 0 ? [...listed, ...missing].join(', ') : undefined;
}
";

/// The values of a policy, `decide(method, header)`, and `widerVary` where answers vary.
pub(super) fn rules(policy: &Parts) -> String {
    let repeats = Repeats::of(policy);
    let credentials = policy.credentials.then(|| "true".to_owned()).into_iter().collect::<Vec<_>>();
    let max_age: Vec<String> = policy.max_age.iter().map(ToString::to_string).collect();
    let methods = if repeats.method { Vec::new() } else { policy.methods_with_star() };
    let headers = if repeats.headers { Vec::new() } else { policy.headers_with_star() };
    let allow_credentials = ("Access-Control-Allow-Credentials", &credentials);
    let on_actual = object(&[allow_credentials, ("Access-Control-Expose-Headers", &policy.expose)]);
    let on_preflight = object(&[
        allow_credentials,
        ("Access-Control-Allow-Methods", &methods),
        ("Access-Control-Allow-Headers", &headers),
        ("Access-Control-Max-Age", &max_age),
    ]);
    let values = format!("const onActual = {on_actual};\nconst onPreflight = {on_preflight};\n\n");
    match policy.origins {
        Origins::Any => values + DECIDE_FOR_ANY,
        Origins::Listed(_) => {
            let origins = format!("const origins = {};\n", origins(policy, ""));
            let (repeating, decide) = (repeats.functions(), decide(policy, repeats));
            [&*origins, &values, IS_ALLOWED, &repeating, &decide, WIDER_VARY].concat()
        }
    }
}

/// Which questions a preflight's answer repeats.
#[derive(Clone, Copy)]
struct Repeats {
    method: bool,
    headers: bool,
}

impl Repeats {
    fn of(policy: &Parts) -> Self {
        let Parts { credentials, any_method, any_header, .. } = *policy;
        Self { method: credentials && any_method, headers: credentials && any_header }
    }

    fn functions(self) -> String {
        let any = self.method || self.headers;
        [(any, IS_TOKEN), (self.method, REPEATED_METHOD), (self.headers, REPEATED_HEADERS)]
            .into_iter()
            .filter_map(|(is_needed, text)| is_needed.then_some(text))
            .collect()
    }
}

/// Everybody is answered alike, so that nothing varies.
const DECIDE_FOR_ANY: &str = "\
// What a request gets: the headers of whatever answers it, and a status where it is answered here.
function decide(method, header) {
  const isPreflight =
    method === 'OPTIONS' && header('origin') != null && header('access-control-request-method') != null;
  const headers = { 'Access-Control-Allow-Origin': '*', ...(isPreflight ? onPreflight : onActual) };
  return { status: isPreflight ? 204 : undefined, headers };
}
";

fn decide(policy: &Parts, repeats: Repeats) -> String {
    let mut text = String::from(
        "
// What a request gets: the headers of whatever answers it, what they depend on, and a status where it is answered here.
function decide(method, header) {
  const origin = header('origin');
  const isCors = origin != null;
  const isPreflight = isCors && method === 'OPTIONS' && header('access-control-request-method') != null;
  const vary = ['Origin'];
",
    );
    // A policy that refuses strangers altogether does not ask what they wanted.
    text.push_str(match policy.refuse_disallowed {
        true => {
            "  if (!isCors) return { headers: {}, vary };\n  \
             if (!isAllowed(origin)) return { status: 403, headers: {}, vary };\n"
        }
        false => {
            "  if (!isCors || !isAllowed(origin)) {\n    \
             return { status: isPreflight ? 403 : undefined, headers: {}, vary };\n  }\n"
        }
    });
    text.push_str(
        "  const headers = { 'Access-Control-Allow-Origin': origin, ...(isPreflight ? onPreflight : onActual) };\n",
    );
    if repeats.method || repeats.headers {
        text.push_str("  if (isPreflight) {\n");
        for (is_repeated, what) in [(repeats.method, "Method"), (repeats.headers, "Headers")] {
            if is_repeated {
                text.push_str(&repeat(what));
            }
        }
        text.push_str("  }\n");
    }
    text.push_str("  return { status: isPreflight ? 204 : undefined, headers, vary };\n}\n");
    text
}

/// The lines that answer a question with itself.
fn repeat(what: &str) -> String {
    let (answer, variable) = if what == "Method" { ("Methods", "asked") } else { ("Headers", "names") };
    let lower = what.to_ascii_lowercase();
    format!(
        "    const {variable} = repeated{what}(header('access-control-request-{lower}'));\n    \
         if ({variable} !== undefined) headers['Access-Control-Allow-{answer}'] = {variable};\n    \
         vary.push('Access-Control-Request-{what}');\n"
    )
}

/// An object literal of the headers that have a value.
fn object(headers: &[(&str, &Vec<String>)]) -> String {
    let lines: String = headers
        .iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, values)| format!("  '{name}': {},\n", quote::string(&values.join(", "))))
        .collect();
    if lines.is_empty() { "{}".to_owned() } else { format!("{{\n{lines}}}") }
}
