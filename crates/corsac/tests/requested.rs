//! The shared vectors about what a preflight asks for: lists of header names, and methods.

use corsac::{Class, Policy, PolicyConfig, Reason};
use corsac_vectors::{Report, Text, shown};
use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, ORIGIN};
use http::{HeaderMap, Method};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderLists {
    list: Vec<HeaderList>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderList {
    allow_headers: Vec<String>,
    #[serde(default)]
    allow_credentials: bool,
    /// The field lines of each request.
    allowed: Vec<Vec<Lines>>,
    refused: Vec<RefusedLines>,
}

/// A field line, or the same one so many times.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lines {
    One(Text),
    Many { lines: (Text, usize) },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedLines {
    lines: Vec<Lines>,
    reason: String,
    /// The name that is not allowed, as it was asked for.
    names: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MethodLists {
    list: Vec<MethodList>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MethodList {
    allow_methods: Vec<String>,
    #[serde(default)]
    allow_credentials: bool,
    allowed: Vec<Text>,
    refused: Vec<Text>,
}

#[test]
fn every_list_of_requested_headers_is_read_as_written() {
    Report::of(|report| {
        let file: HeaderLists = corsac_vectors::read("config/request_headers.toml".as_ref());
        for HeaderList { allow_headers, allow_credentials, allowed, refused } in file.list {
            let policy =
                policy(PolicyConfig { allow_headers: allow_headers.clone(), ..app(allow_credentials) });
            let allowed = allowed.iter().map(|lines| (field_lines(lines), "allowed", None));
            let refused = refused.iter().map(|RefusedLines { lines, reason, names }| {
                (field_lines(lines), reason.as_str(), names.as_ref().map(Text::expand))
            });
            for (lines, reason, names) in allowed.chain(refused) {
                let found = decide(&policy, "GET", &lines);
                if found != (reason.to_owned(), names) {
                    let lines = shown(&lines.join(" | "));
                    report.differ(format!("{allow_headers:?} for {lines}: {found:?}"));
                }
                report.see(format!("{allow_headers:?} {allow_credentials} {lines:?}"));
            }
        }
    });
}

#[test]
fn every_method_is_allowed_or_not_as_written() {
    Report::of(|report| {
        let file: MethodLists = corsac_vectors::read("config/methods.toml".as_ref());
        for MethodList { allow_methods, allow_credentials, allowed, refused } in file.list {
            let policy =
                policy(PolicyConfig { allow_methods: allow_methods.clone(), ..app(allow_credentials) });
            let allowed = allowed.iter().map(|method| (method.expand(), "allowed", None));
            let refused = refused.iter().map(|method| {
                let method = method.expand();
                (method.clone(), "method-not-allowed", Some(method))
            });
            for (method, reason, names) in allowed.chain(refused) {
                let found = decide(&policy, &method, &[]);
                if found != (reason.to_owned(), names) {
                    report.differ(format!("{allow_methods:?} for {}: {found:?}", shown(&method)));
                }
                report.see(format!("{allow_methods:?} {allow_credentials} {method}"));
            }
        }
    });
}

fn app(allow_credentials: bool) -> PolicyConfig {
    PolicyConfig {
        allow_origins: vec!["https://app.example".into()],
        allow_credentials,
        ..PolicyConfig::default()
    }
}

fn policy(config: PolicyConfig) -> Policy {
    config.into_policy().unwrap_or_else(|faults| panic!("{faults}"))
}

fn field_lines(lines: &[Lines]) -> Vec<String> {
    let each = |line: &Lines| match line {
        Lines::One(text) => vec![text.expand()],
        Lines::Many { lines: (text, count) } => vec![text.expand(); *count],
    };
    lines.iter().flat_map(each).collect()
}

/// The reason, and the method or header that it names, of a preflight whose origin is allowed.
fn decide(policy: &Policy, method: &str, requested_headers: &[String]) -> (String, Option<String>) {
    let value = |text: &str| {
        HeaderValue::from_bytes(text.as_bytes())
            .unwrap_or_else(|_| panic!("{} is no header value", shown(text)))
    };
    let mut request = HeaderMap::new();
    request.insert(ORIGIN, HeaderValue::from_static("https://app.example"));
    request.insert(ACCESS_CONTROL_REQUEST_METHOD, value(method));
    for line in requested_headers {
        request.append(ACCESS_CONTROL_REQUEST_HEADERS, value(line));
    }
    let decision = policy.decide(&Method::OPTIONS, &request);
    assert_eq!((decision.class(), decision.reason().refuses_origin()), (Class::Preflight, false));
    let named = match decision.reason() {
        Reason::MethodNotAllowed(name) | Reason::HeaderNotAllowed(name) => {
            Some(String::from_utf8_lossy(name).into_owned())
        }
        _ => None,
    };
    (decision.reason().as_str().to_owned(), named)
}
