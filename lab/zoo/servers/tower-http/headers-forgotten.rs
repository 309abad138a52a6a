//! Origins and methods are listed, and JSON needs a header that is not.

use axum::http::{HeaderValue, Method};
use axum::{Json, Router, extract::Path, routing::get};
use serde_json::{Value, json};
use tower_http::cors::CorsLayer;

fn app() -> Router {
    // cors
    let origins = ["https://app.example".parse::<HeaderValue>().unwrap(), "http://localhost:5173".parse().unwrap()];
    let cors = CorsLayer::new().allow_origin(origins).allow_methods([Method::GET, Method::PUT]);
    // end of cors
    Router::new()
        .route("/api/orders/{id}", get(order).put(put_order))
        // cors
        .layer(cors)
        // end of cors
}

async fn order(Path(id): Path<u32>) -> Json<Value> {
    Json(json!({ "id": id, "status": "open" }))
}

async fn put_order(Path(id): Path<u32>, Json(sent): Json<Value>) -> Json<Value> {
    Json(json!({ "id": id, "status": sent["status"] }))
}

#[tokio::main]
async fn main() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:{port}").await.unwrap();
    axum::serve(listener, app()).await.unwrap();
}
