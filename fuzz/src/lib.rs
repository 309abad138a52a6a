//! What the fuzz targets share: a naive oracle for everything that the engine decides, and how cases are written.
//!
//! The oracle reads the configuration as a person reads it, anew for every question; it knows neither the index nor the
//! budgets, and calls nothing that it is held against. Slow, and meant to be plain.

#![forbid(unsafe_code)]

pub mod case;

use corsac::{PolicyConfig, REQUESTED_HEADERS_BUDGET};
use http::HeaderMap;
use http::header::{ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN};

/// An origin as a browser writes it, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    /// Before the `://`.
    pub scheme: &'a str,
    /// A name, or an address.
    pub host: &'a str,
    /// As it is written, if it is.
    pub port: Option<&'a str>,
}

/// The parts of a serialised origin; nothing where it is none.
#[must_use]
pub fn parts(origin: &str) -> Option<Parts<'_>> {
    let (scheme, rest) = origin.split_once("://")?;
    let (host, port) = split_port(rest);
    let small = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let scheme_is_one = scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.chars().all(|letter| small(letter) || "+-.".contains(letter));
    let host_is_one = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').is_some_and(|address| {
            !address.is_empty() && address.chars().all(|letter| "0123456789abcdef:".contains(letter))
        }),
        None => host.strip_suffix('.').unwrap_or(host).split('.').all(|label| {
            !label.is_empty() && label.chars().all(|letter| small(letter) || "-_".contains(letter))
        }),
    };
    let port_is_one = port
        .is_none_or(|port| port.parse().is_ok_and(|number: u16| number > 0 && number.to_string() == port));
    let fits = origin.len() <= corsac::MAX_ORIGIN_LENGTH;
    (scheme_is_one && host_is_one && port_is_one && fits).then_some(Parts { scheme, host, port })
}

/// Whether an accepted pattern covers an origin: the table in the docs of `OriginPattern`, read word for word.
#[must_use]
pub fn matches(pattern: &str, origin: &str) -> bool {
    let Some(asked) = parts(origin) else { return false };
    let Some((scheme, rest)) = pattern.split_once("://") else { return false };
    let default = match asked.scheme {
        "http" | "ws" => Some("80"),
        "https" | "wss" => Some("443"),
        "ftp" => Some("21"),
        _ => None,
    };
    let (host, port) = split_port(rest);
    let host_matches = match host.strip_prefix("*.") {
        Some(base) => {
            asked.host.strip_suffix(base).is_some_and(|front| front.len() > 1 && front.ends_with('.'))
        }
        None => asked.host == host,
    };
    let port_matches = match port {
        // No browser writes the default port.
        Some("*") => default.is_none() || asked.port != default,
        port => asked.port == port,
    };
    scheme == asked.scheme && host_matches && port_matches
}

/// Host and port; a colon inside brackets belongs to the address.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    let address = authority.find(']').map_or(0, |bracket| bracket + 1);
    match authority[address..].split_once(':') {
        Some((behind, port)) => (&authority[..address + behind.len()], Some(port)),
        None => (authority, None),
    }
}

/// Whether the policy lets a request with these `Origin` lines in.
#[must_use]
pub fn allows_origin(config: &PolicyConfig, lines: &[&[u8]]) -> bool {
    let any = config.allow_origins.iter().any(|origin| origin == "*");
    if any && !config.allow_credentials {
        return true;
    }
    let [line] = lines else { return false };
    match std::str::from_utf8(line) {
        Ok("null") => config.dangerously_allow_null_origin,
        Ok(origin) if any => parts(origin).is_some(),
        Ok(origin) => config.allow_origins.iter().any(|pattern| matches(pattern, origin)),
        Err(_) => false,
    }
}

/// Whether the policy grants a method that a preflight asks for.
#[must_use]
pub fn allows_method(config: &PolicyConfig, method: &[u8]) -> bool {
    let Ok(method) = std::str::from_utf8(method) else { return false };
    let any = config.allow_methods.iter().any(|listed| listed == "*");
    let forbidden = ["CONNECT", "TRACE", "TRACK"].contains(&&*method.to_ascii_uppercase());
    let listed = config.allow_methods.iter().any(|listed| {
        let upper = listed.to_ascii_uppercase();
        let normal = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"].contains(&&*upper);
        method == if normal { &upper } else { listed }
    });
    // What is repeated in the answer, which `*` is not without credentials, is to stay small.
    let longest = if config.allow_credentials { 256 } else { REQUESTED_HEADERS_BUDGET };
    let fits = method.len() <= longest;
    ["GET", "HEAD", "POST"].contains(&method)
        || if any { fits && is_token(method.as_bytes()) && !forbidden } else { listed }
}

/// Whether the policy grants what these lines of `Access-Control-Request-Headers` ask for.
#[must_use]
pub fn allows_headers(config: &PolicyConfig, lines: &[&[u8]]) -> bool {
    let within_budget = lines.iter().map(|line| line.len() + 1).sum::<usize>() <= REQUESTED_HEADERS_BUDGET;
    within_budget && names(lines).all(|name| allows_header(config, name))
}

/// Whether the policy grants one requested header.
#[must_use]
pub fn allows_header(config: &PolicyConfig, name: &[u8]) -> bool {
    let listed =
        |name: &[u8]| config.allow_headers.iter().any(|listed| listed.as_bytes().eq_ignore_ascii_case(name));
    let starred = listed(b"*") && (config.allow_credentials || !name.eq_ignore_ascii_case(b"authorization"));
    is_token(name) && (listed(name) || starred)
}

/// The elements of a list header, over all of its lines.
pub fn names<'a>(lines: &[&'a [u8]]) -> impl Iterator<Item = &'a [u8]> {
    lines
        .iter()
        .flat_map(|line| line.split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|name| !name.is_empty())
}

/// Whether this is a token: printable ASCII without delimiters, <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>.
#[must_use]
pub fn is_token(text: &[u8]) -> bool {
    let is_delimiter = |byte: &u8| b"\"(),/:;<=>?@[\\]{}".contains(byte);
    !text.is_empty() && text.iter().all(|byte| byte.is_ascii_graphic() && !is_delimiter(byte))
}

/// Whether a script of this origin gets the response: <https://fetch.spec.whatwg.org/#concept-cors-check>.
#[must_use]
pub fn passes_cors_check(response: &HeaderMap, origin: &[u8], with_credentials: bool) -> bool {
    let value = |name| response.get(name).map(http::HeaderValue::as_bytes);
    match value(ACCESS_CONTROL_ALLOW_ORIGIN) {
        Some(b"*") => !with_credentials,
        Some(named) if named == origin => {
            !with_credentials || value(ACCESS_CONTROL_ALLOW_CREDENTIALS) == Some(b"true")
        }
        _ => false,
    }
}
