//! Which policy governs a request, and what it leaves for the response.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use corsac::{Action, Class, Policy, PolicyConfig};
use corsac_middleware::{DEBUG_HEADER, DecisionReport, LivePolicy, Outcome, Policies};
use http::{HeaderMap, HeaderValue, StatusCode};

const ORIGIN: &str = "https://app.example";

fn only(origin: &str) -> Policy {
    Policy::builder().allow_origin(origin).into_policy().expect("a sound policy")
}

fn fields(lines: &[(&'static str, &str)]) -> HeaderMap {
    let mut fields = HeaderMap::new();
    for (name, value) in lines {
        fields.append(*name, HeaderValue::from_str(value).expect("a header value"));
    }
    fields
}

/// What is reported of a decision.
fn report(outcome: Option<Outcome>) -> DecisionReport {
    let outcome = outcome.expect("a policy governs every path");
    outcome.finish(&mut HeaderMap::new()).expect("it is reported")
}

/// The origins of the policy at a path; nothing where there is none.
fn origins_at(policies: &Policies, path: &str) -> Option<Vec<String>> {
    let policy = policies.policy_at(path)?.policy();
    Some(policy.origin_patterns().map(str::to_owned).collect())
}

#[test]
fn a_path_governs_itself_and_what_is_below_on_segment_borders() {
    let policies = Policies::new(only("https://default.example"))
        .at("/a", only("https://a.example"))
        .at("/a/b/", only("https://b.example"))
        .without_policy("/a/b/c");
    for (path, origin) in [
        ("/", Some("https://default.example")),
        ("/a", Some("https://a.example")),
        ("/a/", Some("https://a.example")),
        ("/a/x", Some("https://a.example")),
        ("/ab", Some("https://default.example")),
        ("/a.json", Some("https://default.example")),
        ("/A", Some("https://default.example")),
        ("/a/b", Some("https://b.example")),
        ("/a/b/", Some("https://b.example")),
        ("/a/b/d", Some("https://b.example")),
        ("/a/bc", Some("https://a.example")),
        ("/a/b/c", None),
        ("/a/b/c/d", None),
        ("/a/b/cd", Some("https://b.example")),
        // What `OPTIONS *` asks for is no path.
        ("*", Some("https://default.example")),
        ("", Some("https://default.example")),
    ] {
        let expected = origin.map(|origin| vec![origin.to_owned()]);
        assert_eq!(origins_at(&policies, path), expected, "{path}");
    }
}

#[test]
fn the_order_of_paths_does_not_matter_and_the_last_word_on_one_counts() {
    let (short, long) = (only("https://short.example"), only("https://long.example"));
    let one = Policies::new(only(ORIGIN)).at("/x", short.clone()).at("/x/y", long.clone());
    let other = Policies::new(only(ORIGIN)).at("/x/y", long.clone()).at("/x", short);
    for path in ["/x", "/x/y", "/x/y/z", "/y"] {
        assert_eq!(origins_at(&one, path), origins_at(&other, path), "{path}");
    }

    let changed = one.without_policy("/x/y/").at("/x/", long);
    assert_eq!(origins_at(&changed, "/x"), Some(vec!["https://long.example".to_owned()]));
    assert_eq!(origins_at(&changed, "/x/y"), None);
}

#[test]
fn the_root_is_every_path() {
    let policies = Policies::new(only(ORIGIN)).without_policy("/").at("/api", only("https://api.example"));
    assert_eq!(origins_at(&policies, "/anything"), None);
    assert!(origins_at(&policies, "/api/x").is_some());
}

#[test]
fn a_path_without_its_first_slash_is_the_same_path() {
    let policies = Policies::new(only(ORIGIN)).without_policy("internal");
    assert_eq!(origins_at(&policies, "/internal/metrics"), None);
    assert!(origins_at(&policies, "/internals").is_some());
}

#[test]
fn where_no_policy_governs_nothing_is_decided() {
    let policies = Policies::new(only(ORIGIN)).without_policy("/internal");
    let request = fields(&[("origin", "https://evil.example")]);
    assert!(policies.decide("GET", "/internal", &request).is_none());
    assert!(policies.try_decide("GET", "/internal", &request).expect("no question").is_none());
    assert!(policies.decide_with("GET", "/internal", &request, true).is_none());
}

#[test]
fn the_outcome_finishes_a_response_and_reports() {
    let policies = Policies::new(only(ORIGIN));
    let request = fields(&[("origin", ORIGIN), ("access-control-request-method", "DELETE")]);
    let outcome = policies.decide("OPTIONS", "/", &request).expect("a policy governs every path");
    assert_eq!(outcome.action(), Action::Respond(StatusCode::NO_CONTENT));
    let mut response = fields(&[
        ("access-control-allow-origin", "*"),
        ("access-control-allow-origin", "https://other.example"),
        ("access-control-allow-private-network", "true"),
        ("content-type", "text/plain"),
    ]);
    let report = outcome.finish(&mut response).expect("what is refused is reported");
    assert_eq!((report.class, report.reason), (Class::Preflight, "method-not-allowed"));
    assert_eq!((report.detail.as_deref(), report.stripped), (Some("DELETE"), 3));
    assert_eq!(
        response,
        fields(&[
            ("access-control-allow-origin", ORIGIN),
            ("vary", "Origin"),
            ("content-type", "text/plain")
        ])
    );
}

#[test]
fn a_report_keeps_only_what_can_be_printed_and_not_all_of_it() {
    let policies = Policies::new(only(ORIGIN)).debug_header(true);
    let method = HeaderValue::from_bytes(b"\xf0\x9f\x90\xba\tX").expect("a header value");
    let mut request = fields(&[("origin", ORIGIN)]);
    request.insert("access-control-request-method", method);
    assert_eq!(report(policies.decide("OPTIONS", "/", &request)).detail.as_deref(), Some("??X"));

    let long = "x".repeat(5000);
    let request = fields(&[
        ("origin", ORIGIN),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", &long[..1000]),
    ]);
    let outcome = policies.decide("OPTIONS", "/", &request).expect("a policy governs every path");
    let mut response = HeaderMap::new();
    let report = outcome.finish(&mut response).expect("what is refused is reported");
    assert_eq!(report.detail.as_deref(), Some(&long[..100]));
    assert_eq!(response[DEBUG_HEADER].len(), 200);
}

#[test]
fn what_is_allowed_is_reported_only_where_that_was_asked_for() {
    let allowed = fields(&[("origin", ORIGIN)]);
    let refused = fields(&[("origin", "https://evil.example")]);
    let reason = |policies: &Policies, request: &HeaderMap| {
        let outcome = policies.decide("GET", "/", request).expect("a policy governs every path");
        outcome.finish(&mut HeaderMap::new()).map(|report| report.reason)
    };
    let policies = Policies::new(only(ORIGIN));
    assert_eq!(reason(&policies, &allowed), None);
    assert_eq!(reason(&policies, &HeaderMap::new()), None);
    assert_eq!(reason(&policies, &refused), Some("origin-not-listed"));
    let policies = policies.report_all(true);
    assert_eq!(reason(&policies, &allowed), Some("allowed"));
    assert_eq!(reason(&policies, &HeaderMap::new()), Some("no-origin"));
}

#[test]
fn the_debug_header_is_there_only_where_it_was_asked_for() {
    let request = fields(&[("origin", ORIGIN)]);
    let answer = |policies: &Policies| {
        let outcome = policies.decide("GET", "/", &request).expect("a policy governs every path");
        let mut response = HeaderMap::new();
        outcome.finish(&mut response);
        response.get(DEBUG_HEADER).map(|value| value.to_str().expect("printable").to_owned())
    };
    let policies = Policies::new(only(ORIGIN));
    assert_eq!(answer(&policies), None);
    let policies = policies.debug_header(true);
    assert_eq!(answer(&policies).as_deref(), Some("actual; allowed; allowed by `https://app.example`"));
    assert_eq!(answer(&policies.debug_header(false)), None);
}

#[test]
fn an_origin_is_in_question_only_where_a_source_may_be_asked_about_it() {
    let listed = Policy::builder().allow_origin(ORIGIN).allow_methods(["PUT"]);
    let sourced = |credentials: bool| {
        let policy = listed.clone().allow_credentials(credentials).origins_from_source().into_policy();
        Policies::new(policy.expect("a sound policy"))
    };
    let question = |policies: &Policies, lines: &[(&'static str, &str)]| {
        policies.try_decide("GET", "/", &fields(lines)).err().map(String::from)
    };
    let tenant = [("origin", "https://tenant.example")];
    assert_eq!(question(&sourced(true), &tenant).as_deref(), Some("https://tenant.example"));
    assert_eq!(question(&Policies::new(listed.clone().into_policy().expect("sound")), &tenant), None);

    let plain = [("origin", "http://tenant.example")];
    assert_eq!(question(&sourced(false), &plain).as_deref(), Some("http://tenant.example"));
    for (policies, lines) in [
        (sourced(true), &plain[..]),
        (sourced(false), &[]),
        (sourced(false), &[("origin", ORIGIN)]),
        (sourced(false), &[("origin", "null")]),
        (sourced(false), &[("origin", "https://tenant.example:443")]),
        (sourced(false), &[("origin", "https://Tenant.example")]),
        (sourced(false), &[("origin", "https://tenant.example/")]),
        (sourced(false), &[("origin", "tenant.example")]),
        (sourced(false), &[("origin", "https://' OR 1=1 --")]),
        (sourced(false), &[("origin", "https://a.example"), ("origin", "https://b.example")]),
    ] {
        assert_eq!(question(&policies, lines), None, "{lines:?}");
    }
}

#[test]
fn the_sources_word_counts_only_where_it_was_asked_for() {
    let policy = || Policy::builder().allow_origin(ORIGIN).allow_methods(["PUT"]);
    let policies =
        |policy: PolicyConfig| Policies::new(policy.into_policy().expect("a sound policy")).report_all(true);
    let (sourced, unsourced) = (policies(policy().origins_from_source()), policies(policy()));
    let decide = |policies: &Policies, lines: &[(&'static str, &str)], allowed| {
        report(policies.decide_with("OPTIONS", "/", &fields(lines), allowed)).reason
    };
    let asks = |method| [("origin", "https://tenant.example"), ("access-control-request-method", method)];
    assert_eq!(decide(&sourced, &asks("PUT"), true), "allowed");
    assert_eq!(decide(&sourced, &asks("PUT"), false), "origin-not-listed");
    assert_eq!(decide(&unsourced, &asks("PUT"), true), "origin-not-listed");
    // The source says who may call; how is the policy's.
    assert_eq!(decide(&sourced, &asks("DELETE"), true), "method-not-allowed");
    assert_eq!(decide(&sourced, &[("origin", "null")], true), "null-origin");
}

#[test]
fn replacing_gives_the_old_policy_back_and_every_clone_sees_the_new_one() {
    let live = LivePolicy::new(only("https://old.example"));
    let policies = Policies::new(live.clone()).at("/also", live.clone());
    let clone = policies.clone();
    let held = live.policy();

    let old = live.replace(only("https://new.example"));
    assert!(Arc::ptr_eq(&old, &held));
    for (policies, path) in [(&policies, "/"), (&policies, "/also"), (&clone, "/"), (&clone, "/also")] {
        assert_eq!(origins_at(policies, path), Some(vec!["https://new.example".to_owned()]));
    }
    // Whoever holds a policy keeps it.
    assert!(held.allows_origin("https://old.example"));
    assert!(format!("{live:?}").contains("https://new.example"));
}

#[test]
fn of_policies_that_come_at_once_each_is_given_back_but_the_last() {
    let all: Vec<Arc<Policy>> = (0..9).map(|n| Arc::new(only(&format!("https://{n}.example")))).collect();
    let (first, others) = all.split_first().expect("there are nine");
    let live = LivePolicy::new(Arc::clone(first));
    let mut seen: Vec<Arc<Policy>> = std::thread::scope(|scope| {
        let replacing: Vec<_> =
            others.iter().map(|policy| scope.spawn(|| live.replace(Arc::clone(policy)))).collect();
        replacing.into_iter().map(|thread| thread.join().expect("replacing does not panic")).collect()
    });
    seen.push(live.policy());
    for policy in &all {
        assert_eq!(seen.iter().filter(|one| Arc::ptr_eq(one, policy)).count(), 1);
    }
}

#[test]
fn every_reader_sees_one_policy_or_the_other_whole() {
    let request = fields(&[("origin", ORIGIN), ("access-control-request-method", "PUT")]);
    let policy = |method: &str, seconds| {
        let policy = Policy::builder().allow_origin(ORIGIN).allow_methods([method]);
        let policy = policy.max_age(std::time::Duration::from_secs(seconds)).into_policy();
        Arc::new(policy.expect("a sound policy"))
    };
    let both = [policy("PUT", 10), policy("DELETE", 20)];
    let answer = |policies: &Policies| {
        let mut response = HeaderMap::new();
        let outcome = policies.decide("OPTIONS", "/", &request).expect("a policy governs every path");
        let report = outcome.finish(&mut response).expect("all are reported");
        (report.reason, response)
    };
    let answers = both.clone().map(|policy| answer(&Policies::new(policy).report_all(true)));
    assert_ne!(answers[0], answers[1]);

    let live = LivePolicy::new(Arc::clone(&both[0]));
    let policies = Policies::new(live.clone()).report_all(true);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for policy in both.iter().cycle() {
                live.replace(Arc::clone(policy));
                std::thread::yield_now();
                if done.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut seen = [0_u32; 2];
                    // Until both were seen, however long that takes here.
                    while seen.iter().any(|times| *times < 500) {
                        let answer = answer(&policies);
                        let which = answers.iter().position(|whole| *whole == answer);
                        seen[which.unwrap_or_else(|| panic!("a mixture: {answer:?}"))] += 1;
                    }
                })
            })
            .collect();
        let results: Vec<_> = readers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        assert!(results.iter().all(Result::is_ok));
    });
}
