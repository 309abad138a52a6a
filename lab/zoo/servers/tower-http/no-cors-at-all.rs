//! Nothing about CORS.

use axum::{Json, Router, extract::Path, routing::get};
use serde_json::{Value, json};

#[tokio::main]
async fn main() {
    let app = Router::new()
        .route("/", get(|| async { "Hello, World!" }))
        .route("/api/orders/{id}", get(order));

    let listener = tokio::net::TcpListener::bind("127.0.0.1:{port}").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}

async fn order(Path(id): Path<u32>) -> Json<Value> {
    Json(json!({ "id": id, "status": "open" }))
}
