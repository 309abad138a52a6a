//! The layer as a part among others.

use std::convert::Infallible;
use std::sync::Arc;

use corsac::{Policy, PolicyConfig};
use corsac_tower::{Cors, CorsFuture, CorsLayer, DecisionReport};
use http::{Method, Request, Response, StatusCode};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

const ORIGIN: &str = "https://app.example";

fn policy() -> Policy {
    PolicyConfig {
        allow_origins: vec![ORIGIN.into()],
        allow_methods: vec!["PUT".into()],
        ..Default::default()
    }
    .into_policy()
    .expect("a sound policy")
}

fn request(method: Method) -> Request<()> {
    let mut request = Request::new(());
    *request.method_mut() = method;
    request.headers_mut().insert("origin", ORIGIN.parse().expect("a header value"));
    request
}

fn preflight() -> Request<()> {
    let mut request = request(Method::OPTIONS);
    request.headers_mut().insert("access-control-request-method", "PUT".parse().expect("a header value"));
    request
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
    fn assert_future<T: Send>(_: &T) {}
    let layer = CorsLayer::new(policy());
    let mut service = layer.layer(service_fn(teapot));
    assert(&layer);
    assert(&service);
    let future: CorsFuture<_> = service.call(request(Method::GET));
    assert_future(&future);
}

#[tokio::test]
async fn it_works_in_a_service_builder_and_by_hand() {
    let policy = Arc::new(policy());
    let built = ServiceBuilder::new().layer(CorsLayer::new(Arc::clone(&policy))).service(service_fn(teapot));
    let by_hand = Cors::new(service_fn(teapot), policy);
    let Ok(from_builder) = built.oneshot(preflight()).await;
    let Ok(from_hand) = by_hand.oneshot(preflight()).await;
    assert_eq!(from_builder.headers(), from_hand.headers());
    assert_eq!(from_builder.status(), StatusCode::NO_CONTENT);
    assert_eq!(from_builder.body(), "");
    assert_eq!(from_builder.headers()["access-control-allow-methods"], "PUT");
}

#[tokio::test]
async fn error_statuses_carry_the_headers_and_the_inner_word_goes() {
    let Ok(response) = Cors::new(service_fn(teapot), policy()).oneshot(request(Method::GET)).await;
    assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
    assert_eq!(response.body(), "short and stout");
    assert_eq!(response.headers()["access-control-allow-origin"], ORIGIN);
    let report = response.extensions().get::<DecisionReport>().expect("every response carries a report");
    assert_eq!(report.stripped, 1);
}

#[tokio::test]
async fn a_failing_service_still_fails() {
    let failing = service_fn(async |_: Request<()>| Err::<Response<()>, _>("down"));
    let error = Cors::new(failing, policy()).oneshot(request(Method::GET)).await.expect_err("an error");
    assert_eq!(error, "down");
}
