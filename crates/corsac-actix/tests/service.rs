//! The middleware as a part among others: whatever answers, the page can read it.

#[path = "../../corsac-tower/tests/support/mod.rs"]
mod support;

use std::cell::Cell;
use std::convert::Infallible;
use std::fmt;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{DefaultHeaders, Next, from_fn};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, Error, HttpResponse, HttpServer, Responder, ResponseError, error, web};
use corsac::{Policy, PolicyConfig};
use corsac_actix::{
    CacheLimits, CachedOrigins, Cors, DEBUG_HEADER, DecisionReport, LivePolicy, OriginSource, SourcedCors,
};
use support::ask;

const ORIGIN: &str = "https://app.example";
const EVIL: &str = "https://evil.example";
const TENANT: &str = "https://tenant.example";

fn builder() -> PolicyConfig {
    Policy::builder().allow_origin(ORIGIN).allow_methods(["PUT"]).expose_headers(["X-Request-Id"])
}

fn cors() -> Cors {
    Cors::new(builder().into_policy().expect("a sound policy"))
}

fn only(origin: &str) -> Policy {
    Policy::builder().allow_origin(origin).into_policy().expect("a sound policy")
}

fn anyone() -> Policy {
    Policy::builder().allow_any_origin().into_policy().expect("a sound policy")
}

fn get(path: &str, origin: &str) -> TestRequest {
    TestRequest::get().uri(path).insert_header((header::ORIGIN, origin))
}

fn preflight(path: &str, origin: &str) -> TestRequest {
    get(path, origin).method(Method::OPTIONS).insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, "PUT"))
}

fn allowed_origin(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    let value = values.next().map(|value| value.to_str().expect("an origin is text"));
    assert!(values.next().is_none(), "there are several: {headers:?}");
    value
}

/// Asserts that a page of [`ORIGIN`] can read this, and what it may read beyond the safelisted headers.
fn assert_readable(headers: &HeaderMap) {
    assert_eq!(allowed_origin(headers), Some(ORIGIN), "{headers:?}");
    assert_eq!(headers.get("access-control-expose-headers").expect("it is exposed"), "X-Request-Id");
    assert_eq!(headers.get("vary").expect("it varies"), "Origin");
}

fn is_silent(headers: &HeaderMap) -> bool {
    !headers.keys().any(|name| name.as_str().starts_with("access-control-"))
}

/// Asks a service, and does with an error what a server does.
async fn answer<S, B>(app: &S, request: TestRequest) -> HttpResponse
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    match app.call(request.to_request()).await {
        Ok(response) => response.into_parts().1.map_into_boxed_body(),
        Err(error) => error.error_response(),
    }
}

#[derive(Debug)]
struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("out of stock")
    }
}

impl ResponseError for OutOfStock {
    fn status_code(&self) -> StatusCode {
        StatusCode::CONFLICT
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code())
            .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
            .insert_header(("x-request-id", "7"))
            .body("none left")
    }
}

#[derive(serde::Deserialize)]
struct Order {
    count: u32,
}

