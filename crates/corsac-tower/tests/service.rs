//! The layer as a part among others: whatever answers, the page can read it.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::error_handling::HandleErrorLayer;
use axum::middleware::{Next, from_fn};
use axum::routing::{get, put};
use axum::{BoxError, Json, Router};
use bytes::Bytes;
use corsac::{Policy, PolicyConfig};
use corsac_tower::{Cors, CorsFuture, CorsLayer, DEBUG_HEADER, DecisionReport, LivePolicy, Policies};
use futures_util::FutureExt;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, Full, combinators::BoxBody};
use hyper::body::Incoming;
use hyper_util::service::TowerToHyperService;
use tower::limit::ConcurrencyLimitLayer;
use tower::timeout::TimeoutLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_http::catch_panic::CatchPanicLayer;

const ORIGIN: &str = "https://app.example";
const EVIL: &str = "https://evil.example";

fn builder() -> PolicyConfig {
    Policy::builder().allow_origin(ORIGIN).allow_methods(["PUT"]).expose_headers(["X-Request-Id"])
}

fn policy() -> Policy {
    builder().into_policy().expect("a sound policy")
}

fn only(origin: &str) -> Policy {
    Policy::builder().allow_origin(origin).into_policy().expect("a sound policy")
}

fn anyone() -> Policy {
    Policy::builder().allow_any_origin().into_policy().expect("a sound policy")
}

/// A request of a page of this origin; any body will do.
fn request<B: Default>(method: Method, path: &str, origin: &str) -> Request<B> {
    let request = Request::builder().method(method).uri(path).header("origin", origin);
    request.body(B::default()).expect("a request")
}

fn fetch<B: Default>(path: &str, origin: &str) -> Request<B> {
    request(Method::GET, path, origin)
}

fn preflight<B: Default>(path: &str, origin: &str) -> Request<B> {
    preflight_for("PUT", path, origin)
}

fn preflight_for<B: Default>(method: &str, path: &str, origin: &str) -> Request<B> {
    let mut request = request(Method::OPTIONS, path, origin);
    request.headers_mut().insert("access-control-request-method", method.parse().expect("a header value"));
    request
}

fn allowed_origin(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all("access-control-allow-origin").iter();
    let value = values.next().map(|value| value.to_str().expect("an origin is text"));
    assert!(values.next().is_none(), "there are several: {headers:?}");
    value
}

/// Asserts that a page of [`ORIGIN`] can read this, and what it may read beyond the safelisted headers.
fn assert_readable<B>(response: &Response<B>, status: StatusCode) {
    let headers = response.headers();
    assert_eq!((response.status(), allowed_origin(headers)), (status, Some(ORIGIN)));
    assert_eq!(headers["access-control-expose-headers"], "X-Request-Id");
    assert_eq!(headers["vary"], "Origin");
}

fn is_silent(headers: &HeaderMap) -> bool {
    !headers.keys().any(|name| name.as_str().starts_with("access-control-"))
}

fn report<B>(response: &Response<B>) -> Option<(&'static str, &'static str, Option<&str>)> {
    let report: &DecisionReport = response.extensions().get()?;
    Some((report.class.as_str(), report.reason, report.detail.as_deref()))
}

async fn teapot(_: Request<()>) -> Result<Response<String>, Infallible> {
    let mut response = Response::new("short and stout".to_owned());
    *response.status_mut() = StatusCode::IM_A_TEAPOT;
    response.headers_mut().insert("access-control-allow-origin", "*".parse().expect("a header value"));
    Ok(response)
}

#[test]
fn everything_can_be_cloned_and_sent() {
    fn assert<T: Clone + Send + Sync + 'static>(_: &T) {}
    let layer = CorsLayer::new(policy());
    assert(&layer);
    assert(&layer.layer(service_fn(teapot)));
}

