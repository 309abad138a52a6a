//! The policy `app` for actix-cors 0.7.2 and later, made by `corsac export`.
//! Save it as cors.rs; then .wrap(from_fn(cors::without_own_headers)).wrap(cors::cors()) last, in this order. It needs actix-web 4.9 and actix-cors 0.7.2.
//! - 403 for refused preflights: the status is 400
//! - headers on errors: a handler that panics has no answer at all
//! - `Vary`: it names all that a preflight asks, on every answer
//! - preflights before authentication: only where it is the last wrap(), around authentication

use actix_cors::Cors;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

/// The policy.
pub fn cors() -> Cors {
    Cors::default()
        .allowed_origin("https://app.example")
        .allowed_origin("tauri://localhost")
        .allowed_origin("https://xn--bcher-kva.example:8443")
        .allowed_origin_fn(|origin, _| origin.to_str().is_ok_and(is_among))
        .supports_credentials()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY"])
        .allowed_headers(["Authorization", "Content-Type", "X-Request-Id"])
        .expose_headers(["X-Request-Id", "X-Total"])
        .max_age(7200)
}

/// Takes the application's own CORS headers away, and leaves one line of its Vary, of which no more would be kept.
pub async fn without_own_headers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    let names: Vec<_> = headers.keys().cloned().collect();
    for name in names.iter().filter(|name| name.as_str().starts_with("access-control-")) {
        headers.remove(name);
    }
    let vary: Vec<_> = headers.get_all("vary").filter_map(|value| value.to_str().ok()).collect();
    if let (true, Ok(vary)) = (vary.len() > 1, vary.join(", ").parse()) {
        headers.insert(actix_web::http::header::VARY, vary);
    }
    Ok(response)
}

/// What an origin begins with, whether names stand before the host, the host, and whether any port may follow it.
const PATTERNS: &[(&str, bool, &str, bool)] = &[
    ("https://", true, "app.example", false),
    ("http://", false, "localhost", true),
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
