//! The policy `app` for tower-http (axum, hyper, tonic), made by `corsac export`.
//! Save it as cors.rs; then .layer(cors::cors()) last, around everything. It needs http 1, tower-http 0.7 with `cors` (and `validate-request`, where it is used), and tower 0.5 with `util`.
//! - 403 for refused preflights: it is answered 200 with the policy's lists, and without Access-Control-Allow-Origin, so that the browser refuses it
//! - the application's own `OPTIONS`: it answers every OPTIONS itself, preflight or not
//! - headers on errors: a handler that panics has no answer at all, unless tower-http's CatchPanicLayer stands inside
//! - `Vary`: it is a line of its own beside the application's, which means the same
//! - preflights before authentication: only where the layer stands around authentication

use http::{HeaderName, HeaderValue, Method, Response};
use tower::util::MapResponseLayer;
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

/// Takes the application's own CORS headers away.
pub type Strip<Body> = MapResponseLayer<fn(Response<Body>) -> Response<Body>>;

/// The policy, and inside of it what takes the application's own CORS headers away.
pub fn cors<Body>() -> (CorsLayer, Strip<Body>) {
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(["https://app.example"].map(HeaderValue::from_static)))
        .allow_methods(AllowMethods::list([Method::PUT]))
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
