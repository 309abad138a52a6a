//! `Cors::default()` lets nobody in.

use actix_cors::Cors;
use actix_web::{App, HttpResponse, HttpServer, Responder, put, web};
use serde_json::{Value, json};

#[put("/api/orders/{id}")]
async fn put_order(id: web::Path<u32>, sent: web::Json<Value>) -> impl Responder {
    HttpResponse::Ok().json(json!({ "id": *id, "status": sent["status"] }))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    HttpServer::new(|| {
        // cors
        let cors = Cors::default();
        // end of cors

        App::new()
            // cors
            .wrap(cors)
            // end of cors
            .service(put_order)
    })
    .bind(("127.0.0.1", {port}))?
    .run()
    .await
}
