//! `docs/migration.md`, compiled and run: tower-http's layer and Corsac's around the same application.

#[path = "support/page.rs"]
mod page;

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use corsac::{FaultCode, Faults, Policy, PolicyConfig};
use corsac_browser::{Call, WireResponse};
use corsac_tower::{CacheLimits, CachedOrigins, CorsLayer, OriginSource};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use page::{call, with_cookies, with_header};
use tower::{Layer, ServiceExt};
use tower_http::cors::{
    AllowCredentials, AllowHeaders, AllowMethods, AllowOrigin, Any, CorsLayer as Old, ExposeHeaders,
};

mod before {
    use std::time::Duration;

    use axum::Router;
    use axum::http::{HeaderName, Method};
    use axum::routing::get;
    use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

    pub(crate) fn cors() -> CorsLayer {
        CorsLayer::new()
            .allow_origin(AllowOrigin::predicate(|origin, _| {
                origin == "https://app.example" || origin.as_bytes().ends_with(b".app.example")
            }))
            .allow_credentials(true)
            .allow_methods([Method::GET, Method::POST, Method::PUT])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers([HeaderName::from_static("x-request-id")])
            .max_age(Duration::from_secs(600))
    }

    pub(crate) fn application() -> Router {
        Router::new().route("/account", get(async || "yours").put(async || "saved")).layer(cors())
    }
}

mod after {
    use std::time::Duration;

    use axum::Router;
    use axum::http::{Method, header};
    use axum::routing::get;
    use corsac::{Faults, Policy};
    use corsac_tower::CorsLayer;

    pub(crate) fn cors() -> Result<CorsLayer, Faults> {
        let policy = Policy::builder()
            .allow_origins(["https://app.example", "https://*.app.example"])
            .allow_credentials(true)
            .allow_methods([Method::PUT])
            .allow_headers([header::CONTENT_TYPE])
            .expose_headers(["X-Request-Id"])
            .max_age(Duration::from_secs(600))
            .into_policy()?;
        Ok(CorsLayer::new(policy))
    }

    pub(crate) fn application() -> Result<Router, Faults> {
        Ok(Router::new().route("/account", get(async || "yours").put(async || "saved")).layer(cors()?))
    }
}

const APP: &str = "https://app.example";
const PREVIEW: &str = "https://pr-7.app.example";
const EVIL: &str = "https://evil.example";
/// Whoever runs the café's network can be this page.
const CAFE: &str = "http://cafe.app.example";

fn both() -> [Router; 2] {
    [before::application(), after::application().expect("a sound policy")]
}

async fn send(router: &Router, method: &str, fields: &[(&str, &str)]) -> Response<Body> {
    let request = Request::builder().method(method).uri("/account");
    let request = fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let Ok(response) = router.clone().oneshot(request.body(Body::empty()).expect("a request")).await;
    response
}

/// Whether a page of this origin reads the answer to its call.
async fn reads(router: &Router, origin: &str, call: &Call) -> bool {
    let ask = async |request: corsac_browser::WireRequest| {
        let fields: Vec<_> = request
            .headers
            .iter()
            .map(|(name, value)| (name, str::from_utf8(value).expect("a browser sends text here")))
            .collect();
        let response = send(router, &request.method, &fields).await;
        let fields = response.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        WireResponse { status: response.status().as_u16(), headers: fields.collect() }
    };
    page::verdict(origin, call, ask).await.is_allowed()
}

fn is_silent(headers: &HeaderMap) -> bool {
    !headers.keys().any(|name| name.as_str().starts_with("access-control-"))
}

fn put() -> Call {
    with_header(with_cookies(call("PUT")), "content-type")
}

// The worked example.

#[tokio::test]
async fn the_pages_that_were_meant_get_through_both() {
    for router in both() {
        for origin in [APP, PREVIEW] {
            for call in [call("GET"), with_cookies(call("GET")), with_cookies(call("POST")), put()] {
                assert!(reads(&router, origin, &call).await, "{origin}, {}", call.method);
            }
        }
        for stranger in [EVIL, "https://evilapp.example", "https://app.example.evil.example", "null"] {
            assert!(!reads(&router, stranger, &call("GET")).await && !reads(&router, stranger, &put()).await);
        }
    }
}