#[actix_web::test]
async fn whatever_goes_wrong_inside_is_readable() {
    let app = init_service(
        App::new()
            .route("/order", web::put().to(async |order: web::Json<Order>| order.count.to_string()))
            .route("/order/{number}", web::get().to(async |number: web::Path<u32>| number.to_string()))
            .route("/search", web::get().to(async |_: web::Query<Order>| "found"))
            .route("/own", web::get().to(async || Err::<&str, _>(OutOfStock)))
            .route("/helper", web::get().to(async || Err::<&str, _>(error::ErrorBadGateway("no upstream"))))
            .service(web::resource("/resource").route(web::get().to(async || "got")))
            .wrap(cors()),
    )
    .await;
    let json = |text: &'static str| {
        let request = get("/order", ORIGIN).method(Method::PUT);
        request.insert_header(header::ContentType::json()).set_payload(text)
    };
    for (request, status) in [
        (get("/own", ORIGIN), 409),
        (get("/helper", ORIGIN), 502),
        (json(r#"{"count": 2}"#), 200),
        (json(r#"{"count": "two"}"#), 400),
        (json("{"), 400),
        (get("/order", ORIGIN).method(Method::PUT).set_payload("count=2"), 400),
        (get("/order/seven", ORIGIN), 404),
        (get("/search?count=many", ORIGIN), 400),
        (get("/nowhere", ORIGIN), 404),
        (get("/resource", ORIGIN).method(Method::DELETE), 405),
        // The application's own OPTIONS: no preflight, since it asks for no method.
        (get("/resource", ORIGIN).method(Method::OPTIONS), 405),
    ] {
        let response = answer(&app, request).await;
        assert_eq!(response.status(), status);
        assert_readable(response.headers());
    }
    let response = answer(&app, get("/own", ORIGIN)).await;
    assert_eq!(response.headers().get("x-request-id").expect("it stays"), "7");
    let response = answer(&app, get("/own", EVIL)).await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert!(is_silent(response.headers()));
}

async fn refuse_all(
    _: ServiceRequest,
    _: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    Err::<ServiceResponse, _>(error::ErrorUnauthorized("who are you?"))
}

#[actix_web::test]
async fn middleware_that_fails_further_in_is_readable() {
    let app = init_service(
        App::new().default_service(web::to(HttpResponse::Ok)).wrap(from_fn(refuse_all)).wrap(cors()),
    )
    .await;
    let error = match app.call(get("/", ORIGIN).to_request()).await {
        Ok(response) => panic!("{}", response.status()),
        Err(error) => error,
    };
    // It may be turned into a response more than once.
    for _ in 0..2 {
        let response = error.error_response();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_readable(response.headers());
    }
    let response = answer(&app, get("/", EVIL)).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(is_silent(response.headers()));
    let report = response.extensions().get::<DecisionReport>().cloned().expect("what is refused is reported");
    assert_eq!(report.reason, "origin-not-listed");
}

/// Actix has no middleware that catches panics or ends what takes too long; whoever writes one puts it inside.
#[actix_web::test]
async fn a_timeout_further_in_is_readable() {
    let timeout =
        from_fn(async |request: ServiceRequest, next: Next<_>| {
            match actix_web::rt::time::timeout(Duration::from_millis(1), next.call(request)).await {
                Ok(result) => result,
                Err(_) => Err(error::ErrorGatewayTimeout("too slow")),
            }
        });
    let never = web::to(async || std::future::pending::<&str>().await);
    let app = init_service(App::new().default_service(never).wrap(timeout).wrap(cors())).await;
    let response = answer(&app, get("/", ORIGIN)).await;
    assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT);
    assert_readable(response.headers());
}

#[actix_web::test]
async fn preflights_are_answered_before_routing_and_authentication() {
    let asked = Rc::new(Cell::new(0));
    let app = init_service({
        let asked = Rc::clone(&asked);
        App::new()
            .route("/account", web::put().to(HttpResponse::Ok))
            .wrap(from_fn(refuse_all))
            .wrap_fn(move |request, inner| {
                asked.set(asked.get() + 1);
                inner.call(request)
            })
            .wrap(cors())
    })
    .await;
    for path in ["/account", "/no/such/route"] {
        let response = answer(&app, preflight(path, ORIGIN)).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(allowed_origin(response.headers()), Some(ORIGIN));
        assert_eq!(response.headers().get("access-control-allow-methods").expect("it is listed"), "PUT");

        let response = answer(&app, preflight(path, EVIL)).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert!(is_silent(response.headers()));
    }
    assert_eq!(asked.get(), 0);
    let response = answer(&app, get("/account", ORIGIN).method(Method::PUT)).await;
    assert_eq!((response.status(), asked.get()), (StatusCode::UNAUTHORIZED, 1));
    assert_readable(response.headers());
}

#[actix_web::test]
async fn what_the_inside_says_about_cors_goes_and_all_else_stays() {
    let theirs = DefaultHeaders::new()
        .add(("access-control-allow-origin", "*"))
        .add(("access-control-allow-credentials", "true"))
        .add(("vary", "Accept-Encoding"))
        .add(("x-request-id", "7"));
    let app = App::new().route("/", web::get().to(async || "body")).wrap(theirs);
    let app = init_service(app.wrap(cors().report_all(true))).await;
    let response = call_service(&app, get("/", ORIGIN).to_request()).await;
    assert_eq!(allowed_origin(response.headers()), Some(ORIGIN));
    assert!(!response.headers().contains_key("access-control-allow-credentials"));
    assert_eq!(response.headers().get("vary").expect("it varies"), "Accept-Encoding, Origin");
    assert_eq!(response.headers().get("x-request-id").expect("it stays"), "7");
    let report = response.response().extensions().get::<DecisionReport>().cloned();
    assert_eq!(report.expect("it is reported").stripped, 2);
    assert_eq!(read_body(response).await, "body");
}

#[actix_web::test]
async fn scopes_and_resources_can_have_policies_of_their_own() {
    let app = init_service(
        App::new()
            .service(
                web::scope("/fonts")
                    .route("/{name}", web::get().to(HttpResponse::Ok))
                    .wrap(Cors::new(anyone())),
            )
            .service(web::resource("/account").route(web::put().to(HttpResponse::Ok)).wrap(cors()))
            .route("/internal", web::get().to(HttpResponse::Ok)),
    )
    .await;
    for (request, status, origin) in [
        (get("/fonts/serif", EVIL), 200, Some("*")),
        (get("/fonts/no/such", EVIL), 404, Some("*")),
        (get("/account", ORIGIN).method(Method::PUT), 200, Some(ORIGIN)),
        (get("/account", ORIGIN), 405, Some(ORIGIN)),
        (preflight("/account", ORIGIN), 204, Some(ORIGIN)),
        (preflight("/account", EVIL), 403, None),
        (get("/internal", ORIGIN), 200, None),
        // Nobody is around the whole, so nobody speaks for what is not there.
        (get("/nowhere", ORIGIN), 404, None),
    ] {
        let response = answer(&app, request).await;
        assert_eq!((response.status().as_u16(), allowed_origin(response.headers())), (status, origin));
    }
}

/// Two of them, one inside the other, is a mistake; the outer one has the last word.
#[actix_web::test]
async fn around_a_scope_with_a_policy_the_outer_policy_decides() {
    let fonts = web::scope("/fonts").route("/{name}", web::get().to(HttpResponse::Ok));
    let app = init_service(App::new().service(fonts.wrap(Cors::new(anyone()))).wrap(cors())).await;
    assert_readable(answer(&app, get("/fonts/serif", ORIGIN)).await.headers());
    assert!(is_silent(answer(&app, get("/fonts/serif", EVIL)).await.headers()));
}

#[actix_web::test]
async fn paths_can_have_policies_of_their_own_or_none() {
    let theirs =
        || HttpResponse::Ok().insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "theirs")).finish();
    let app = init_service(
        App::new()
            .route("/internal/ready", web::get().to(move || async move { theirs() }))
            .default_service(web::to(HttpResponse::Ok))
            .wrap(cors().at("/fonts", anyone()).without_policy("/internal")),
    )
    .await;
    for (request, status, origin) in [
        (get("/", ORIGIN), 200, Some(ORIGIN)),
        (get("/fonts/serif", EVIL), 200, Some("*")),
        (get("/fontsize", EVIL), 200, None),
        (preflight("/fonts/serif", EVIL), 204, Some("*")),
        (get("/internal/ready", ORIGIN), 200, Some("theirs")),
        (preflight("/internal/ready", ORIGIN), 200, None),
    ] {
        let response = answer(&app, request).await;
        assert_eq!((response.status().as_u16(), allowed_origin(response.headers())), (status, origin));
    }
}

