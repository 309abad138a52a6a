//! The policy `app` for tower-http (axum, hyper, tonic), made by `corsac export`.
//! Save it as cors.rs; then .layer(cors::cors()) last, around everything. It needs http 1, tower-http 0.7 with `cors` (and `validate-request`, where it is used), and tower 0.5 with `util`.
//! - 403 for refused preflights: it is answered 200 with the policy's lists, and without Access-Control-Allow-Origin, so that the browser refuses it
//! - the application's own `OPTIONS`: it answers every OPTIONS itself, preflight or not
//! - headers on errors: a handler that panics has no answer at all, unless tower-http's CatchPanicLayer stands inside
//! - `Vary`: it is a line of its own beside the application's, which means the same
//! - preflights before authentication: only where the layer stands around authentication

use http::{HeaderName, Response};
use tower::util::MapResponseLayer;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// Takes the application's own CORS headers away.
pub type Strip<Body> = MapResponseLayer<fn(Response<Body>) -> Response<Body>>;

/// The policy, and inside of it what takes the application's own CORS headers away.
pub fn cors<Body>() -> (CorsLayer, Strip<Body>) {
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(|origin, _| origin.to_str().is_ok_and(is_allowed)))
        .allow_headers(AllowHeaders::list(["content-type"].map(HeaderName::from_static)));
    (cors, MapResponseLayer::new(without_own_headers))
}

fn without_own_headers<Body>(mut response: Response<Body>) -> Response<Body> {
    let names: Vec<_> = response.headers().keys().cloned().collect();
    for name in names.iter().filter(|name| name.as_str().starts_with("access-control-")) {
        response.headers_mut().remove(name);
    }
    response
}

fn is_allowed(origin: &str) -> bool {
    is_among(origin)
}

/// What an origin begins with, whether names stand before the host, the host, and whether any port may follow it.
const PATTERNS: &[(&str, bool, &str, bool)] = &[
    ("https://", true, "app.example", false),
    ("http://", false, "localhost", true),
    ("https://", true, "dev.example", true),
    ("http://", false, "[::1]", true),
];

/// An origin is a scheme of 64 letters, a name of 253 and a port at most.
const LONGEST_ORIGIN: usize = 64 + 3 + 253 + 6;

fn is_among(origin: &str) -> bool {
    origin.len() <= LONGEST_ORIGIN && PATTERNS.iter().any(|&(scheme, subdomains, host, any_port)| {
        let Some(rest) = origin.strip_prefix(scheme) else { return false };
        let name = match rest.rsplit_once(':') {
            Some((name, port)) if any_port && is_port(scheme, port) => name,
            _ => rest,
        };
        match name.strip_suffix(host) {
            Some("") => !subdomains,
            Some(before) => subdomains && before.strip_suffix('.').is_some_and(are_labels),
            None => false,
        }
    })
}

/// A port as browsers write it, who leave out the scheme's own.
fn is_port(scheme: &str, port: &str) -> bool {
    let own = matches!((scheme, port), ("http://", "80") | ("https://", "443"));
    let digits = port.bytes().all(|letter| letter.is_ascii_digit()) && !port.starts_with('0');
    digits && !own && port.parse::<u16>().is_ok()
}

/// One or more names of a host, with dots between them.
fn are_labels(labels: &str) -> bool {
    let is_plain = |letter: u8| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    labels.split('.').all(|label| !label.is_empty() && label.bytes().all(is_plain))
}
