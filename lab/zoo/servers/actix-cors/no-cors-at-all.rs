//! Nothing about CORS.

use actix_web::{App, HttpResponse, HttpServer, Responder, get, web};
use serde_json::json;

#[get("/api/orders/{id}")]
async fn order(id: web::Path<u32>) -> impl Responder {
    HttpResponse::Ok().json(json!({ "id": *id, "status": "open" }))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    HttpServer::new(|| {
        App::new()
            .service(order)
    })
    .bind(("127.0.0.1", {port}))?
    .run()
    .await
}