/// Actix routes `/%61dmin` to `/admin`, so the policy of `/admin` governs it.
#[actix_web::test]
async fn a_path_is_governed_as_it_is_routed() {
    let strict = Policy::builder().allow_origin(ORIGIN).refuse_disallowed(true);
    let app = init_service(
        App::new()
            .route("/admin/keys", web::get().to(async || "secret"))
            .wrap(Cors::new(anyone()).at("/admin", strict.into_policy().expect("a sound policy"))),
    )
    .await;
    for path in ["/admin/keys", "/%61dmin/keys", "/adm%69n/%6beys", "/admin/keys?x=/public"] {
        let response = answer(&app, get(path, EVIL)).await;
        assert_eq!(
            (response.status(), is_silent(response.headers())),
            (StatusCode::FORBIDDEN, true),
            "{path}"
        );
        let response = answer(&app, preflight(path, EVIL)).await;
        assert_eq!(
            (response.status(), is_silent(response.headers())),
            (StatusCode::FORBIDDEN, true),
            "{path}"
        );
    }
    let response = answer(&app, get("/admin%2Fkeys", EVIL)).await;
    assert_eq!((response.status(), allowed_origin(response.headers())), (StatusCode::NOT_FOUND, Some("*")));
}

#[actix_web::test]
async fn every_worker_sees_a_replaced_policy() {
    let cors = Cors::new(only("https://old.example"));
    let workers = [
        init_service(App::new().default_service(web::to(HttpResponse::Ok)).wrap(cors.clone())).await,
        init_service(App::new().default_service(web::to(HttpResponse::Ok)).wrap(cors.clone())).await,
    ];
    let new = "https://new.example";
    for worker in &workers {
        assert!(is_silent(answer(worker, get("/", new)).await.headers()));
    }
    let old = cors.replace_policy(only(new));
    assert!(old.allows_origin("https://old.example") && cors.policy().allows_origin(new));
    for worker in &workers {
        assert_eq!(allowed_origin(answer(worker, get("/", new)).await.headers()), Some(new));
        assert!(is_silent(answer(worker, get("/", "https://old.example")).await.headers()));
    }
}

