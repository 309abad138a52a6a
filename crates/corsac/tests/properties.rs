//! The index against a naive matcher, and the requested-header check against a naive one.

use corsac::{OriginPattern, PolicyConfig};
use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::{HeaderMap, HeaderValue, Method};
use proptest::prelude::*;

/// What a reader of the table in `OriginPattern`'s docs would write.
fn naive(pattern: &str, origin: &str) -> bool {
    let Some((scheme, rest)) = pattern.split_once("://") else { return false };
    let Some(asked) = origin.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://")) else {
        return false;
    };
    let (asked_host, asked_port) =
        asked.split_once(':').map_or((asked, None), |(host, port)| (host, Some(port)));
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let host_matches = match host.strip_prefix('*') {
        Some(suffix) => {
            asked_host.ends_with(suffix) && asked_host.len() > suffix.len() && !asked_host.starts_with('.')
        }
        None => asked_host == host,
    };
    let default = if scheme == "https" { "443" } else { "80" };
    host_matches && asked_port != Some(default) && (port == Some("*") || port == asked_port)
}

/// Scheme, labels and port, each as the URL standard serialises it.
fn is_origin(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
    };
    let port_ok = port.is_none_or(|port| {
        !port.starts_with('0')
            && port.parse::<u16>().is_ok_and(|_| port.bytes().all(|byte| byte.is_ascii_digit()))
    });
    ["http", "https"].contains(&scheme) && host.split('.').all(label) && port_ok
}

// Few letters, so that near misses and overlaps are the rule.
fn host() -> impl Strategy<Value = String> {
    proptest::collection::vec("[ab]{1,2}", 1..5).prop_map(|labels| labels.join("."))
}

fn pattern() -> impl Strategy<Value = String> {
    (prop_oneof!["http", "https"], prop_oneof!["", "\\*\\."], host(), prop_oneof!["", ":1", ":8443", ":\\*"])
        .prop_map(|(scheme, star, host, port)| format!("{scheme}://{star}{host}{port}"))
}

fn origin() -> impl Strategy<Value = String> {
    (
        prop_oneof!["http", "https"],
        prop_oneof![host(), host().prop_map(|host| format!(".{host}"))],
        prop_oneof!["", ":1", ":80", ":443", ":8443"],
    )
        .prop_map(|(scheme, host, port)| format!("{scheme}://{host}{port}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_index_agrees_with_the_naive_matcher(
        patterns in proptest::collection::vec(pattern(), 1..20),
        origins in proptest::collection::vec(origin(), 1..20),
    ) {
        let config = PolicyConfig { allow_origins: patterns.clone(), ..PolicyConfig::default() };
        let policy = config.into_policy().expect("generated patterns are sound");
        for origin in origins {
            let wanted = patterns.iter().any(|pattern| naive(pattern, &origin));
            prop_assert_eq!(policy.allows_origin(&origin), wanted, "{} against {:?}", origin, patterns);
            for text in policy.origin_patterns() {
                let pattern: OriginPattern = text.parse().expect("what a policy has is a pattern");
                prop_assert_eq!(pattern.matches(&origin), naive(text, &origin), "{} {}", text, origin);
            }
        }
    }

    #[test]
    fn covering_means_matching_no_less(one in pattern(), two in pattern(), origin in origin()) {
        let one: OriginPattern = one.parse().expect("generated patterns are sound");
        let two: OriginPattern = two.parse().expect("generated patterns are sound");
        if one.covers(&two) && two.matches(&origin) {
            prop_assert!(one.matches(&origin), "{} should cover {} on {}", one, two, origin);
        }
    }

    #[test]
    fn whatever_is_accepted_is_printed_as_it_was_written(text in "\\PC{0,40}|https?://[a-z0-9.*:\\[\\]-]{0,30}") {
        if let Ok(pattern) = text.parse::<OriginPattern>() {
            prop_assert_eq!(pattern.to_string(), text);
        }
    }

    #[test]
    fn near_misses_are_let_in_only_where_the_naive_matcher_does(
        origin in "https?://[ab.:@/%A*<\\[\\]_-]{0,8}\\.?a\\.b(:[0-9*]{0,3})?",
        any in any::<bool>(),
    ) {
        let config = if any {
            PolicyConfig {
                allow_origins: vec!["*".into()],
                allow_credentials: true,
                dangerously_allow_any_origin_with_credentials: true,
                ..PolicyConfig::default()
            }
        } else {
            PolicyConfig { allow_origins: vec!["https://*.a.b:*".into()], ..PolicyConfig::default() }
        };
        let policy = config.into_policy().expect("the policy is sound");
        let headers = HeaderMap::from_iter([(ORIGIN, HeaderValue::from_str(&origin).expect("sound"))]);
        let allowed = policy.decide(&Method::GET, &headers).reason().is_allowed();
        let is_origin = is_origin(&origin);
        prop_assert_eq!(allowed, is_origin && (any || naive("https://*.a.b:*", &origin)), "{}", origin);
    }

    #[test]
    fn any_origin_header_is_decided(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let policy = PolicyConfig { allow_origins: vec!["https://*.a.b".into()], ..PolicyConfig::default() }
            .into_policy()
            .expect("the policy is sound");
        if let Ok(value) = HeaderValue::from_bytes(&bytes) {
            let headers = HeaderMap::from_iter([(ORIGIN, value)]);
            let decision = policy.decide(&Method::GET, &headers);
            prop_assert!(decision.reason().refuses_origin());
        }
    }

    #[test]
    fn requested_headers_agree_with_the_naive_check(
        listed in proptest::collection::vec("[abAB-]{1,3}", 0..6),
        lines in proptest::collection::vec("[abAB, \t;-]{0,12}", 0..4),
    ) {
        let policy = PolicyConfig {
            allow_origins: vec!["https://a.b".into()],
            allow_headers: listed.clone(),
            ..PolicyConfig::default()
        }
        .into_policy()
        .expect("generated names are sound");
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, HeaderValue::from_static("https://a.b"));
        headers.insert(ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("GET"));
        for line in &lines {
            headers.append(ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue::from_str(line).expect("sound"));
        }
        let allowed = lines
            .iter()
            .flat_map(|line| line.split(','))
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .all(|name| listed.iter().any(|listed| listed.eq_ignore_ascii_case(name)));
        prop_assert_eq!(policy.decide(&Method::OPTIONS, &headers).reason().is_allowed(), allowed);
    }
}
