//! A layer is around the routes that are there already, and there are none yet.

use axum::http::{HeaderValue, Method};
use axum::{Json, Router, extract::Path, routing::get};
use serde_json::{Value, json};
use tower_http::cors::CorsLayer;

#[tokio::main]
async fn main() {
    // cors
    let cors = CorsLayer::new()
        .allow_origin("https://app.example".parse::<HeaderValue>().unwrap())
        .allow_methods([Method::GET]);
    // end of cors

    let app = Router::new()
        // cors
        .layer(cors)
        // end of cors
        .route("/api/orders/{id}", get(order));

    let listener = tokio::net::TcpListener::bind("127.0.0.1:{port}").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}

async fn order(Path(id): Path<u32>) -> Json<Value> {
    Json(json!({ "id": id, "status": "open" }))
}
