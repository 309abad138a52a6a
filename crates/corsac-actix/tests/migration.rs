//! `docs/migration.md`, compiled and run: actix-cors and Corsac around the same application.

#[path = "../../corsac-tower/tests/support/page.rs"]
mod page;
#[path = "../../corsac-tower/tests/support/mod.rs"]
mod support;

use std::net::TcpListener;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, Service, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::DefaultHeaders;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpResponse, web};
use corsac::{FaultCode, Policy, PolicyConfig};
use corsac_actix::Cors;
use corsac_browser::{Call, WireRequest, WireResponse};
use page::{call, with_cookies, with_header};
use support::ask;

mod before {
    use std::net::TcpListener;

    use actix_cors::Cors;
    use actix_web::dev::Server;
    use actix_web::{App, HttpServer, web};

    pub(crate) fn cors() -> Cors {
        Cors::default()
            .allowed_origin("https://app.example")
            .allowed_origin_fn(|origin, _| origin.as_bytes().starts_with(b"http://localhost"))
            .allowed_methods(["GET", "PUT"])
            .allow_any_header()
            .expose_headers(["x-request-id"])
            .supports_credentials()
            .max_age(600)
    }

    pub(crate) fn serve(listener: TcpListener) -> std::io::Result<Server> {
        let application = || {
            App::new()
                .service(web::resource("/account").get(async || "yours").put(async || "saved"))
                .wrap(cors())
        };
        Ok(HttpServer::new(application).listen(listener)?.run())
    }
}

mod after {
    use std::error::Error;
    use std::net::TcpListener;
    use std::time::Duration;

    use actix_web::dev::Server;
    use actix_web::{App, HttpServer, web};
    use corsac::{Faults, Policy};
    use corsac_actix::Cors;

    pub(crate) fn cors() -> Result<Cors, Faults> {
        let policy = Policy::builder()
            .allow_origins(["https://app.example", "http://localhost:*"])
            .allow_methods(["PUT"])
            .allow_headers(["content-type"])
            .expose_headers(["x-request-id"])
            .allow_credentials(true)
            .max_age(Duration::from_secs(600))
            .into_policy()?;
        Ok(Cors::new(policy))
    }

    pub(crate) fn serve(listener: TcpListener) -> Result<Server, Box<dyn Error>> {
        let cors = cors()?;
        let application = move || {
            App::new()
                .service(web::resource("/account").get(async || "yours").put(async || "saved"))
                .wrap(cors.clone())
        };
        Ok(HttpServer::new(application).listen(listener)?.run())
    }
}

const APP: &str = "https://app.example";
const DEVELOPMENT: &str = "http://localhost:5173";
const EVIL: &str = "https://evil.example";
/// Anybody can have a name that begins so.
const LOOKALIKE: &str = "http://localhost.evil.example";

/// An application with this around it.
macro_rules! around {
    ($cors:expr) => {
        init_service(App::new().route("/account", web::route().to(async || "yours")).wrap($cors)).await
    };
}

fn new_cors() -> Cors {
    after::cors().expect("a sound policy")
}

/// Asks a service, and does with an error what a server does.
async fn send<S, B>(app: &S, method: &str, fields: &[(&str, &[u8])]) -> HttpResponse
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let mut request = TestRequest::with_uri("/account").method(method);
    for (name, value) in fields {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a field name");
        request = request.append_header((name, HeaderValue::from_bytes(value).expect("a field value")));
    }
    match app.call(request.to_request()).await {
        Ok(response) => response.into_parts().1.map_into_boxed_body(),
        Err(error) => error.error_response(),
    }
}

/// Whether a page of this origin reads the answer to its call.
async fn reads<S, B>(app: &S, origin: &str, call: &Call) -> bool
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    let ask = async |request: WireRequest| {
        let response = send(app, &request.method, &request.headers.iter().collect::<Vec<_>>()).await;
        let fields = response.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        WireResponse { status: response.status().as_u16(), headers: fields.collect() }
    };
    page::verdict(origin, call, ask).await.is_allowed()
}

fn field<'a>(response: &'a HttpResponse, name: &str) -> Option<&'a str> {
    let mut lines = response.headers().get_all(name);
    let value = lines.next().map(|value| value.to_str().expect("text"));
    assert!(lines.next().is_none(), "{name} is there twice");
    value
}

fn is_silent(headers: &HeaderMap) -> bool {
    !headers.keys().any(|name| name.as_str().starts_with("access-control-"))
}

fn put() -> Call {
    with_header(with_cookies(call("PUT")), "content-type")
}

// The worked example.

