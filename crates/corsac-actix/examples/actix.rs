//! An Actix application with one policy for most of it, another for its fonts, and none for its health check.
//!
//! ```text
//! cargo run -p corsac-actix --example actix
//! curl -i localhost:8080/account -H 'Origin: https://app.example'
//! ```

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{App, HttpServer, Responder, error, get, put, web};
use corsac::{Faults, Policy};
use corsac_actix::Cors;

/// Every mistake in the policies is found here, before anything listens.
fn cors() -> Result<Cors, Faults> {
    let anyone = Policy::builder().allow_any_origin().into_policy()?;
    let app = Policy::builder()
        .allow_origins(["https://app.example", "https://*.preview.app.example"])
        .allow_credentials(true)
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .max_age(Duration::from_secs(600))
        .into_policy()?;
    Ok(Cors::new(app).at("/fonts", anyone).without_policy("/health"))
}

#[get("/account")]
async fn account() -> actix_web::Result<String> {
    // Pages can read errors, too.
    Err(error::ErrorUnauthorized("sign in first"))
}

#[put("/account")]
async fn rename(name: web::Json<String>) -> impl Responder {
    name.into_inner()
}

#[get("/fonts/{name}")]
async fn font(name: web::Path<String>) -> impl Responder {
    name.into_inner()
}

#[get("/health")]
async fn health() -> impl Responder {
    "fine"
}

/// One value serves all workers; whoever keeps a clone can replace the policy for all of them.
fn serve(listener: TcpListener, cors: Cors) -> std::io::Result<Server> {
    let application = move || {
        App::new()
            .service(account)
            .service(rename)
            .service(font)
            .service(health)
            // Last, and so around everything else: before authentication, limits and routing.
            .wrap(cors.clone())
    };
    Ok(HttpServer::new(application).listen(listener)?.run())
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    serve(TcpListener::bind("127.0.0.1:8080")?, cors()?)?.await?;
    Ok(())
}

#[cfg(test)]
#[path = "../../corsac-tower/tests/support/mod.rs"]
mod support;

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::support::ask;
    use super::*;

    const APP: &str = "Origin: https://app.example";
    const EVIL: &str = "Origin: https://evil.example";
    const ASKS_TO_PUT: &str = "Access-Control-Request-Method: PUT";
    const JSON: &str = "Content-Type: application/json";

    fn start(cors: &Cors) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        actix_web::rt::spawn(serve(listener, cors.clone()).expect("the server starts"));
        address
    }

    #[actix_web::test]
    async fn a_page_of_the_application_may_and_others_may_not() {
        let address = start(&cors().expect("sound policies"));
        let preflight = [APP, ASKS_TO_PUT, "Access-Control-Request-Headers: content-type"];
        let answer = ask(address, "OPTIONS /account", &preflight, b"").await;
        assert_eq!((answer.status, answer.field("access-control-allow-methods")), (204, Some("PUT")));
        assert_eq!(answer.field("access-control-allow-headers"), Some("content-type"));
        assert_eq!((answer.field("content-length"), &*answer.body), (None, &b""[..]));
        let answer = ask(address, "PUT /account", &[APP, JSON], br#""Ada""#).await;
        assert_eq!((answer.status, &*answer.body), (200, &b"Ada"[..]));
        assert_eq!(answer.field("access-control-allow-origin"), Some("https://app.example"));
        assert_eq!(answer.field("access-control-allow-credentials"), Some("true"));

        let answer = ask(address, "OPTIONS /account", &[EVIL, ASKS_TO_PUT], b"").await;
        assert_eq!((answer.status, answer.is_silent()), (403, true));
        let answer = ask(address, "GET /fonts/serif", &[EVIL], b"").await;
        assert_eq!(answer.field("access-control-allow-origin"), Some("*"));
        assert!(ask(address, "GET /health", &[APP], b"").await.is_silent());
    }

    #[actix_web::test]
    async fn errors_are_readable() {
        let address = start(&cors().expect("sound policies"));
        for (target, body, status) in [
            ("GET /account", &b""[..], 401),
            ("PUT /account", b"not JSON", 400),
            ("DELETE /account", b"", 404),
            ("GET /nowhere", b"", 404),
        ] {
            let answer = ask(address, target, &[APP, JSON], body).await;
            assert_eq!(answer.status, status);
            assert_eq!(answer.field("access-control-allow-origin"), Some("https://app.example"));
        }
    }

    #[actix_web::test]
    async fn the_policy_can_be_replaced_for_all_workers() {
        let cors = cors().expect("sound policies");
        let address = start(&cors);
        let new =
            Policy::builder().allow_origin("https://new.example").into_policy().expect("a sound policy");
        cors.replace_policy(new);
        // One connection after the other goes to one worker after the other.
        for _ in 0..4 {
            assert!(ask(address, "GET /account", &[APP], b"").await.is_silent());
            let answer = ask(address, "GET /account", &["Origin: https://new.example"], b"").await;
            assert_eq!(answer.field("access-control-allow-origin"), Some("https://new.example"));
        }
    }
}
