//! Right: one origin, with credentials, and the layer is the last of the router.

use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method};
use serde_json::{Value, json};
use tower_http::cors::CorsLayer;

fn app() -> Router {
    let cors = CorsLayer::new()
        .allow_origin(HeaderValue::from_static("https://app.example"))
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE])
        .allow_credentials(true);
    Router::new().route("/api/orders/{id}", get(order).put(put_order)).layer(cors)
}

async fn order(Path(id): Path<u32>) -> Json<Value> {
    Json(json!({ "id": id, "status": "open" }))
}

async fn put_order(Path(id): Path<u32>, Json(sent): Json<Value>) -> Json<Value> {
    Json(json!({ "id": id, "status": sent["status"] }))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".into());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    axum::serve(listener, app()).await
}