#[actix_web::test]
async fn the_pages_that_were_meant_get_through_both() {
    let (before, after) = (around!(before::cors()), around!(new_cors()));
    for origin in [APP, DEVELOPMENT, "http://localhost"] {
        for call in [call("GET"), with_cookies(call("GET")), with_cookies(call("POST")), put()] {
            assert!(reads(&before, origin, &call).await, "{origin}, {}, before", call.method);
            assert!(reads(&after, origin, &call).await, "{origin}, {}, after", call.method);
        }
    }
    for stranger in [EVIL, "https://app.example.evil.example", "null"] {
        for call in [call("GET"), put()] {
            assert!(!reads(&before, stranger, &call).await, "{stranger}, {}, before", call.method);
            assert!(!reads(&after, stranger, &call).await, "{stranger}, {}, after", call.method);
        }
    }
}

#[actix_web::test]
async fn both_serve() {
    fn start(serve: impl FnOnce(TcpListener) -> Server) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        actix_web::rt::spawn(serve(listener));
        address
    }

    for address in [
        start(|listener| before::serve(listener).expect("it starts")),
        start(|listener| after::serve(listener).expect("it starts")),
    ] {
        let answer = ask(address, "PUT /account", &["Origin: https://app.example"], b"").await;
        assert_eq!((answer.status, &*answer.body), (200, &b"saved"[..]));
        assert_eq!(answer.field("access-control-allow-origin"), Some(APP));
        assert!(!answer.is_silent());
    }
}

#[actix_web::test]
async fn what_only_begins_like_localhost_no_longer_comes_with_cookies() {
    let (before, after) = (around!(before::cors()), around!(new_cors()));
    for origin in [LOOKALIKE, "http://localhostess.example"] {
        for call in [with_cookies(call("GET")), put()] {
            assert!(reads(&before, origin, &call).await);
            assert!(!reads(&after, origin, &call).await);
        }
    }
}

#[actix_web::test]
async fn a_header_forgotten_in_a_handler_no_longer_undoes_the_policy() {
    let forgotten = || {
        let handler = web::route().to(async || "yours");
        let header = DefaultHeaders::new().add(("access-control-allow-origin", "*"));
        App::new().route("/account", handler).wrap(header)
    };
    let before = init_service(forgotten().wrap(before::cors())).await;
    let after = init_service(forgotten().wrap(new_cors())).await;
    assert!(reads(&before, EVIL, &call("GET")).await);
    assert!(!reads(&after, EVIL, &call("GET")).await);
    assert!(reads(&after, APP, &call("GET")).await);
}

#[actix_web::test]
async fn requested_headers_are_no_longer_sent_back_unread() {
    let (before, after) = (around!(before::cors()), around!(new_cors()));
    let flood = "x-a,".repeat(10_000);
    let fields = [
        ("origin", APP.as_bytes()),
        ("access-control-request-method", b"PUT"),
        ("access-control-request-headers", flood.as_bytes()),
    ];
    let sent = send(&before, "OPTIONS", &fields).await;
    assert_eq!(field(&sent, "access-control-allow-headers"), Some(&*flood));
    let sent = send(&after, "OPTIONS", &fields).await;
    assert_eq!(field(&sent, "access-control-allow-headers"), Some("content-type"));
}

/// A page that asks for too much is told so by its browser, where before it was told that nothing is allowed.
#[actix_web::test]
async fn what_is_not_allowed_is_named() {
    let (before, after) = (around!(before::cors()), around!(new_cors()));
    let fields = [("origin", APP.as_bytes()), ("access-control-request-method", b"DELETE")];
    let refused = send(&before, "OPTIONS", &fields).await;
    assert_eq!((refused.status(), is_silent(refused.headers())), (StatusCode::BAD_REQUEST, true));
    let named = send(&after, "OPTIONS", &fields).await;
    assert_eq!(
        (named.status(), field(&named, "access-control-allow-methods")),
        (StatusCode::NO_CONTENT, Some("PUT"))
    );
}

/// Uploads with a progress bar ask for leave to `POST`.
#[actix_web::test]
async fn post_need_not_be_listed() {
    let mut upload = with_cookies(call("POST"));
    upload.initiator = corsac_browser::Initiator::Xhr;
    upload.upload_listener = true;
    assert!(!reads(&around!(before::cors()), APP, &upload).await);
    assert!(reads(&around!(new_cors()), APP, &upload).await);
}

#[actix_web::test]
async fn a_refused_preflight_has_a_vary() {
    let fields = [("origin", EVIL.as_bytes()), ("access-control-request-method", b"PUT")];
    let before = send(&around!(before::cors()), "OPTIONS", &fields).await;
    assert_eq!((before.status(), field(&before, "vary")), (StatusCode::BAD_REQUEST, None));
    let after = send(&around!(new_cors()), "OPTIONS", &fields).await;
    assert_eq!((after.status(), field(&after, "vary")), (StatusCode::FORBIDDEN, Some("Origin")));
}