#[actix_web::test]
async fn one_policy_of_several_can_be_replaced() {
    let fonts = LivePolicy::new(only(ORIGIN));
    let app = App::new().default_service(web::to(HttpResponse::Ok));
    let app = init_service(app.wrap(cors().at("/fonts", fonts.clone()))).await;
    fonts.replace(anyone());
    assert_eq!(allowed_origin(answer(&app, get("/fonts/serif", EVIL)).await.headers()), Some("*"));
    assert!(is_silent(answer(&app, get("/account", EVIL)).await.headers()));
}

#[actix_web::test]
async fn the_decision_is_told_in_a_header_only_on_request() {
    let told = async |cors: Cors, request: TestRequest| {
        let app = init_service(App::new().default_service(web::to(HttpResponse::Ok)).wrap(cors)).await;
        let response = answer(&app, request).await;
        response.headers().get(DEBUG_HEADER).map(|value| value.to_str().expect("printable").to_owned())
    };
    assert_eq!(told(cors(), get("/", ORIGIN)).await, None);
    let debug = || cors().debug_header(true);
    assert_eq!(
        told(debug(), get("/", ORIGIN)).await.as_deref(),
        Some("actual; allowed; allowed by `https://app.example`")
    );
    assert_eq!(
        told(debug(), preflight("/", EVIL)).await.as_deref(),
        Some("preflight; origin-not-listed; no entry of allow_origins covers this origin")
    );
    let delete = preflight("/", ORIGIN).insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, "DELETE"));
    assert_eq!(
        told(debug(), delete).await.as_deref(),
        Some("preflight; method-not-allowed; the method DELETE is not in allow_methods")
    );
}

#[actix_web::test]
async fn a_report_is_in_the_extensions() {
    let report = async |cors: Cors, request: TestRequest| {
        let app = init_service(App::new().default_service(web::to(HttpResponse::Ok)).wrap(cors)).await;
        let report = answer(&app, request).await.extensions().get::<DecisionReport>().cloned();
        report.map(|report| (report.class.as_str(), report.reason, report.detail))
    };
    let delete = || preflight("/", ORIGIN).insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, "DELETE"));
    assert_eq!(
        report(cors(), delete()).await,
        Some(("preflight", "method-not-allowed", Some("DELETE".into())))
    );
    assert_eq!(report(cors(), get("/", EVIL)).await, Some(("actual", "origin-not-listed", None)));
    assert_eq!(report(cors(), get("/", ORIGIN)).await, None);
    assert_eq!(report(cors().report_all(true), get("/", ORIGIN)).await, Some(("actual", "allowed", None)));
    let mine = cors().report_all(true).without_policy("/mine");
    assert_eq!(report(mine, get("/mine", EVIL)).await, None);
}

/// A source whose answers a test can change, and which counts.
#[derive(Clone, Default)]
struct Tenants(Arc<State>);

#[derive(Default)]
struct State {
    asked: AtomicUsize,
    fails: AtomicBool,
    origins: Mutex<Vec<String>>,
}

impl Tenants {
    fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }

    fn add(&self, origin: &str) {
        self.0.origins.lock().expect("no test panics while it holds this").push(origin.to_owned());
    }
}

impl OriginSource for Tenants {
    type Error = &'static str;

    async fn allows(&self, origin: &str) -> Result<bool, Self::Error> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        // A query takes at least a turn.
        actix_web::rt::task::yield_now().await;
        if self.0.fails.load(Ordering::SeqCst) {
            return Err("the database is away");
        }
        let origins = self.0.origins.lock().expect("no test panics while it holds this");
        Ok(origins.iter().any(|known| known == origin))
    }
}

fn sourced(origins: &CachedOrigins<Tenants>) -> SourcedCors<Tenants> {
    let policy = builder().allow_credentials(true).origins_from_source().into_policy();
    Cors::new(policy.expect("a sound policy")).without_policy("/internal").with_source(origins.clone())
}

