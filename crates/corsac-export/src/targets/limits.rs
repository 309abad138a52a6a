//! What gateways take less of than a policy may hold, as questions to it, and what stands in for nothing.
//!
//! A gateway that is told no methods or no headers often has a list of its own for that, which is wider. A safelisted name
//! needs no permission, so that it says nothing. Knows no gateway.

use crate::parts::Parts;

/// The methods that gateways know by name: `#concept-method` has no such list.
pub(super) const METHODS: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// A method beyond those that gateways know.
pub(super) fn has_other_methods(policy: &Parts) -> bool {
    !policy.any_method && policy.methods.iter().any(|method| !METHODS.contains(&&**method))
}

/// An origin of another scheme than http and https.
pub(super) fn has_other_schemes(policy: &Parts) -> bool {
    let known = |text: &str| text == "null" || text.starts_with("https://") || text.starts_with("http://");
    policy.listed().iter().any(|pattern| !known(&pattern.text))
}

/// An origin whose host is an IPv6 address.
pub(super) fn has_addresses_of_ipv6(policy: &Parts) -> bool {
    policy.listed().iter().any(|pattern| pattern.text.contains('['))
}

/// An origin with an underscore in its host.
pub(super) fn has_underscores(policy: &Parts) -> bool {
    policy.listed().iter().any(|pattern| pattern.text.contains('_'))
}

/// An origin whose host ends with a dot.
pub(super) fn has_final_dots(policy: &Parts) -> bool {
    let host = |text: &str| {
        let rest = text.split_once("://").map_or("", |(_, rest)| rest);
        rest.split_once(':').map_or(rest, |(host, _)| host).to_owned()
    };
    policy.listed().iter().any(|pattern| host(&pattern.text).ends_with('.'))
}

/// The methods, and the safelisted ones where there are none.
pub(super) fn methods_or_safelisted(policy: &Parts) -> Vec<String> {
    or(policy.methods_with_star(), &["GET", "HEAD", "POST"])
}

/// The request headers, and a safelisted one where there are none.
pub(super) fn headers_or_safelisted(policy: &Parts) -> Vec<String> {
    or(policy.headers_with_star(), &["Accept"])
}

/// The response headers, and a safelisted one where there are none.
pub(super) fn expose_or_safelisted(policy: &Parts) -> Vec<String> {
    or(policy.expose.clone(), &["Content-Language"])
}

fn or(names: Vec<String>, others: &[&str]) -> Vec<String> {
    if names.is_empty() { others.iter().map(|name| (*name).to_owned()).collect() } else { names }
}
