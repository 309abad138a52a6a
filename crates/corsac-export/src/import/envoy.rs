//! Envoy's `CorsPolicy`: in `typed_per_filter_config`, in the `cors` of an older route, or alone.
//!
//! Spec: <https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/cors/v3/cors.proto>. A `safe_regex` has to
//! match the whole origin. What a route leaves out is taken from its virtual host, key by key, so that two different policies
//! in one text are none.

use super::draft::Draft;
use super::expression;
use super::node::{Node, Value};
use super::reader::{Entry, Reader};

const KEYS: &[&str] = &[
    "@type",
    "allow_origin_string_match",
    "allowOriginStringMatch",
    "allow_origin",
    "allow_methods",
    "allowMethods",
    "allow_headers",
    "allowHeaders",
    "expose_headers",
    "exposeHeaders",
    "max_age",
    "maxAge",
    "allow_credentials",
    "allowCredentials",
    "filter_enabled",
    "filterEnabled",
    "allow_private_network_access",
    "allowPrivateNetworkAccess",
    "forward_not_matching_preflights",
    "forwardNotMatchingPreflights",
];

/// The policies of a text.
pub(crate) fn find(documents: &[Node]) -> Vec<&Node> {
    let mut found = Vec::new();
    for document in documents {
        document.walk(&mut |node| {
            let kind = node.get("@type").and_then(Node::text).unwrap_or_default();
            let by_name = kind.ends_with(".CorsPolicy");
            let by_keys = ["allow_origin_string_match", "allowOriginStringMatch"];
            if by_name || by_keys.iter().any(|key| node.get(key).is_some()) {
                found.push(node);
            } else if let Some(cors) = node.get("cors").filter(|cors| cors.get("allow_origin").is_some()) {
                found.push(cors);
            }
        });
    }
    found
}

pub(crate) fn read(node: &Node, documents: &[Node], reader: &mut Reader) -> Draft {
    let mut draft = Draft::at(node.place);
    for (key, value) in reader.entries(node, KEYS) {
        match key {
            "allow_origin_string_match" | "allowOriginStringMatch" => {
                for matcher in reader.list(value) {
                    draft.origins.extend(origins(matcher, reader));
                }
            }
            // The form of Envoy's second API: whole origins.
            "allow_origin" => draft.origins.extend(reader.texts(value)),
            "allow_methods" | "allowMethods" => draft.methods = reader.separated(value),
            "allow_headers" | "allowHeaders" => draft.headers = reader.separated(value),
            "expose_headers" | "exposeHeaders" => draft.expose = reader.separated(value),
            "max_age" | "maxAge" => {
                draft.max_age = reader.integer(value).map(|seconds| (seconds, value.place));
            }
            "allow_credentials" | "allowCredentials" => {
                draft.credentials = reader.boolean(value).map(|is| (is, value.place));
            }
            "filter_enabled" | "filterEnabled" => is_always_on(value, reader),
            "allow_private_network_access" | "allowPrivateNetworkAccess" => reader.no_private_network(value),
            // Preflights that match nothing are told nothing either way.
            "forward_not_matching_preflights" | "forwardNotMatchingPreflights" => {
                let _ = reader.boolean(value);
            }
            _ => {}
        }
    }
    is_never_off(documents, reader);
    beside(&mut draft, documents, reader);
    stars(&mut draft, reader);
    draft
}

/// What is put on responses by hand: for any origin, Envoy itself says too little to requests without one.
fn beside(draft: &mut Draft, documents: &[Node], reader: &mut Reader) {
    let any_origin = matches!(&*draft.origins, [(origin, _)] if origin == "*");
    for (name, value) in Reader::set_beside(documents) {
        match (&*name, value.text()) {
            ("access-control-allow-origin", Some("*")) if any_origin => {}
            ("access-control-expose-headers", Some(names)) if any_origin && draft.expose.is_empty() => {
                // There a per cent sign begins a variable, unless it stands twice.
                let names = names.replace("%%", "%");
                let names = names.split(',').map(|name| (name.trim().to_owned(), value.place));
                draft.expose = names.collect();
            }
            _ => reader.no_header_beside(&name, value),
        }
    }
}

