//! What is wrapped last is asked first: whoever has no token is sent away before CORS is asked.

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorUnauthorized;
use actix_web::http::header;
use actix_web::middleware::{Logger, Next, from_fn};
use actix_web::{App, Error, HttpResponse, HttpServer, Responder, put, web};
use serde_json::{Value, json};

async fn auth(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if !request.headers().contains_key(header::AUTHORIZATION) {
        return Err(ErrorUnauthorized("no token"));
    }
    next.call(request).await
}

#[put("/api/orders/{id}")]
async fn put_order(id: web::Path<u32>, sent: web::Json<Value>) -> impl Responder {
    HttpResponse::Ok().json(json!({ "id": *id, "status": sent["status"] }))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    HttpServer::new(|| {
        // cors
        let cors = Cors::default()
            .allowed_origin("https://app.example")
            .allowed_methods(vec!["GET", "PUT"])
            .allowed_headers(vec![header::AUTHORIZATION, header::CONTENT_TYPE])
            .max_age(3600);
        // end of cors

        App::new()
            .service(put_order)
            // cors
            .wrap(cors)
            // end of cors
            .wrap(from_fn(auth))
            .wrap(Logger::default())
    })
    .bind(("127.0.0.1", {port}))?
    .run()
    .await
}