#[tokio::test]
async fn a_plain_http_page_no_longer_comes_with_cookies() {
    let [before, after] = both();
    for call in [with_cookies(call("GET")), put()] {
        assert!(reads(&before, CAFE, &call).await);
        assert!(!reads(&after, CAFE, &call).await);
    }
    // Whoever wanted that has to say so.
    let said = Policy::builder().allow_origin("http://*.app.example").allow_credentials(true);
    let faults = said.into_policy().expect_err("not with credentials");
    assert_eq!(faults.faults()[0].code, FaultCode::InsecureOriginWithCredentials);
}

#[tokio::test]
async fn a_header_forgotten_in_a_handler_no_longer_undoes_the_policy() {
    let forgotten = || Router::new().route("/account", any(async || [("access-control-allow-origin", "*")]));
    assert!(reads(&forgotten().layer(before::cors()), EVIL, &call("GET")).await);
    let after = forgotten().layer(after::cors().expect("a sound policy"));
    assert!(!reads(&after, EVIL, &call("GET")).await);
    assert!(reads(&after, APP, &call("GET")).await);
}

#[tokio::test]
async fn requested_headers_are_no_longer_sent_back_unread() {
    let [before, after] = both();
    let flood = "x-a,".repeat(10_000);
    let fields = [
        ("origin", APP),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", flood.as_str()),
    ];
    assert_eq!(send(&before, "OPTIONS", &fields).await.headers()["access-control-allow-headers"], flood);
    assert_eq!(
        send(&after, "OPTIONS", &fields).await.headers()["access-control-allow-headers"],
        "content-type"
    );
}

#[tokio::test]
async fn a_refused_preflight_tells_nothing() {
    let [before, after] = both();
    let fields = [("origin", EVIL), ("access-control-request-method", "PUT")];
    let told = send(&before, "OPTIONS", &fields).await;
    assert_eq!(told.status(), StatusCode::OK);
    assert_eq!(told.headers()["access-control-allow-credentials"], "true");
    assert_eq!(told.headers()["access-control-allow-methods"], "GET,POST,PUT");
    let refused = send(&after, "OPTIONS", &fields).await;
    assert_eq!((refused.status(), is_silent(refused.headers())), (StatusCode::FORBIDDEN, true));
}