/// A star alone has Envoy repeat what is asked for; in a list it is sent as it is, and is a name where credentials are.
fn stars(draft: &mut Draft, reader: &mut Reader) {
    const REPEATS: &str = "a `*` alone is read as Envoy 1.40 does, which repeats what is asked for; older versions sent the star itself";
    let credentials = draft.credentials.is_some_and(|(allowed, _)| allowed);
    let is_alone = |names: &[Entry]| matches!(names, [(name, _)] if name == "*");
    let (methods, headers) = (is_alone(&draft.methods), is_alone(&draft.headers));
    if methods || headers {
        draft.notes.push(REPEATS.to_owned());
    }
    if headers && !credentials {
        let place = draft.headers[0].1;
        draft.headers.push(("Authorization".to_owned(), place));
    }
    let exempt = [methods, headers, false];
    for (names, exempt) in [&draft.methods, &draft.headers, &draft.expose].into_iter().zip(exempt) {
        let star = names.iter().find(|(name, _)| name == "*").filter(|_| credentials && !exempt);
        if let Some((_, place)) = star {
            let message = "With credentials, browsers read this `*` as a name; in a policy it means all.";
            reader.fault(*place, message, "list the names");
        }
    }
    if draft.methods.iter().any(|(name, _)| name == "*") {
        draft.methods.retain(|(name, _)| name == "*");
    }
}

/// What a matcher of strings stands for.
fn origins(matcher: &Node, reader: &mut Reader) -> Vec<Entry> {
    const FORMS: &[&str] =
        &["exact", "prefix", "suffix", "contains", "safe_regex", "safeRegex", "ignore_case", "ignoreCase"];
    let mut origins = Vec::new();
    for (key, value) in reader.entries(matcher, FORMS) {
        match key {
            "exact" => match reader.text(value) {
                Some((text, place)) if text != "*" && text.contains('*') => {
                    let message = format!("`{text}` stands for itself alone here, and no browser sends it.");
                    reader.fault(place, message, "write a safe_regex for what was meant");
                }
                text => origins.extend(text),
            },
            "safe_regex" | "safeRegex" => origins.extend(by_expression(value, reader)),
            "ignore_case" | "ignoreCase" => {
                if reader.boolean(value) == Some(true) {
                    let message =
                        "A policy compares letter for letter; browsers send origins in small letters.";
                    reader.fault(value.place, message, "take it out");
                }
            }
            form => {
                let message = format!(
                    "`{form}` matches origins that a policy cannot name, those of strangers among them."
                );
                reader.fault(
                    value.place,
                    message,
                    "write `exact`, or a safe_regex for a domain and its subdomains",
                );
            }
        }
    }
    origins
}

fn by_expression(node: &Node, reader: &mut Reader) -> Vec<Entry> {
    let mut origins = Vec::new();
    for (key, value) in reader.entries(node, &["regex", "google_re2", "googleRe2"]) {
        if key != "regex" {
            continue;
        }
        let Some((text, place)) = reader.text(value) else { continue };
        match expression::read(&text) {
            Ok(patterns) => origins.extend(patterns.into_iter().map(|pattern| (pattern, place))),
            Err(part) => {
                let message = format!("The expression has no equal in a policy, because of {part}.");
                let help =
                    "a policy knows whole origins, https://*.app.example and http://localhost:*; list them";
                reader.fault(place, message, help);
            }
        }
    }
    origins
}

/// The filter may be turned off where a policy for it stands, or on one of the routes.
fn is_never_off(documents: &[Node], reader: &mut Reader) {
    for document in documents {
        document.walk(&mut |node| {
            let kind = node.get("@type").and_then(Node::text).unwrap_or_default();
            let disabled = node.get("disabled").filter(|_| kind.ends_with(".FilterConfig"));
            if let Some(disabled) = disabled.filter(|value| value.text() != Some("false")) {
                let message = "A filter is off here, and the policy may be as well.";
                reader.fault(
                    disabled.place,
                    message,
                    "take it out, if the policy is meant for every request",
                );
            }
        });
    }
}

/// A share of the requests is no policy.
fn is_always_on(node: &Node, reader: &mut Reader) {
    let help = "take it out, if the policy is meant for every request";
    for (key, value) in reader.entries(node, &["default_value", "defaultValue", "runtime_key", "runtimeKey"])
    {
        if key.starts_with("runtime") {
            reader.fault(value.place, "A key of the runtime may turn the policy off.", help);
            continue;
        }
        let (mut numerator, mut denominator) = (0, 100);
        for (key, value) in reader.entries(value, &["numerator", "denominator"]) {
            match (key, &value.value) {
                ("numerator", _) => numerator = reader.integer(value).unwrap_or(0),
                (_, Value::Plain(text) | Value::Text(text)) => {
                    denominator = match &**text {
                        "TEN_THOUSAND" | "1" => 10_000,
                        "MILLION" | "2" => 1_000_000,
                        _ => 100,
                    };
                }
                _ => {}
            }
        }
        if numerator < denominator {
            reader.fault(value.place, "The policy is in force for some of the requests only.", help);
        }
    }
}