#[actix_web::test]
async fn a_source_is_asked_about_origins_that_are_not_listed() {
    let tenants = Tenants::default();
    tenants.add(TENANT);
    let origins = CachedOrigins::new(tenants.clone(), CacheLimits::default());
    let handled = Rc::new(Cell::new(0));
    let app = init_service({
        let handled = Rc::clone(&handled);
        let handler = move || {
            handled.set(handled.get() + 1);
            async { Err::<&str, _>(OutOfStock) }
        };
        App::new().default_service(web::to(handler)).wrap(sourced(&origins))
    })
    .await;

    for asked in [1, 1] {
        let response = answer(&app, preflight("/", TENANT)).await;
        assert_eq!((response.status(), tenants.asked()), (StatusCode::NO_CONTENT, asked));
        assert_eq!(allowed_origin(response.headers()), Some(TENANT));
        assert_eq!(response.headers().get("access-control-allow-credentials").expect("it is there"), "true");
        assert_eq!(response.headers().get("access-control-allow-methods").expect("it is there"), "PUT");
    }
    assert_eq!(handled.get(), 0);
    let response = answer(&app, get("/", TENANT)).await;
    assert_eq!((response.status(), allowed_origin(response.headers())), (StatusCode::CONFLICT, Some(TENANT)));

    for request in [preflight("/", EVIL), preflight("/", EVIL), get("/", EVIL)] {
        let response = answer(&app, request).await;
        assert!(is_silent(response.headers()));
        assert_eq!(response.headers().get("vary").expect("it varies"), "Origin");
        let report = response.extensions().get::<DecisionReport>().cloned();
        assert_eq!(report.expect("what is refused is reported").reason, "origin-not-listed");
        assert_eq!(tenants.asked(), 2);
    }

    // What the list has, and what no list could have, is no question; neither is what no policy governs.
    for origin in [ORIGIN, "null", "http://tenant.example", "https://tenant.example/", "tenant"] {
        answer(&app, get("/", origin)).await;
        answer(&app, preflight("/", origin)).await;
    }
    answer(&app, TestRequest::get()).await;
    assert_eq!(allowed_origin(answer(&app, get("/internal", EVIL)).await.headers()), Some("*"));
    assert_eq!(tenants.asked(), 2);

    tenants.add(EVIL);
    origins.forget(EVIL).await;
    assert_eq!(allowed_origin(answer(&app, get("/", EVIL)).await.headers()), Some(EVIL));
}

#[actix_web::test]
async fn a_source_that_fails_refuses_and_is_asked_again() {
    let tenants = Tenants::default();
    tenants.add(TENANT);
    tenants.0.fails.store(true, Ordering::SeqCst);
    let origins = CachedOrigins::new(tenants.clone(), CacheLimits::default());
    let app = App::new().default_service(web::to(HttpResponse::Ok));
    let app = init_service(app.wrap(sourced(&origins))).await;
    let response = answer(&app, preflight("/", TENANT)).await;
    assert_eq!((response.status(), is_silent(response.headers())), (StatusCode::FORBIDDEN, true));
    let response = answer(&app, get("/", TENANT)).await;
    assert_eq!((response.status(), is_silent(response.headers())), (StatusCode::OK, true));
    assert_eq!(tenants.asked(), 2);

    tenants.0.fails.store(false, Ordering::SeqCst);
    assert_eq!(allowed_origin(answer(&app, preflight("/", TENANT)).await.headers()), Some(TENANT));
}

#[actix_web::test]
async fn errors_further_in_are_readable_to_origins_of_a_source() {
    let tenants = Tenants::default();
    tenants.add(TENANT);
    let origins = CachedOrigins::new(tenants, CacheLimits::default());
    let app = App::new().default_service(web::to(HttpResponse::Ok)).wrap(from_fn(refuse_all));
    let app = init_service(app.wrap(sourced(&origins))).await;
    let response = answer(&app, get("/", TENANT)).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(allowed_origin(response.headers()), Some(TENANT));
}

async fn echo(body: web::Bytes) -> impl Responder {
    body
}

