//! An axum application with a policy for each part of it, one of which can be replaced while it runs.
//!
//! ```text
//! cargo run -p corsac-tower --example axum
//! curl -i localhost:3000/account -H 'Origin: https://app.example'
//! curl -X PUT localhost:3001/origins -H 'Content-Type: application/json' -d '["https://new.example"]'
//! ```

use std::time::Duration;

use axum::extract::{Path, State};
use axum::routing::{get, put};
use axum::{Json, Router};
use corsac::{Faults, Policy};
use corsac_tower::CorsLayer;
use http::{Method, StatusCode, header};
use tokio::net::TcpListener;

/// Who may use accounts from a page, and how. Every mistake in it is found here, before anything listens.
fn account_policy(origins: impl IntoIterator<Item = String>) -> Result<Policy, Faults> {
    Policy::builder()
        .allow_origins(origins)
        .allow_credentials(true)
        .allow_methods([Method::PUT])
        .allow_headers([header::CONTENT_TYPE])
        .expose_headers(["X-Request-Id"])
        .max_age(Duration::from_secs(600))
        .into_policy()
}

/// Each part has its layer, outside of whatever else is around it, so that errors are readable as well. What is not
/// there at all, and is answered with 404, is the affair of the part that is merged last.
fn application(account_cors: CorsLayer) -> Result<Router, Faults> {
    let anyone = Policy::builder().allow_any_origin().into_policy()?;
    let fonts = Router::new()
        .route("/fonts/{name}", get(async |Path(name): Path<String>| name))
        .layer(CorsLayer::new(anyone));
    let account = Router::new()
        .route("/account", get(async || "yours").put(async |Json(name): Json<String>| name))
        .layer(account_cors);
    Ok(fonts.merge(account))
}

/// For the operator, on a port of its own and without CORS: no page can call it.
fn administration(account_cors: CorsLayer) -> Router {
    Router::new().route("/origins", put(replace_origins)).with_state(account_cors)
}

/// The clone of a layer shares its policy: from now on the application has this one, in every connection.
async fn replace_origins(
    State(account_cors): State<CorsLayer>,
    Json(origins): Json<Vec<String>>,
) -> Result<StatusCode, (StatusCode, String)> {
    let policy =
        account_policy(origins).map_err(|faults| (StatusCode::UNPROCESSABLE_ENTITY, faults.to_string()))?;
    account_cors.replace_policy(policy);
    Ok(StatusCode::NO_CONTENT)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let account_cors = CorsLayer::new(account_policy(["https://app.example".to_owned()])?);
    let application = application(account_cors.clone())?;
    let administration = administration(account_cors);
    tokio::try_join!(
        axum::serve(TcpListener::bind("127.0.0.1:3000").await?, application),
        axum::serve(TcpListener::bind("127.0.0.1:3001").await?, administration),
    )?;
    Ok(())
}

#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::support::ask;
    use super::*;

    const APP: &str = "Origin: https://app.example";
    const EVIL: &str = "Origin: https://evil.example";
    const ASKS_TO_PUT: [&str; 2] =
        ["Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: content-type"];
    const JSON: &str = "Content-Type: application/json";

    async fn start(router: Router) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    /// The addresses of the application and of its administration.
    async fn servers() -> (SocketAddr, SocketAddr) {
        let policy = account_policy(["https://app.example".to_owned()]).expect("a sound policy");
        let cors = CorsLayer::new(policy);
        let application = application(cors.clone()).expect("sound policies");
        (start(application).await, start(administration(cors)).await)
    }

    #[tokio::test]
    async fn a_page_of_the_application_may_and_others_may_not() {
        let (application, _) = servers().await;
        let preflight = [&[APP], &ASKS_TO_PUT[..]].concat();
        let answer = ask(application, "OPTIONS /account", &preflight, b"").await;
        assert_eq!((answer.status, answer.field("access-control-allow-methods")), (204, Some("PUT")));
        assert_eq!(answer.field("access-control-allow-headers"), Some("content-type"));
        assert_eq!(answer.field("access-control-max-age"), Some("600"));
        assert_eq!((answer.field("content-length"), &*answer.body), (None, &b""[..]));

        let answer = ask(application, "PUT /account", &[APP, JSON], br#""Ada""#).await;
        assert_eq!((answer.status, &*answer.body), (200, &b"Ada"[..]));
        assert_eq!(answer.field("access-control-allow-origin"), Some("https://app.example"));
        assert_eq!(answer.field("access-control-allow-credentials"), Some("true"));

        let preflight = [&[EVIL], &ASKS_TO_PUT[..]].concat();
        let answer = ask(application, "OPTIONS /account", &preflight, b"").await;
        assert_eq!((answer.status, answer.is_silent()), (403, true));
        assert!(ask(application, "GET /account", &[EVIL], b"").await.is_silent());
        let answer = ask(application, "GET /fonts/serif", &[EVIL], b"").await;
        assert_eq!(answer.field("access-control-allow-origin"), Some("*"));
    }

    #[tokio::test]
    async fn errors_are_readable() {
        let (application, _) = servers().await;
        for (target, body, status) in [
            ("PUT /account", &br#"["Ada"]"#[..], 422),
            ("DELETE /account", b"", 405),
            ("GET /nowhere", b"", 404),
        ] {
            let answer = ask(application, target, &[APP, JSON], body).await;
            assert_eq!(answer.status, status);
            assert_eq!(answer.field("access-control-allow-origin"), Some("https://app.example"));
        }
    }

    #[tokio::test]
    async fn the_operator_replaces_the_origins() {
        let (application, administration) = servers().await;
        let replaced = ask(administration, "PUT /origins", &[JSON], br#"["https://new.example"]"#).await;
        assert_eq!(replaced.status, 204);
        assert!(ask(application, "GET /account", &[APP], b"").await.is_silent());
        let answer = ask(application, "GET /account", &["Origin: https://new.example"], b"").await;
        assert_eq!(answer.field("access-control-allow-origin"), Some("https://new.example"));

        // What is unsound changes nothing.
        let refused = ask(administration, "PUT /origins", &[JSON], br#"["*"]"#).await;
        assert_eq!(refused.status, 422);
        let answer = ask(application, "GET /account", &["Origin: https://new.example"], b"").await;
        assert_eq!(answer.field("access-control-allow-origin"), Some("https://new.example"));
    }
}
