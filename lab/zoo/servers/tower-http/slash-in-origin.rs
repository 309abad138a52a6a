//! The origin ends with a slash, as it was copied from the address bar.

use axum::http::{HeaderValue, Method};
use axum::{Json, Router, extract::Path, routing::get};
use serde_json::{Value, json};
use tower_http::cors::CorsLayer;

#[tokio::main]
async fn main() {
    let app = Router::new()
        .route("/api/orders/{id}", get(order))
        // cors
        .layer(
            CorsLayer::new()
                .allow_origin("https://app.example/".parse::<HeaderValue>().unwrap())
                .allow_methods([Method::GET, Method::POST]),
        )
        // end of cors
        ;

    let listener = tokio::net::TcpListener::bind("127.0.0.1:{port}").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}

async fn order(Path(id): Path<u32>) -> Json<Value> {
    Json(json!({ "id": id, "status": "open" }))
}
