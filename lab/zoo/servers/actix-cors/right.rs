//! Right: one origin, with credentials, and Cors is the last wrap of the App.

use actix_cors::Cors;
use actix_web::http::header;
use actix_web::{App, HttpResponse, HttpServer, Responder, get, put, web};
use serde_json::{Value, json};

#[get("/api/orders/{id}")]
async fn order(id: web::Path<u32>) -> impl Responder {
    HttpResponse::Ok().json(json!({ "id": *id, "status": "open" }))
}

#[put("/api/orders/{id}")]
async fn put_order(id: web::Path<u32>, sent: web::Json<Value>) -> impl Responder {
    HttpResponse::Ok().json(json!({ "id": *id, "status": sent["status"] }))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".into());
    HttpServer::new(|| {
        let cors = Cors::default()
            .allowed_origin("https://app.example")
            .allowed_methods(["GET", "PUT"])
            .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
            .supports_credentials();
        App::new().service(order).service(put_order).wrap(cors)
    })
    .bind(format!("127.0.0.1:{port}"))?
    .run()
    .await
}
