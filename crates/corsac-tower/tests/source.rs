//! The layer with a source of origins: who is asked, how often, and what happens where nobody answers.

#[path = "../../corsac-middleware/tests/support/mod.rs"]
mod support;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use corsac::{Policy, PolicyConfig};
use corsac_tower::{CacheLimits, CachedOrigins, CorsLayer, DecisionReport, SourcedCors, SourcedCorsLayer};
use futures_util::FutureExt;
use http::{Request, Response, StatusCode};
use support::{Tenants, settle};
use tower::limit::ConcurrencyLimitLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

const ORIGIN: &str = "https://app.example";
const TENANT: &str = "https://tenant.example";
const LONG: Duration = Duration::from_secs(3600);

/// Nothing expires and nothing is too slow, as far as a test is concerned.
const PATIENT: CacheLimits = CacheLimits {
    allowed_for: LONG,
    refused_for: LONG,
    capacity: 1000,
    timeout: LONG,
    questions_at_once: 32,
};

fn builder() -> PolicyConfig {
    Policy::builder().allow_origin(ORIGIN).allow_methods(["PUT"]).origins_from_source()
}

fn layer(policy: PolicyConfig, tenants: &Tenants, limits: CacheLimits) -> SourcedCorsLayer<Tenants> {
    let layer = CorsLayer::new(policy.into_policy().expect("a sound policy"));
    layer.with_source(CachedOrigins::new(tenants.clone(), limits))
}

fn fetch(origin: &str) -> Request<()> {
    Request::builder().header("origin", origin).body(()).expect("a request")
}

fn preflight(origin: &str) -> Request<()> {
    let request = Request::builder().method("OPTIONS").header("origin", origin);
    request.header("access-control-request-method", "PUT").body(()).expect("a request")
}

async fn teapot(_: Request<()>) -> Result<Response<()>, Infallible> {
    let response = Response::builder().status(418).header("access-control-allow-origin", "theirs");
    Ok(response.body(()).expect("a response"))
}

/// The status, who may read it, and why it was refused.
async fn answer<S>(service: &S, request: Request<()>) -> (u16, Option<String>, Option<&'static str>)
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible> + Clone,
{
    let Ok(response) = service.clone().oneshot(request).await;
    let origin = response.headers().get("access-control-allow-origin");
    let reason = response.extensions().get().map(|report: &DecisionReport| report.reason);
    (
        response.status().as_u16(),
        origin.map(|origin| origin.to_str().expect("an origin is text").to_owned()),
        reason,
    )
}

fn allowed(status: u16) -> (u16, Option<String>, Option<&'static str>) {
    (status, Some(TENANT.to_owned()), None)
}

fn refused(status: u16) -> (u16, Option<String>, Option<&'static str>) {
    (status, None, Some("origin-not-listed"))
}

#[tokio::test]
async fn preflights_and_actual_requests_wait_for_the_source_once() {
    for request in [fetch, preflight] {
        let tenants = Tenants::prompt();
        let service = layer(builder(), &tenants, PATIENT).layer(service_fn(teapot));
        answer(&service, request(TENANT)).await;
        for _ in 0..3 {
            assert_eq!(answer(&service, fetch(TENANT)).await, allowed(418));
            assert_eq!(answer(&service, preflight(TENANT)).await, allowed(204));
        }
        assert_eq!(tenants.asked_about(), [TENANT]);

        tenants.allow(false);
        let stranger = "https://stranger.example";
        answer(&service, request(stranger)).await;
        for _ in 0..3 {
            assert_eq!(answer(&service, fetch(stranger)).await, refused(418));
            assert_eq!(answer(&service, preflight(stranger)).await, refused(403));
        }
        assert_eq!(tenants.asked_about(), [TENANT, stranger]);
    }
}

#[tokio::test]
async fn what_is_known_needs_no_waiting() {
    let tenants = Tenants::prompt();
    let service = layer(builder(), &tenants, PATIENT).layer(service_fn(teapot));
    answer(&service, preflight(TENANT)).await;
    let known = answer(&service, fetch(TENANT)).now_or_never();
    assert_eq!(known.expect("there is nothing to wait for"), allowed(418));
    let listed = answer(&service, preflight(ORIGIN)).now_or_never();
    assert_eq!(listed.expect("there is nothing to wait for").0, 204);
}

#[tokio::test]
async fn what_no_list_could_have_never_reaches_the_source() {
    let tenants = Tenants::prompt();
    let service = layer(builder().allow_credentials(true), &tenants, PATIENT).layer(service_fn(teapot));
    let long = format!("https://{}.example", "a".repeat(1000));
    for (origin, reason) in [
        ("null", "null-origin"),
        ("", "malformed-origin"),
        ("tenant.example", "malformed-origin"),
        ("https://tenant.example/", "malformed-origin"),
        ("https://tenant.example/path", "malformed-origin"),
        ("https://Tenant.example", "malformed-origin"),
        ("https://tenant.example:443", "origin-not-listed"),
        ("https://' OR 1=1; --", "malformed-origin"),
        ("https://*.example", "malformed-origin"),
        (&long, "malformed-origin"),
        // A network could speak for these, with the user's cookies.
        ("http://tenant.example", "origin-not-listed"),
        ("http://tenant.example:8080", "origin-not-listed"),
    ] {
        assert_eq!(answer(&service, preflight(origin)).await, (403, None, Some(reason)), "{origin}");
        assert_eq!(answer(&service, fetch(origin)).await, (418, None, Some(reason)), "{origin}");
    }
    let mut several = preflight("https://a.example");
    several.headers_mut().append("origin", TENANT.parse().expect("a header value"));
    assert_eq!(answer(&service, several).await, (403, None, Some("several-origins")));
    answer(&service, Request::new(())).await;
    assert_eq!(tenants.asked(), 0);

    // Without credentials there is nothing to lose; one's own machine is no network.
    let plain = layer(builder(), &tenants, PATIENT).layer(service_fn(teapot));
    assert_eq!(answer(&plain, preflight("http://tenant.example")).await.0, 204);
    assert_eq!(answer(&service, preflight("http://localhost:5173")).await.0, 204);
    assert_eq!(tenants.asked(), 2);
}

#[tokio::test]
async fn a_policy_that_does_not_ask_is_not_helped() {
    let tenants = Tenants::prompt();
    let policy = PolicyConfig { origins_from_source: false, ..builder() };
    let service = layer(policy, &tenants, PATIENT).layer(service_fn(teapot));
    assert_eq!(answer(&service, preflight(TENANT)).await, refused(403));
    assert_eq!(tenants.asked(), 0);
}

#[tokio::test]
async fn each_path_asks_as_its_policy_says() {
    let tenants = Tenants::prompt();
    let listed = Policy::builder().allow_origin(ORIGIN).into_policy().expect("a sound policy");
    let policies = CorsLayer::new(builder().into_policy().expect("a sound policy"))
        .at("/admin", listed)
        .without_policy("/internal");
    let origins = CachedOrigins::new(tenants.clone(), PATIENT);
    let service = policies.with_source(origins).layer(service_fn(teapot));
    let at = |path: &'static str| {
        let mut request = fetch(TENANT);
        *request.uri_mut() = http::Uri::from_static(path);
        request
    };
    assert_eq!(answer(&service, at("/admin")).await, refused(418));
    assert_eq!(answer(&service, at("/internal")).await, (418, Some("theirs".to_owned()), None));
    assert_eq!(tenants.asked(), 0);
    assert_eq!(answer(&service, at("/orders")).await, allowed(418));
}

