//! The layer that is added last is asked first: whoever has no token is sent away before CORS is asked.

use axum::{
    Json, Router,
    extract::{Path, Request},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::Response,
    routing::put,
};
use serde_json::{Value, json};
use tower_http::cors::CorsLayer;

async fn auth(request: Request, next: Next) -> Result<Response, StatusCode> {
    let token = request.headers().get(header::AUTHORIZATION);
    if token.is_none_or(|token| token != "Bearer t0ken") {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(next.run(request).await)
}

#[tokio::main]
async fn main() {
    // cors
    let cors = CorsLayer::new()
        .allow_origin("https://app.example".parse::<HeaderValue>().unwrap())
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE]);
    // end of cors

    let app = Router::new()
        .route("/api/orders/{id}", put(put_order))
        // cors
        .layer(cors)
        // end of cors
        .layer(middleware::from_fn(auth));

    let listener = tokio::net::TcpListener::bind("127.0.0.1:{port}").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}

async fn put_order(Path(id): Path<u32>, Json(sent): Json<Value>) -> Json<Value> {
    Json(json!({ "id": id, "status": sent["status"] }))
}