// The table.

fn builder() -> PolicyConfig {
    Policy::builder()
}

fn old() -> actix_cors::Cors {
    actix_cors::Cors::default()
}

/// What each row of the table lets a page do is let both before and after.
async fn assert_both(name: &str, old: actix_cors::Cors, new: PolicyConfig, call: Call) {
    let old = around!(old);
    let new = around!(Cors::new(new.into_policy().expect("a sound policy")));
    assert!(reads(&old, APP, &call).await, "{name}, before");
    assert!(reads(&new, APP, &call).await, "{name}, after");
}

#[actix_web::test]
async fn each_old_call_has_its_new_one() {
    let app = || builder().allow_origin(APP);
    let old_app = || old().allowed_origin(APP).allowed_methods(["GET"]);
    let custom = || with_header(call("GET"), "x-custom");
    assert_both("allowed_origin", old_app(), app(), call("GET")).await;
    let everyone = old().allow_any_origin();
    assert_both("allow_any_origin", everyone, builder().allow_any_origin(), call("GET")).await;
    let everyone = old().allow_any_origin().send_wildcard();
    assert_both("send_wildcard", everyone, builder().allow_any_origin(), call("GET")).await;
    let put = old_app().allowed_methods(["PUT"]);
    assert_both("allowed_methods", put, app().allow_methods(["PUT"]), call("PUT")).await;
    let any = old_app().allow_any_method();
    assert_both("allow_any_method", any, app().allow_any_method(), call("PATCH")).await;
    let header = old_app().allowed_header("x-custom");
    assert_both("allowed_header", header, app().allow_headers(["x-custom"]), custom()).await;
    let header = old_app().allowed_headers(["x-custom"]);
    assert_both("allowed_headers", header, app().allow_headers(["x-custom"]), custom()).await;
    let any = old_app().allow_any_header();
    assert_both("allow_any_header", any, app().allow_any_header(), custom()).await;
    let cookies = old_app().supports_credentials();
    let call_with_cookies = with_cookies(call("GET"));
    assert_both("supports_credentials", cookies, app().allow_credentials(true), call_with_cookies).await;
    let permissive = PolicyConfig {
        dangerously_allow_any_origin_with_credentials: true,
        ..builder().allow_any_origin().allow_credentials(true).allow_any_method().allow_any_header()
    };
    let everything = with_cookies(with_header(call("PATCH"), "x-custom"));
    assert_both("permissive", actix_cors::Cors::permissive(), permissive, everything).await;
}

#[actix_web::test]
async fn whoever_is_kept_out_is_kept_out_by_both() {
    let old = around!(old().allowed_origin(APP).block_on_origin_mismatch(true));
    let policy = builder().allow_origin(APP).refuse_disallowed(true).into_policy();
    let new = around!(Cors::new(policy.expect("a sound policy")));
    let fields = [("origin", EVIL.as_bytes())];
    assert_eq!(send(&old, "GET", &fields).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(send(&new, "GET", &fields).await.status(), StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn anyone_with_credentials_has_a_long_name_and_leaves_null_out() {
    let old = around!(old().allow_any_origin().supports_credentials());
    let cookies = with_cookies(call("GET"));
    assert!(reads(&old, EVIL, &cookies).await && reads(&old, "null", &cookies).await);
    let any = || builder().allow_any_origin().allow_credentials(true);
    let faults = any().into_policy().expect_err("not without its name");
    assert_eq!(faults.faults()[0].code, FaultCode::AnyOriginWithCredentials);
    let policy = PolicyConfig { dangerously_allow_any_origin_with_credentials: true, ..any() }.into_policy();
    let new = around!(Cors::new(policy.expect("a sound policy")));
    assert!(reads(&new, EVIL, &cookies).await && !reads(&new, "null", &cookies).await);
}

#[actix_web::test]
async fn a_misspelled_origin_is_a_fault_and_not_a_riddle() {
    let old = around!(old().allowed_origin("https://app.example/"));
    assert!(!reads(&old, APP, &call("GET")).await);
    let faults = builder().allow_origin("https://app.example/").into_policy().expect_err("there is a slash");
    assert_eq!(faults.faults()[0].code, FaultCode::OriginWithPath);
}

#[actix_web::test]
async fn options_without_an_origin_is_the_applications_own() {
    let fields = [("access-control-request-method", &b"PUT"[..])];
    let before = send(&around!(before::cors()), "OPTIONS", &fields).await;
    assert_eq!(before.status(), StatusCode::BAD_REQUEST);
    assert_eq!(send(&around!(new_cors()), "OPTIONS", &fields).await.status(), StatusCode::OK);
}
