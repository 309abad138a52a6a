//! `permissive()` says `*`, which is for nobody who sends cookies.

use axum::{Json, Router, routing::get};
use serde_json::{Value, json};
use tower_http::cors::CorsLayer;

fn app() -> Router {
    Router::new()
        .route("/api/me", get(me))
        // cors
        .layer(CorsLayer::permissive())
        // end of cors
}

async fn me() -> Json<Value> {
    Json(json!({ "name": "Ada" }))
}

#[tokio::main]
async fn main() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:{port}").await.unwrap();
    axum::serve(listener, app()).await.unwrap();
}
