//! The page sends JSON as text: axum refuses it in words of its own, and nothing is said about CORS.

use axum::{Json, Router, routing::post};
use serde_json::{Value, json};

fn app() -> Router {
    Router::new()
        .route("/api/orders", post(create))
}

async fn create(Json(sent): Json<Value>) -> Json<Value> {
    Json(json!({ "id": 7, "status": sent["status"] }))
}

#[tokio::main]
async fn main() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:{port}").await.unwrap();
    axum::serve(listener, app()).await.unwrap();
}