/// The future names the inner one: nothing is boxed, and it can go wherever the inner one can.
#[test]
fn the_future_is_what_the_inner_one_is() {
    fn assert_send<T: Send>(_: &T) {}
    fn assert_unpin<T: Unpin>(_: &T) {}
    fn of<S: Service<R, Future = CorsFuture<F>>, R, F>(service: &mut S, request: R) -> CorsFuture<F> {
        service.call(request)
    }
    let mut service = CorsLayer::new(policy()).layer(service_fn(teapot));
    assert_send(&of(&mut service, fetch("/", ORIGIN)));

    let answer = |_: Request<()>| std::future::ready(Ok::<_, Infallible>(Response::new(())));
    assert_unpin(&of(&mut Cors::new(service_fn(answer), policy()), fetch("/", ORIGIN)));

    // One that cannot be sent is taken as well.
    let local = std::rc::Rc::new("local");
    let mut service = Cors::new(
        service_fn(move |_: Request<()>| {
            let local = std::rc::Rc::clone(&local);
            async move { Ok::<_, Infallible>(Response::new(*local)) }
        }),
        policy(),
    );
    let response = of(&mut service, fetch("/", ORIGIN)).now_or_never().expect("there is nothing to wait for");
    let Ok(response) = response;
    assert_eq!(*response.body(), "local");
}

#[tokio::test]
async fn it_works_in_a_service_builder_and_by_hand() {
    let policy = Arc::new(policy());
    let built = ServiceBuilder::new().layer(CorsLayer::new(Arc::clone(&policy))).service(service_fn(teapot));
    let by_hand = Cors::new(service_fn(teapot), policy);
    let Ok(from_builder) = built.oneshot(preflight("/", ORIGIN)).await;
    let Ok(from_hand) = by_hand.oneshot(preflight("/", ORIGIN)).await;
    assert_eq!(from_builder.headers(), from_hand.headers());
    assert_eq!(from_builder.status(), StatusCode::NO_CONTENT);
    assert_eq!(from_builder.body(), "");
    assert_eq!(from_builder.headers()["access-control-allow-methods"], "PUT");
}

#[tokio::test]
async fn error_statuses_carry_the_headers_and_the_inner_word_goes() {
    let service = CorsLayer::new(policy()).report_all(true).layer(service_fn(teapot));
    let Ok(response) = service.oneshot(fetch("/", ORIGIN)).await;
    assert_readable(&response, StatusCode::IM_A_TEAPOT);
    assert_eq!(response.body(), "short and stout");
    let report = response.extensions().get::<DecisionReport>().expect("every response carries a report");
    assert_eq!(report.stripped, 1);
}

#[tokio::test]
async fn a_failing_service_still_fails() {
    let failing = service_fn(async |_: Request<()>| Err::<Response<()>, _>("down"));
    let error = Cors::new(failing, policy()).oneshot(fetch("/", ORIGIN)).await.expect_err("an error");
    assert_eq!(error, "down");
}

#[tokio::test]
async fn a_preflight_uses_up_nothing_of_the_service() {
    let limited = ServiceBuilder::new()
        .layer(CorsLayer::new(policy()))
        .layer(ConcurrencyLimitLayer::new(1))
        .service(service_fn(teapot));
    let mut service = limited;
    for _ in 0..3 {
        let Ok(response) = service.ready().await.expect("it can be ready").call(preflight("/", ORIGIN)).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        let Ok(response) = service.ready().await.expect("it can be ready").call(fetch("/", ORIGIN)).await;
        assert_readable(&response, StatusCode::IM_A_TEAPOT);
    }
}

// What can answer on its own inside.

fn whatever_goes_wrong() -> Router {
    let slow = || async { std::future::pending::<&str>().await };
    let broken = async || -> &str { panic!("a handler with a mistake") };
    Router::new()
        .route("/account", put(async |Json(account): Json<Vec<u32>>| format!("{account:?}")))
        .route("/slow", get(slow))
        .route("/broken", get(broken))
}

