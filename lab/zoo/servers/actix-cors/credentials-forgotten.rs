//! The page sends cookies, and `supports_credentials()` is missing.

use actix_cors::Cors;
use actix_web::{App, HttpResponse, HttpServer, Responder, get};
use serde_json::json;

#[get("/api/me")]
async fn me() -> impl Responder {
    HttpResponse::Ok().json(json!({ "name": "Ada" }))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    HttpServer::new(|| {
        // cors
        let cors = Cors::default()
            .allowed_origin("https://app.example")
            .allowed_methods(vec!["GET", "POST"])
            .allow_any_header();
        // end of cors

        App::new()
            // cors
            .wrap(cors)
            // end of cors
            .service(me)
    })
    .bind(("127.0.0.1", {port}))?
    .run()
    .await
}