#[tokio::test]
async fn many_requests_at_once_are_one_question() {
    let tenants = Tenants::with_answers(0);
    let service = layer(builder(), &tenants, PATIENT).layer(service_fn(teapot));
    let requests: Vec<_> = (0..50)
        .map(|number| {
            let service = service.clone();
            let request = if number % 2 == 0 { fetch(TENANT) } else { preflight(TENANT) };
            tokio::spawn(async move { answer(&service, request).await })
        })
        .collect();
    settle().await;
    assert_eq!((tenants.asked(), tenants.running()), (1, 1));
    tenants.answer(1);
    for (number, request) in requests.into_iter().enumerate() {
        let expected = if number % 2 == 0 { allowed(418) } else { allowed(204) };
        assert_eq!(request.await.expect("no request panics"), expected);
    }
    assert_eq!(tenants.asked(), 1);
}

#[tokio::test]
async fn whoever_asked_first_may_go_without_stranding_the_others() {
    let tenants = Tenants::with_answers(0);
    let service = layer(builder(), &tenants, PATIENT).layer(service_fn(teapot));
    let send = || {
        let service = service.clone();
        tokio::spawn(async move { answer(&service, preflight(TENANT)).await })
    };
    let first = send();
    settle().await;
    let others: Vec<_> = (0..300).map(|_| send()).collect();
    settle().await;
    first.abort();
    for other in &others[..299] {
        settle().await;
        other.abort();
    }
    tenants.answer(1);
    let last = others.into_iter().next_back().expect("there is one");
    assert_eq!(last.await.expect("it is not ended"), allowed(204));
    assert_eq!(tenants.asked(), 1);
}

