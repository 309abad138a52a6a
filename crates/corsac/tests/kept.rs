//! What is kept for good is bounded, and beyond the bound a policy answers as before it.

use corsac::{Policy, PolicyConfig};
use http::{HeaderMap, HeaderValue, Method};

/// More texts than are kept in all: two kilobytes for each policy.
const POLICIES: usize = 300;

fn names(number: usize) -> Vec<String> {
    (0..100).map(|name| format!("x-exposed-{number}-{name}")).collect()
}

fn policy(number: usize) -> Policy {
    PolicyConfig {
        allow_origins: vec![format!("https://{number}.example")],
        allow_credentials: true,
        expose_headers: names(number),
        ..PolicyConfig::default()
    }
    .into_policy()
    .expect("the policy is sound")
}

fn answer(policy: &Policy, origin: &str) -> HeaderMap {
    let mut request = HeaderMap::new();
    request.insert("origin", HeaderValue::from_str(origin).expect("an origin is a value"));
    let mut headers = policy.decide(Method::GET, &request).headers();
    let mut response = HeaderMap::new();
    headers.apply(&mut response);
    response
}

#[test]
fn policies_beyond_the_bound_answer_as_those_before_it() {
    let policies: Vec<Policy> = (0..POLICIES).map(policy).collect();
    for (number, policy) in policies.iter().enumerate() {
        let origin = format!("https://{number}.example");
        let response = answer(policy, &origin);
        assert_eq!(response.len(), 4, "{response:?}");
        assert_eq!(response["access-control-allow-origin"], origin);
        assert_eq!(response["access-control-allow-credentials"], "true");
        assert_eq!(response["access-control-expose-headers"], names(number).join(", "));
        assert_eq!(response["vary"], "Origin");
        let refused = answer(policy, "https://other.example");
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert_eq!(refused["vary"], "Origin");
    }
}

#[test]
fn headers_outlive_the_policy_and_the_request() {
    let mut headers = {
        let policy = policy(POLICIES);
        let mut request = HeaderMap::new();
        request.insert("origin", HeaderValue::from_static("https://300.example"));
        policy.decide(Method::GET, &request).headers()
    };
    let mut response = HeaderMap::new();
    headers.apply(&mut response);
    assert_eq!(response["access-control-allow-origin"], "https://300.example");
    assert_eq!(response["access-control-allow-credentials"], "true");
}

#[test]
fn policies_that_come_and_go_all_day_keep_a_bounded_amount_of_memory() {
    let host = ["a".repeat(60), "b".repeat(60), "c".repeat(60)].join(".");
    let replace = || {
        for number in 0..10_000 {
            let origin = format!("https://{number}.{host}.example");
            let config = PolicyConfig { allow_origins: vec![origin.clone()], ..PolicyConfig::default() };
            let policy = config.into_policy().expect("the policy is sound");
            assert_eq!(answer(&policy, &origin)["access-control-allow-origin"], origin);
        }
    };
    // Their origins alone are twice as much.
    let kept = allocation_counter::measure(replace).bytes_current;
    assert!(kept < 1 << 20, "{kept} bytes are kept");
}

#[test]
fn a_policy_that_is_made_again_keeps_nothing_more() {
    drop(policy(POLICIES + 1));
    let again = || (0..100).for_each(|_| drop(policy(POLICIES + 1)));
    assert_eq!(allocation_counter::measure(again).bytes_current, 0);
}
