//! An application behind exported policies, on Actix Web with actix-cors: `/NUMBER/…` is governed by `policy_NUMBER.rs`.

use std::sync::OnceLock;

use actix_web::http::StatusCode;
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, Scope, error, web};
use corsac_lab_rust::{Inner, address, case, hold, inners};

#[expect(unreachable_pub, reason = "what is exported is for other crates too, and is compiled as it is")]
mod exported {
    include!(concat!(env!("OUT_DIR"), "/actix-cors/modules.rs"));
}

static INNERS: OnceLock<Vec<Inner>> = OnceLock::new();

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    hold(exported::TEXTS);
    INNERS.get_or_init(inners);
    HttpServer::new(|| App::new().configure(exported::configure)).workers(1).bind(address())?.run().await
}

fn scope(number: usize) -> Scope {
    web::scope(&format!("/{number}")).default_service(web::to(answer))
}

async fn answer(request: HttpRequest) -> Result<HttpResponse, Error> {
    let inner = case(request.path()).and_then(|index| INNERS.get().and_then(|inners| inners.get(index)));
    let inner = inner.ok_or_else(|| error::ErrorInternalServerError("a handler that fails"))?;
    let status = StatusCode::from_u16(inner.status).expect("the vectors have statuses");
    let mut response = HttpResponse::build(status);
    response.append_header(("x-inner", "asked"));
    for (name, value) in &inner.headers {
        response.append_header((name.as_str(), value.as_str()));
    }
    Ok(response.finish())
}
