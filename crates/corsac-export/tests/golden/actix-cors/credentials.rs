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
        .allowed_origin("https://admin.example:8443")
        .supports_credentials()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "DELETE"])
        .allowed_headers(["Authorization", "Content-Type"])
        .max_age(600)
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