#[tokio::test]
async fn a_flood_of_origins_is_not_one_of_questions() {
    let tenants = Tenants::with_answers(0);
    let limits = CacheLimits { questions_at_once: 2, ..PATIENT };
    let service = layer(builder(), &tenants, limits).layer(service_fn(teapot));
    let requests: Vec<_> = (0..20)
        .map(|number| {
            let service = service.clone();
            let request = preflight(&format!("https://{number}.example"));
            tokio::spawn(async move { answer(&service, request).await })
        })
        .collect();
    settle().await;
    assert_eq!((tenants.asked(), tenants.running()), (2, 2));
    // Those that are listed or known do not queue.
    assert_eq!(answer(&service, preflight(ORIGIN)).await.0, 204);
    tenants.answer(20);
    for request in requests {
        assert_eq!(request.await.expect("no request panics").0, 204);
    }
    assert_eq!(tenants.asked(), 20);
}

#[tokio::test]
async fn a_source_that_fails_refuses_and_is_asked_again() {
    let tenants = Tenants::prompt();
    let service = layer(builder(), &tenants, PATIENT).layer(service_fn(teapot));
    tenants.fail(true);
    assert_eq!(answer(&service, preflight(TENANT)).await, refused(403));
    assert_eq!(answer(&service, fetch(TENANT)).await, refused(418));
    assert_eq!(tenants.asked(), 2);
    tenants.fail(false);
    assert_eq!(answer(&service, preflight(TENANT)).await, allowed(204));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_too_slow_refuses_and_is_asked_again() {
    let tenants = Tenants::with_answers(0);
    let limits = CacheLimits { timeout: Duration::from_secs(2), ..PATIENT };
    let service = layer(builder(), &tenants, limits).layer(service_fn(teapot));
    assert_eq!(answer(&service, preflight(TENANT)).await, refused(403));
    assert_eq!(answer(&service, fetch(TENANT)).await, refused(418));
    assert_eq!((tenants.asked(), tenants.running()), (2, 0));
    tenants.answer(1);
    assert_eq!(answer(&service, fetch(TENANT)).await, allowed(418));
}

#[tokio::test]
async fn refusing_before_the_handler_runs_waits_for_the_source_too() {
    let tenants = Tenants::prompt();
    let handled = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&handled);
    let handler = service_fn(move |request| {
        count.fetch_add(1, Ordering::SeqCst);
        teapot(request)
    });
    let service = layer(builder().refuse_disallowed(true), &tenants, PATIENT).layer(handler);
    tenants.allow(false);
    assert_eq!(answer(&service, fetch("https://stranger.example")).await, refused(403));
    assert_eq!(handled.load(Ordering::SeqCst), 0);
    tenants.allow(true);
    assert_eq!(answer(&service, fetch(TENANT)).await, allowed(418));
    assert_eq!(handled.load(Ordering::SeqCst), 1);
}

/// The policy may be another one when the answer comes: then that one decides, whole.
#[tokio::test]
async fn a_policy_replaced_while_the_source_thinks_decides() {
    let tenants = Tenants::with_answers(0);
    let cors = CorsLayer::new(builder().into_policy().expect("a sound policy"));
    let origins = CachedOrigins::new(tenants.clone(), PATIENT);
    let service = cors.clone().with_source(origins).layer(service_fn(teapot));
    let waiting = tokio::spawn(async move { answer(&service, preflight(TENANT)).await });
    settle().await;
    let listed = PolicyConfig { origins_from_source: false, ..builder() };
    cors.replace_policy(listed.into_policy().expect("a sound policy"));
    tenants.answer(1);
    assert_eq!(waiting.await.expect("no request panics"), refused(403));
}

/// The service that was ready is the one that is asked, however long its request waited before.
#[tokio::test]
async fn what_was_made_ready_is_used() {
    let tenants = Tenants::with_answers(0);
    let mut service = ServiceBuilder::new()
        .layer(layer(builder(), &tenants, PATIENT))
        .layer(ConcurrencyLimitLayer::new(1))
        .service(service_fn(teapot));
    let waiting = service.ready().await.expect("it can be ready").call(fetch(TENANT));
    assert!(service.ready().now_or_never().is_none());
    tenants.answer(1);
    let Ok(response) = waiting.await;
    assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
    let Ok(response) = service.ready().await.expect("it can be ready").call(fetch(TENANT)).await;
    assert_eq!(response.headers()["access-control-allow-origin"], TENANT);
}

#[tokio::test]
async fn errors_of_the_service_pass() {
    let tenants = Tenants::prompt();
    let failing = service_fn(async |_: Request<()>| Err::<Response<()>, _>("down"));
    let service = layer(builder(), &tenants, PATIENT).layer(failing);
    for _ in 0..2 {
        assert_eq!(service.clone().oneshot(fetch(TENANT)).await.expect_err("an error"), "down");
    }
}

#[test]
fn everything_can_be_cloned_and_sent() {
    fn assert<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn assert_send<T: Send>(_: T) {}
    let layer = layer(builder(), &Tenants::prompt(), PATIENT);
    assert(&layer);
    let mut service: SourcedCors<_, Tenants> = layer.layer(service_fn(teapot));
    assert(&service);
    assert_send(service.call(fetch(ORIGIN)));
}