#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_inside_is_readable() {
    let router = whatever_goes_wrong()
        .layer(CatchPanicLayer::new())
        .layer(tower_http::timeout::TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            Duration::from_secs(5),
        ))
        .layer(CorsLayer::new(policy()));
    let account = |text: &'static str| {
        let mut request = request::<Body>(Method::PUT, "/account", ORIGIN);
        request.headers_mut().insert("content-type", "application/json".parse().expect("a header value"));
        request.map(|_| Body::from(text))
    };
    for (request, status) in [
        (account("[1, 2]"), StatusCode::OK),
        (account("[1, 2"), StatusCode::BAD_REQUEST),
        (account(r#"["one"]"#), StatusCode::UNPROCESSABLE_ENTITY),
        (request(Method::PUT, "/account", ORIGIN), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (fetch("/account", ORIGIN), StatusCode::METHOD_NOT_ALLOWED),
        // The application's own OPTIONS: no preflight, since it asks for no method.
        (request(Method::OPTIONS, "/account", ORIGIN), StatusCode::METHOD_NOT_ALLOWED),
        (fetch("/nowhere", ORIGIN), StatusCode::NOT_FOUND),
        (fetch("/broken", ORIGIN), StatusCode::INTERNAL_SERVER_ERROR),
        (fetch("/slow", ORIGIN), StatusCode::GATEWAY_TIMEOUT),
    ] {
        let Ok(response) = router.clone().oneshot(request).await;
        assert_readable(&response, status);
    }
    for path in ["/nowhere", "/broken", "/slow", "/account"] {
        let Ok(response) = router.clone().oneshot(fetch::<Body>(path, EVIL)).await;
        assert!(!response.status().is_success() && is_silent(response.headers()));
        assert_eq!(report(&response), Some(("actual", "origin-not-listed", None)));
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_that_axum_handles_inside_is_readable() {
    let handle =
        HandleErrorLayer::new(async |error: BoxError| (StatusCode::REQUEST_TIMEOUT, error.to_string()));
    let layers = ServiceBuilder::new()
        .layer(CorsLayer::new(policy()))
        .layer(handle)
        .layer(TimeoutLayer::new(Duration::from_secs(5)));
    let Ok(response) = whatever_goes_wrong().layer(layers).oneshot(fetch::<Body>("/slow", ORIGIN)).await;
    assert_readable(&response, StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn preflights_are_answered_before_routing_and_authentication() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let authentication = from_fn(move |request: axum::extract::Request, next: Next| {
        count.fetch_add(1, Ordering::SeqCst);
        async move {
            match request.headers().contains_key("authorization") {
                true => Ok(next.run(request).await),
                false => Err((StatusCode::UNAUTHORIZED, "who are you?")),
            }
        }
    });
    let router = whatever_goes_wrong().layer(authentication).layer(CorsLayer::new(policy()));
    for path in ["/account", "/no/such/route"] {
        let Ok(response) = router.clone().oneshot(preflight::<Body>(path, ORIGIN)).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(allowed_origin(response.headers()), Some(ORIGIN));
        assert_eq!(response.headers()["access-control-allow-methods"], "PUT");
        assert!(response.into_body().collect().await.expect("a body").to_bytes().is_empty());

        let Ok(response) = router.clone().oneshot(preflight::<Body>(path, EVIL)).await;
        assert_eq!((response.status(), is_silent(response.headers())), (StatusCode::FORBIDDEN, true));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    let Ok(response) = router.oneshot(request::<Body>(Method::PUT, "/account", ORIGIN)).await;
    assert_readable(&response, StatusCode::UNAUTHORIZED);
}

// Several policies.

fn everywhere() -> Router {
    Router::new().fallback(async || [("access-control-allow-origin", "theirs")])
}

#[tokio::test]
async fn paths_can_have_policies_of_their_own_or_none() {
    let layer = CorsLayer::new(policy()).at("/fonts", anyone()).without_policy("/internal");
    let router = everywhere().layer(layer);
    for (request, status, origin) in [
        (fetch::<Body>("/", ORIGIN), 200, Some(ORIGIN)),
        (fetch("/", EVIL), 200, None),
        (fetch("/fonts/serif", EVIL), 200, Some("*")),
        (fetch("/fontsize", EVIL), 200, None),
        (preflight("/fonts/serif", EVIL), 204, Some("*")),
        (fetch("/internal/ready", EVIL), 200, Some("theirs")),
        (preflight("/internal/ready", EVIL), 200, Some("theirs")),
    ] {
        let Ok(response) = router.clone().oneshot(request).await;
        assert_eq!((response.status().as_u16(), allowed_origin(response.headers())), (status, origin));
        let governed = origin != Some("theirs");
        assert_eq!(response.headers().contains_key("vary"), governed && origin != Some("*"));
        assert!(governed || report(&response).is_none());
    }
}

#[tokio::test]
async fn merged_routers_keep_their_policies() {
    let fonts = Router::new().route("/fonts/{name}", get(async || "")).layer(CorsLayer::new(anyone()));
    let account = Router::new().route("/account", put(async || "")).layer(CorsLayer::new(policy()));
    let internal = Router::new().route("/internal", get(async || ""));
    let router = internal.merge(fonts).merge(account);
    for (request, status, origin) in [
        (fetch::<Body>("/fonts/serif", EVIL), 200, Some("*")),
        (request(Method::DELETE, "/fonts/serif", EVIL), 405, Some("*")),
        (request(Method::PUT, "/account", ORIGIN), 200, Some(ORIGIN)),
        (request(Method::PUT, "/account", EVIL), 200, None),
        (preflight("/account", ORIGIN), 204, Some(ORIGIN)),
        (fetch("/internal", ORIGIN), 200, None),
        (preflight("/internal", ORIGIN), 405, None),
        // What is not there is the affair of the router that was merged last.
        (fetch("/nowhere", ORIGIN), 404, Some(ORIGIN)),
    ] {
        let Ok(response) = router.clone().oneshot(request).await;
        assert_eq!((response.status().as_u16(), allowed_origin(response.headers())), (status, origin));
    }
}

/// Two layers, one inside the other, are a mistake; the outer one has the last word.
#[tokio::test]
async fn around_a_layer_the_outer_layer_decides() {
    let router = everywhere().layer(CorsLayer::new(anyone())).layer(CorsLayer::new(policy()));
    let Ok(response) = router.clone().oneshot(fetch::<Body>("/", ORIGIN)).await;
    assert_readable(&response, StatusCode::OK);
    let Ok(response) = router.oneshot(fetch::<Body>("/", EVIL)).await;
    assert!(is_silent(response.headers()));
}

/// A router that is nested sees its own part of the path, and so do the layers inside it.
#[tokio::test]
async fn inside_a_nested_router_paths_are_its_own() {
    let inside = everywhere().layer(CorsLayer::new(policy()).at("/fonts", anyone()));
    let router = Router::new().nest("/v1", inside);
    let Ok(response) = router.oneshot(fetch::<Body>("/v1/fonts/serif", EVIL)).await;
    assert_eq!(allowed_origin(response.headers()), Some("*"));
}

// Policies that are replaced.

#[tokio::test]
async fn a_replaced_policy_governs_services_that_exist() {
    let layer = CorsLayer::new(only("https://old.example"));
    let services = [layer.layer(service_fn(teapot)), layer.clone().layer(service_fn(teapot))];
    assert!(layer.policy().allows_origin("https://old.example"));
    let new = "https://new.example";
    for service in services.clone() {
        let Ok(response) = service.oneshot(fetch("/", new)).await;
        assert!(is_silent(response.headers()));
    }
    let old = layer.replace_policy(only(new));
    assert!(old.allows_origin("https://old.example"));
    assert!(layer.policy().allows_origin(new) && !layer.policy().allows_origin("https://old.example"));
    for service in services {
        let Ok(response) = service.clone().oneshot(fetch("/", new)).await;
        assert_eq!(allowed_origin(response.headers()), Some(new));
        let Ok(response) = service.oneshot(preflight("/", "https://old.example")).await;
        assert_eq!((response.status(), is_silent(response.headers())), (StatusCode::FORBIDDEN, true));
    }
}

#[tokio::test]
async fn one_policy_of_several_can_be_replaced() {
    let fonts = LivePolicy::new(only(ORIGIN));
    let service =
        CorsLayer::new(Policies::new(policy()).at("/fonts", fonts.clone())).layer(service_fn(teapot));
    fonts.replace(anyone());
    let Ok(response) = service.clone().oneshot(fetch("/fonts/serif", EVIL)).await;
    assert_eq!(allowed_origin(response.headers()), Some("*"));
    let Ok(response) = service.oneshot(fetch("/", EVIL)).await;
    assert!(is_silent(response.headers()));
}

/// A request that waits inside was decided when it came.
#[tokio::test]
async fn a_request_is_decided_once() {
    let layer = CorsLayer::new(policy());
    let mut service = layer.layer(service_fn(async |request: Request<()>| {
        tokio::task::yield_now().await;
        teapot(request).await
    }));
    let mut future = Box::pin(service.call(fetch("/", ORIGIN)));
    assert!((&mut future).now_or_never().is_none());
    layer.replace_policy(only("https://new.example"));
    let Ok(response) = future.await;
    assert_readable(&response, StatusCode::IM_A_TEAPOT);
}

#[test]
fn under_load_every_response_is_wholly_of_one_policy() {
    let policy = |method: &str, age| {
        let policy = Policy::builder().allow_origin(ORIGIN).allow_methods([method]).allow_credentials(true);
        Arc::new(policy.max_age(Duration::from_secs(age)).into_policy().expect("a sound policy"))
    };
    let both = [policy("PUT", 10), policy("DELETE", 20)];
    let answer = |service: Cors<_>| {
        let Ok(response) = service.oneshot(preflight("/", ORIGIN)).now_or_never().expect("nobody is asked");
        let reason = report(&response).expect("all are reported").1;
        (reason, response.into_parts().0.headers)
    };
    let answers =
        both.clone().map(|policy| answer(CorsLayer::new(policy).report_all(true).layer(service_fn(teapot))));
    assert_ne!(answers[0], answers[1]);

    let layer = CorsLayer::new(Arc::clone(&both[0])).report_all(true);
    let service = layer.layer(service_fn(teapot));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for policy in both.iter().cycle() {
                layer.replace_policy(Arc::clone(policy));
                std::thread::yield_now();
                if done.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        let clients: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut seen = [0_u32; 2];
                    // Until both were seen, however long that takes here.
                    while seen.iter().any(|times| *times < 500) {
                        let answer = answer(service.clone());
                        let which = answers.iter().position(|whole| *whole == answer);
                        seen[which.unwrap_or_else(|| panic!("a mixture: {answer:?}"))] += 1;
                    }
                })
            })
            .collect();
        let results: Vec<_> = clients.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        assert!(results.iter().all(Result::is_ok));
    });
}

// What is told.

#[tokio::test]
async fn the_decision_is_told_in_a_header_only_on_request() {
    let told = async |layer: CorsLayer, request| {
        let Ok(response) = layer.layer(service_fn(teapot)).oneshot(request).await;
        response.headers().get(DEBUG_HEADER).map(|value| value.to_str().expect("printable").to_owned())
    };
    assert_eq!(told(CorsLayer::new(policy()), fetch("/", ORIGIN)).await, None);
    let debug = || CorsLayer::new(policy()).debug_header(true);
    for (request, text) in [
        (fetch("/", ORIGIN), "actual; allowed; allowed by `https://app.example`"),
        (Request::new(()), "not-cors; no-origin; there is no Origin header, so this is no CORS request"),
        (preflight("/", EVIL), "preflight; origin-not-listed; no entry of allow_origins covers this origin"),
        (
            preflight_for("DELETE", "/", ORIGIN),
            "preflight; method-not-allowed; the method DELETE is not in allow_methods",
        ),
    ] {
        assert_eq!(told(debug(), request).await.as_deref(), Some(text));
    }
}

#[tokio::test]
async fn a_report_is_in_the_extensions_of_what_was_refused() {
    let service = CorsLayer::new(policy()).layer(service_fn(teapot));
    let mut with_header = preflight("/", ORIGIN);
    with_header.headers_mut().insert("access-control-request-headers", "x-secret".parse().expect("a value"));
    for (request, expected) in [
        (fetch("/", ORIGIN), None),
        (Request::new(()), None),
        (fetch("/", EVIL), Some(("actual", "origin-not-listed", None))),
        (fetch("/", "null"), Some(("actual", "null-origin", None))),
        (preflight("/", ORIGIN), None),
        (preflight_for("DELETE", "/", ORIGIN), Some(("preflight", "method-not-allowed", Some("DELETE")))),
        (with_header, Some(("preflight", "header-not-allowed", Some("x-secret")))),
    ] {
        let Ok(response) = service.clone().oneshot(request).await;
        assert_eq!(report(&response), expected);
    }
    let service = CorsLayer::new(policy()).report_all(true).layer(service_fn(teapot));
    for (request, expected) in [
        (fetch("/", ORIGIN), ("actual", "allowed", None)),
        (preflight("/", ORIGIN), ("preflight", "allowed", None)),
        (Request::new(()), ("not-cors", "no-origin", None)),
        (fetch("/", EVIL), ("actual", "origin-not-listed", None)),
    ] {
        let Ok(response) = service.clone().oneshot(request).await;
        assert_eq!(report(&response), Some(expected));
    }
}

// Bodies.

#[tokio::test]
async fn bodies_pass_as_they_come() {
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Result<Bytes, Infallible>>(1);
    let body = Body::from_stream(futures_util::stream::poll_fn(move |context| receiver.poll_recv(context)));
    let service = Cors::new(
        service_fn(async |request: Request<Body>| Ok::<_, Infallible>(Response::new(request.into_body()))),
        policy(),
    );
    let Ok(response) = service.oneshot(fetch::<Body>("/", ORIGIN).map(|_| body)).await;
    assert_readable(&response, StatusCode::OK);
    let mut body = response.into_body();
    // The first piece is there before there is a second.
    for piece in ["one", "two"] {
        assert!(body.frame().now_or_never().is_none());
        sender.send(Ok(Bytes::from(piece))).await.expect("the body waits");
        let frame = body.frame().await.expect("a frame").expect("no error");
        assert_eq!(frame.into_data().expect("data"), piece);
    }
    drop(sender);
    assert!(body.frame().await.is_none());
}

/// Whatever body hyper, axum and tonic have; a response's must have an empty form, which `Incoming` has not.
#[test]
fn common_bodies_are_taken() {
    fn assert<Given, Taken>()
    where
        Given: 'static,
        Taken: Default + 'static,
    {
        let inner =
            service_fn(async |_: Request<Given>| Ok::<_, Infallible>(Response::new(Taken::default())));
        let service = CorsLayer::new(policy()).layer(inner);
        let _: &dyn Service<Request<Given>, Response = Response<Taken>, Error = Infallible, Future = _> =
            &service;
    }
    assert::<Incoming, Full<Bytes>>();
    assert::<Incoming, Empty<Bytes>>();
    assert::<Incoming, BoxBody<Bytes, BoxError>>();
    assert::<Incoming, Body>();
    assert::<tonic::body::Body, tonic::body::Body>();

    let inner =
        service_fn(async |_: Request<Incoming>| Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())));
    let hyper = TowerToHyperService::new(Cors::new(inner, policy()));
    let _: &dyn hyper::service::Service<
        Request<Incoming>,
        Response = Response<Full<Bytes>>,
        Error = Infallible,
        Future = _,
    > = &hyper;
}
