//! Header names: which a script can set, which it can read, and which the protocol keeps for itself.
//!
//! Spec: <https://fetch.spec.whatwg.org/#forbidden-request-header>,
//! <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>

/// Request headers that only the browser sets, in lower case. `X-HTTP-Method` and its kin are forbidden by value
/// alone, so a policy may name them.
const FORBIDDEN_REQUEST_HEADERS: &[&str] = &[
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// The protocol's response headers, in lower case.
pub const CORS_RESPONSE_HEADERS: &[&str] = &[
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-max-age",
    "access-control-expose-headers",
];

/// Whether a script cannot set this request header, whatever its value: `#forbidden-request-header`.
#[must_use]
pub fn is_forbidden_request_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    FORBIDDEN_REQUEST_HEADERS.contains(&name.as_str())
        || name.starts_with("proxy-")
        || name.starts_with("sec-")
}

/// Whether this is one of the protocol's own response headers.
#[must_use]
pub fn is_cors_response_header(name: &str) -> bool {
    CORS_RESPONSE_HEADERS.iter().any(|header| name.eq_ignore_ascii_case(header))
}

/// Whether scripts can read this response header without being told: `#cors-safelisted-response-header-name`.
#[must_use]
pub fn is_safelisted_response_header(name: &str) -> bool {
    [
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    ]
    .iter()
    .any(|header| name.eq_ignore_ascii_case(header))
}

/// Whether scripts can never read this response header: `#forbidden-response-header-name`.
#[must_use]
pub fn is_forbidden_response_header(name: &str) -> bool {
    name.eq_ignore_ascii_case("set-cookie") || name.eq_ignore_ascii_case("set-cookie2")
}