#[tokio::test]
async fn the_applications_own_options_is_asked_again() {
    let [before, after] = both();
    for fields in [&[][..], &[("origin", APP)]] {
        assert_eq!(send(&before, "OPTIONS", fields).await.status(), StatusCode::OK);
        assert_eq!(send(&after, "OPTIONS", fields).await.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}

// The table.

fn origin(text: &'static str) -> HeaderValue {
    HeaderValue::from_static(text)
}

fn builder() -> PolicyConfig {
    Policy::builder()
}

fn everywhere() -> Router {
    Router::new().route("/account", any(async || "yours"))
}

fn around(policy: PolicyConfig) -> Router {
    everywhere().layer(CorsLayer::new(policy.into_policy().expect("a sound policy")))
}

/// Asked in place of an asynchronous predicate.
struct Tenants;

impl OriginSource for Tenants {
    type Error = std::convert::Infallible;

    async fn allows(&self, origin: &str) -> Result<bool, Self::Error> {
        Ok(origin == APP)
    }
}

/// What each row of the table lets a page do is let both before and after.
#[tokio::test]
async fn each_old_call_has_its_new_one() {
    let app = || builder().allow_origin(APP);
    let old = || Old::new().allow_origin(origin(APP));
    let tenants = CorsLayer::new(builder().origins_from_source().into_policy().expect("a sound policy"))
        .with_source(CachedOrigins::new(Tenants, CacheLimits::default()));
    let any_with_credentials = PolicyConfig {
        dangerously_allow_any_origin_with_credentials: true,
        ..builder().allow_any_origin().allow_credentials(true).allow_any_method().allow_any_header()
    };
    let everything = builder().allow_any_origin().allow_any_method().allow_any_header().expose_headers(["*"]);
    let custom = || with_header(call("PATCH"), "x-custom");
    for (name, old, new, call) in [
        ("exact", old(), around(app()), call("GET")),
        (
            "list",
            Old::new().allow_origin([origin(APP), origin(EVIL)]),
            around(app().allow_origin(EVIL)),
            call("GET"),
        ),
        ("any", Old::new().allow_origin(Any), around(builder().allow_any_origin()), call("GET")),
        (
            "mirror_request of origins",
            Old::new().allow_origin(AllowOrigin::mirror_request()),
            around(builder().allow_any_origin()),
            call("GET"),
        ),
        (
            "async_predicate",
            Old::new().allow_origin(AllowOrigin::async_predicate(|origin: HeaderValue, _| async move {
                origin == APP
            })),
            everywhere().layer(tenants),
            call("GET"),
        ),
        ("credentials", old().allow_credentials(true), around(app().allow_credentials(true)), {
            with_cookies(call("GET"))
        }),
        (
            "methods",
            old().allow_methods([Method::PUT]),
            around(app().allow_methods([Method::PUT])),
            call("PUT"),
        ),
        ("any method", old().allow_methods(Any), around(app().allow_any_method()), call("PATCH")),
        (
            "mirror_request of methods",
            old().allow_credentials(true).allow_methods(AllowMethods::mirror_request()),
            around(app().allow_credentials(true).allow_any_method()),
            with_cookies(call("PATCH")),
        ),
        (
            "headers",
            old().allow_headers([HeaderName::from_static("x-custom")]),
            around(app().allow_headers(["x-custom"])),
            with_header(call("GET"), "x-custom"),
        ),
        (
            "any header",
            old().allow_headers(Any),
            around(app().allow_any_header()),
            with_header(call("GET"), "x-custom"),
        ),
        (
            "mirror_request of headers",
            old().allow_credentials(true).allow_headers(AllowHeaders::mirror_request()),
            around(app().allow_credentials(true).allow_any_header()),
            with_cookies(with_header(call("GET"), "x-custom")),
        ),
        ("permissive", Old::permissive(), around(everything), custom()),
        ("very_permissive", Old::very_permissive(), around(any_with_credentials), with_cookies(custom())),
    ] {
        let old = everywhere().layer(old);
        assert!(reads(&old, APP, &call).await, "{name}, before");
        assert!(reads(&new, APP, &call).await, "{name}, after");
    }
}

#[tokio::test]
async fn a_misspelled_origin_is_a_fault_and_not_a_riddle() {
    let old = everywhere().layer(Old::new().allow_origin(origin("https://app.example/")));
    assert!(!reads(&old, APP, &call("GET")).await);
    let faults = builder().allow_origin("https://app.example/").into_policy().expect_err("there is a slash");
    assert_eq!(faults.faults()[0].code, FaultCode::OriginWithPath);
}

#[tokio::test]
async fn one_origin_is_not_told_to_everyone() {
    let fields = [("origin", EVIL)];
    let old = send(&everywhere().layer(Old::new().allow_origin(origin(APP))), "GET", &fields).await;
    assert_eq!(
        (&old.headers()["access-control-allow-origin"], old.headers().get("vary")),
        (&origin(APP), None)
    );
    let new = send(&around(builder().allow_origin(APP)), "GET", &fields).await;
    assert!(is_silent(new.headers()) && new.headers()["vary"] == "Origin");
}

#[tokio::test]
async fn anyone_with_credentials_has_a_long_name_and_leaves_null_out() {
    let old = everywhere().layer(Old::very_permissive());
    let cookies = with_cookies(call("GET"));
    assert!(reads(&old, EVIL, &cookies).await && reads(&old, "null", &cookies).await);
    let any = || builder().allow_any_origin().allow_credentials(true);
    let faults: Faults = any().into_policy().expect_err("not without its name");
    assert_eq!(faults.faults()[0].code, FaultCode::AnyOriginWithCredentials);
    let new = around(PolicyConfig { dangerously_allow_any_origin_with_credentials: true, ..any() });
    assert!(reads(&new, EVIL, &cookies).await && !reads(&new, "null", &cookies).await);
}

#[test]
#[should_panic(expected = "Cannot combine `Access-Control-Allow-Credentials: true`")]
fn a_wildcard_with_credentials_was_a_panic() {
    let _ = Old::new().allow_credentials(true).allow_headers(Any).layer(everywhere());
}

#[test]
fn a_wildcard_with_credentials_is_spelled_out_or_a_fault() {
    let any = || builder().allow_origin(APP).allow_credentials(true).allow_any_method().allow_any_header();
    assert!(any().into_policy().is_ok());
    let faults = any().expose_headers(["*"]).into_policy().expect_err("nobody knows the names");
    assert_eq!(faults.faults()[0].code, FaultCode::ExposeAnyWithCredentials);
}

/// Its check sees `true` and no predicate.
#[tokio::test]
async fn a_predicate_for_credentials_went_past_the_check() {
    let old = Old::new()
        .allow_origin(Any)
        .allow_credentials(AllowCredentials::predicate(|_, _| true))
        .expose_headers(ExposeHeaders::any());
    let answer = send(&everywhere().layer(old), "GET", &[("origin", EVIL)]).await;
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert_eq!(answer.headers()["access-control-allow-credentials"], "true");
}