/// Two workers on a port, with a policy for all and a source.
#[actix_web::test]
async fn it_serves() {
    fn assert_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let origins = CachedOrigins::new(Tenants::default(), CacheLimits::default());
    let (cors, sourced) = (cors().at("/any", anyone()), sourced(&origins));
    assert_shared(&cors);
    assert_shared(&sourced);
    let server = HttpServer::new({
        let cors = cors.clone();
        move || {
            App::new()
                .service(
                    web::scope("/sourced").default_service(web::to(HttpResponse::Ok)).wrap(sourced.clone()),
                )
                .service(
                    web::scope("")
                        .route("/echo", web::put().to(echo))
                        .route("/own", web::get().to(async || Err::<&str, _>(OutOfStock)))
                        .wrap(from_fn(async |request: ServiceRequest, next: Next<_>| match request.path() {
                            "/locked" => Err(error::ErrorUnauthorized("who are you?")),
                            _ => next.call(request).await,
                        }))
                        .wrap(cors.clone()),
                )
        }
    })
    .workers(2)
    .disable_signals()
    .bind("127.0.0.1:0")
    .expect("a free port");
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);

    let origin = format!("Origin: {ORIGIN}");
    let preflight = [origin.as_str(), "Access-Control-Request-Method: PUT"];
    let answer = ask(address, "OPTIONS /echo", &preflight, b"").await;
    assert_eq!((answer.status, answer.field("access-control-allow-origin")), (204, Some(ORIGIN)));
    assert_eq!(answer.field("access-control-allow-methods"), Some("PUT"));
    // <https://www.rfc-editor.org/rfc/rfc9110#section-8.6>: none in any 204.
    assert_eq!((answer.field("content-length"), answer.field("transfer-encoding")), (None, None));

    let answer = ask(address, "PUT /echo", &[&origin], b"hello").await;
    assert_eq!((answer.status, &*answer.body), (200, &b"hello"[..]));
    assert_eq!(answer.field("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(answer.field("vary"), Some("Origin"));

    for (target, status) in [("GET /own", 409), ("GET /locked", 401), ("GET /nowhere", 404)] {
        let answer = ask(address, target, &[&origin], b"").await;
        assert_eq!((answer.status, answer.field("access-control-allow-origin")), (status, Some(ORIGIN)));
    }

    let answer = ask(address, "OPTIONS /echo", &["Origin: https://evil.example", preflight[1]], b"").await;
    assert_eq!((answer.status, answer.is_silent(), answer.field("content-length")), (403, true, Some("0")));
    let answer = ask(address, "OPTIONS /sourced", &["Origin: https://evil.example", preflight[1]], b"").await;
    assert_eq!((answer.status, answer.is_silent()), (403, true));
    let answer = ask(address, "OPTIONS /sourced", &preflight, b"").await;
    assert_eq!((answer.status, answer.field("access-control-allow-credentials")), (204, Some("true")));

    cors.replace_policy(only("https://new.example"));
    for _ in 0..8 {
        let answer = ask(address, "PUT /echo", &[&origin], b"hello").await;
        assert_eq!((answer.status, answer.is_silent()), (200, true));
        let answer = ask(address, "PUT /echo", &["Origin: https://new.example"], b"hello").await;
        assert_eq!(answer.field("access-control-allow-origin"), Some("https://new.example"));
    }

    handle.stop(false).await;
    running.await.expect("the server does not panic").expect("the server ends well");
}

/// A refused request's body belongs to it, and is not the next request.
#[actix_web::test]
async fn a_refused_request_takes_its_body_with_it() {
    let policy = builder().refuse_disallowed(true).into_policy().expect("a sound policy");
    let cors = Cors::new(policy);
    let server =
        HttpServer::new(move || App::new().default_service(web::to(async || "handled")).wrap(cors.clone()))
            .workers(1)
            .disable_signals()
            .bind("127.0.0.1:0")
            .expect("a free port");
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let answer = ask(address, "POST /", &["Origin: https://evil.example"], smuggled.as_bytes()).await;
    assert_eq!((answer.status, answer.is_silent()), (403, true));
    assert_eq!(answer.body, b"");
    handle.stop(false).await;
    running.await.expect("the server does not panic").expect("the server ends well");
}

#[actix_web::test]
async fn a_source_may_be_without_errors() {
    struct Nobody;

    impl OriginSource for Nobody {
        type Error = Infallible;

        async fn allows(&self, _: &str) -> Result<bool, Infallible> {
            Ok(false)
        }
    }

    let origins = CachedOrigins::new(Nobody, CacheLimits::default());
    let app = App::new().default_service(web::to(HttpResponse::Ok));
    let app = init_service(app.wrap(cors().with_source(origins))).await;
    assert!(is_silent(answer(&app, get("/", EVIL)).await.headers()));
}
