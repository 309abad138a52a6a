//! Any bytes as an origin: typed by a person, asked of a policy, and in the header of a request.
//!
//! Policies that differ in what they let in are held against the oracle. What patterns may look like is another
//! target's question.
#![no_main]

use std::sync::LazyLock;

use corsac::{Origin, OriginProblem, OriginRule, Policy, PolicyConfig, Reason};
use corsac_fuzz::{allows_origin, matches, parts};
use http::header::{HeaderValue, ORIGIN};
use http::{HeaderMap, Method};
use libfuzzer_sys::fuzz_target;

static POLICIES: LazyLock<Vec<(PolicyConfig, Policy)>> = LazyLock::new(|| {
    let listed = |origins: &[&str]| PolicyConfig {
        allow_origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        ..PolicyConfig::default()
    };
    let configs = [
        listed(&["*"]),
        listed(&["https://app.example", "http://[::1]", "http://10.0.0.1:8080", "tauri://localhost"]),
        listed(&["https://*.app.example", "https://*.example:*", "http://localhost:*", "http://*.a.b:81"]),
        PolicyConfig { dangerously_allow_null_origin: true, ..listed(&["https://app.example"]) },
        PolicyConfig {
            allow_credentials: true,
            dangerously_allow_any_origin_with_credentials: true,
            ..listed(&["*"])
        },
    ];
    configs
        .into_iter()
        .map(|config| {
            let policy = config.clone().into_policy().expect("these policies are sound");
            (config, policy)
        })
        .collect()
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        typed(text);
        asked(text);
    }
    if let Ok(value) = HeaderValue::from_bytes(bytes) {
        sent(&value);
    }
});

/// What is an origin is printed as browsers write it; what is none says what was meant.
fn typed(text: &str) {
    match text.parse::<Origin>() {
        Ok(origin) => {
            let printed = origin.to_string();
            let again: Origin = printed.parse().expect("what is printed is an origin");
            assert_eq!(again.to_string(), printed);
            assert_eq!(origin.is_same_origin(&again), origin.as_tuple().is_some());
            assert_eq!(parts(&printed).is_some(), origin.as_tuple().is_some(), "{printed}");
        }
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.remedy().is_empty());
            if let OriginProblem::Extra { meant, .. } = error.problem() {
                assert!(meant.parse::<Origin>().is_ok(), "{meant} was meant, and is none");
            }
        }
    }
}

fn asked(text: &str) {
    for (config, policy) in POLICIES.iter() {
        assert_eq!(policy.allows_origin(text), allows_origin(config, &[text.as_bytes()]), "{config:?}");
    }
}

fn sent(value: &HeaderValue) {
    let headers = HeaderMap::from_iter([(ORIGIN, value.clone())]);
    let text = value.to_str().ok();
    for (config, policy) in POLICIES.iter() {
        let reason = policy.decide(Method::GET, &headers).reason();
        assert_eq!(reason.is_allowed(), allows_origin(config, &[value.as_bytes()]), "{config:?}");
        match reason {
            Reason::Allowed(OriginRule::Pattern(pattern)) => {
                assert!(text.is_some_and(|text| matches(pattern, text)), "by {pattern}");
            }
            Reason::NullOrigin => assert_eq!(text, Some("null")),
            Reason::MalformedOrigin => assert!(text.and_then(parts).is_none()),
            Reason::OriginNotListed => assert!(text.and_then(parts).is_some()),
            _ => assert!(reason.is_allowed(), "{reason}"),
        }
    }
}
