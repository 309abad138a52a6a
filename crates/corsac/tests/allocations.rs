//! `decide` allocates nothing: not for strangers, not for friends, not for floods.

use corsac::{Policy, PolicyConfig, Reason};
use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::{HeaderMap, HeaderValue, Method};

fn policy() -> Policy {
    let mut origins: Vec<String> = (0..1000).map(|number| format!("https://site-{number}.example")).collect();
    origins.push("https://*.preview.example".into());
    origins.push("http://localhost:*".into());
    PolicyConfig {
        allow_origins: origins,
        allow_credentials: true,
        allow_methods: vec!["PUT".into()],
        allow_headers: vec!["Content-Type".into(), "X-A".into()],
        ..PolicyConfig::default()
    }
    .into_policy()
    .expect("the policy is sound")
}

fn request(lines: &[(http::HeaderName, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(name, HeaderValue::from_str(value).expect("the value is sound"));
    }
    headers
}

#[track_caller]
fn allocates_nothing(method: &Method, headers: &HeaderMap, reason: &str) {
    let policy = policy();
    let mut said = Reason::NoOrigin.as_str();
    let measured = allocation_counter::measure(|| {
        let decision = policy.decide(method, headers);
        said = decision.reason().as_str();
        std::hint::black_box(decision.action());
    });
    assert_eq!(said, reason);
    assert_eq!(measured.count_total, 0);
}

#[test]
fn no_origin() {
    allocates_nothing(&Method::GET, &HeaderMap::new(), "no-origin");
}

#[test]
fn refused_origin() {
    let headers = request(&[(ORIGIN, "https://a.b.c.d.e.f.g.evil.example")]);
    allocates_nothing(&Method::GET, &headers, "origin-not-listed");
}

#[test]
fn allowed_actual_request() {
    allocates_nothing(&Method::GET, &request(&[(ORIGIN, "https://site-999.example")]), "allowed");
    allocates_nothing(&Method::GET, &request(&[(ORIGIN, "https://a.b.preview.example")]), "allowed");
    allocates_nothing(&Method::GET, &request(&[(ORIGIN, "http://localhost:5173")]), "allowed");
}

#[test]
fn allowed_preflight() {
    let headers = request(&[
        (ORIGIN, "https://site-1.example"),
        (ACCESS_CONTROL_REQUEST_METHOD, "PUT"),
        (ACCESS_CONTROL_REQUEST_HEADERS, "content-type,x-a"),
    ]);
    allocates_nothing(&Method::OPTIONS, &headers, "allowed");
}

#[test]
fn refused_preflight() {
    let headers = request(&[(ORIGIN, "https://evil.example"), (ACCESS_CONTROL_REQUEST_METHOD, "PUT")]);
    allocates_nothing(&Method::OPTIONS, &headers, "origin-not-listed");
}

#[test]
fn flood() {
    let flood = "x-a,".repeat(1 << 18);
    let headers = request(&[
        (ORIGIN, "https://site-1.example"),
        (ACCESS_CONTROL_REQUEST_METHOD, "PUT"),
        (ACCESS_CONTROL_REQUEST_HEADERS, &flood),
    ]);
    allocates_nothing(&Method::OPTIONS, &headers, "request-headers-over-budget");
    let headers = request(&[(ORIGIN, &"https://a.".repeat(1 << 16))]);
    allocates_nothing(&Method::GET, &headers, "malformed-origin");
}

/// Origins of 30 bytes each, all different.
fn many(count: usize) -> String {
    (0..count).map(|number| format!("https://cus{number:07}.example.com\n")).collect()
}

#[test]
fn a_hundred_thousand_origins_stay_below_a_hundred_bytes_each() {
    const COUNT: usize = 100_000;
    let text = many(COUNT);
    let mut policy = None;
    let measured = allocation_counter::measure(|| {
        let config = PolicyConfig { allow_origins_file: Some("origins".into()), ..PolicyConfig::default() };
        policy = config.into_policy_reading(|_| Ok::<_, std::convert::Infallible>(&text)).ok();
    });
    let policy = policy.expect("the policy is sound");
    assert_eq!(policy.origin_count(), COUNT);
    let bytes = u64::try_from(measured.bytes_current).expect("the policy is kept");
    assert!(bytes <= 100 * COUNT as u64, "{bytes} bytes");
}

#[test]
fn neither_many_origins_nor_families_change_that() {
    let config = PolicyConfig {
        allow_origins: vec!["https://*.preview.example".into(), "http://localhost:*".into()],
        allow_origins_file: Some("origins".into()),
        ..PolicyConfig::default()
    };
    let text = many(50_000);
    let policy = config.into_policy_reading(|_| Ok::<_, std::convert::Infallible>(&text)).expect("sound");
    for (origin, allowed) in [
        ("https://cus0049999.example.com", true),
        ("https://cus0050000.example.com", false),
        ("https://a.b.preview.example", true),
        ("https://preview.example", false),
        ("http://localhost:5173", true),
    ] {
        let headers = request(&[(ORIGIN, origin)]);
        let measured = allocation_counter::measure(|| {
            assert_eq!(policy.decide(Method::GET, &headers).reason().is_allowed(), allowed, "{origin}");
        });
        assert_eq!(measured.count_total, 0, "{origin}");
    }
}
