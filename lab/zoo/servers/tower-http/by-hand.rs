//! The headers by hand, as matrix.toml has them.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

fn app() -> Router {
    Router::new()
        .fallback(api)
        // cors
        .layer(from_fn(speak))
        // end of cors
        // gate
        .layer(from_fn(is_known))
        // end of gate
        // login
        .layer(from_fn(has_logged_in))
        // end of login
}

// cors
async fn speak(request: Request, next: Next) -> Response {
    // preflight
    if request.method() == Method::OPTIONS {
        let mut response = StatusCode::NO_CONTENT.into_response();
        response.headers_mut().append("{preflight.name}", HeaderValue::from_static("{preflight.value}"));
        return response;
    }
    // end of preflight
    // asking
    let origin = request.headers().get(header::ORIGIN).cloned();
    // end of asking
    let mut response = next.run(request).await;
    response.headers_mut().append("{answer.name}", HeaderValue::from_static("{answer.value}"));
    // asking
    if let Some(origin) = origin {
        response.headers_mut().append(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    // end of asking
    response
}
// end of cors

// gate
async fn is_known(request: Request, next: Next) -> Response {
    match request.headers().contains_key(header::AUTHORIZATION) {
        true => next.run(request).await,
        false => StatusCode::UNAUTHORIZED.into_response(),
    }
}
// end of gate

// login
async fn has_logged_in(request: Request, next: Next) -> Response {
    match request.headers().contains_key(header::AUTHORIZATION) {
        true => next.run(request).await,
        false => (StatusCode::FOUND, [(header::LOCATION, "/login")]).into_response(),
    }
}
// end of login

async fn api(request: Request) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    match (request.method(), request.uri().path()) {
        (&Method::OPTIONS, _) => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        (_, "/api/broken") => {
            (StatusCode::INTERNAL_SERVER_ERROR, json, r#"{"error":"no such customer"}"#).into_response()
        }
        (_, "/api/counted") => (json, [("X-Total-Count", "42")], r#"[{"id":"7"}]"#).into_response(),
        (_, "/api/catalogue") => {
            (json, [(header::CACHE_CONTROL, "public, s-maxage=600")], r#"[{"id":"7"}]"#).into_response()
        }
        _ => (json, r#"{"id":"7"}"#).into_response(),
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT").expect("PORT is set");
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    axum::serve(listener, app()).await
}
