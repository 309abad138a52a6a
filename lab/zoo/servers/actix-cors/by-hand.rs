//! The headers by hand, as matrix.toml has them.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::Method;
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, web};

// cors
async fn speak(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // preflight
    if request.method() == Method::OPTIONS {
        let mut response = HttpResponse::NoContent();
        response.append_header(("{preflight.name}", "{preflight.value}"));
        return Ok(request.into_response(response.finish()));
    }
    // end of preflight
    // asking
    let origin = request.headers().get(header::ORIGIN).cloned();
    // end of asking
    let mut response = next.call(request).await?.map_into_boxed_body();
    let name = |name: &str| HeaderName::try_from(name).expect("a name");
    response.headers_mut().append(name("{answer.name}"), HeaderValue::from_static("{answer.value}"));
    // asking
    if let Some(origin) = origin {
        response.headers_mut().append(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    // end of asking
    Ok(response)
}
// end of cors

// gate
async fn is_known(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match request.headers().contains_key(header::AUTHORIZATION) {
        true => Ok(next.call(request).await?.map_into_boxed_body()),
        false => Ok(request.into_response(HttpResponse::Unauthorized().finish())),
    }
}
// end of gate

// login
async fn has_logged_in(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut to_login = HttpResponse::Found();
    to_login.append_header((header::LOCATION, "/login"));
    match request.headers().contains_key(header::AUTHORIZATION) {
        true => Ok(next.call(request).await?.map_into_boxed_body()),
        false => Ok(request.into_response(to_login.finish())),
    }
}
// end of login

async fn api(request: HttpRequest) -> HttpResponse {
    let json = "application/json";
    match (request.method(), request.path()) {
        (&Method::OPTIONS, _) => HttpResponse::MethodNotAllowed().finish(),
        (_, "/api/broken") => {
            HttpResponse::InternalServerError().content_type(json).body(r#"{"error":"no such customer"}"#)
        }
        (_, "/api/counted") => HttpResponse::Ok()
            .append_header(("X-Total-Count", "42"))
            .content_type(json)
            .body(r#"[{"id":"7"}]"#),
        (_, "/api/catalogue") => HttpResponse::Ok()
            .append_header((header::CACHE_CONTROL, "public, s-maxage=600"))
            .content_type(json)
            .body(r#"[{"id":"7"}]"#),
        _ => HttpResponse::Ok().content_type(json).body(r#"{"id":"7"}"#),
    }
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT").expect("PORT is set");
    HttpServer::new(|| {
        App::new()
            .default_service(web::to(api))
            // cors
            .wrap(from_fn(speak))
            // end of cors
            // gate
            .wrap(from_fn(is_known))
            // end of gate
            // login
            .wrap(from_fn(has_logged_in))
            // end of login
    })
    .bind(format!("127.0.0.1:{port}"))?
    .run()
    .await
}
