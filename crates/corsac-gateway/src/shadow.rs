//! A policy beside the one that acts: what it would have said is compared, counted and logged, and never sent.
//!
//! Decides nothing: both policies do. Knows no sockets.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use corsac::{Decision, Policy};
use http::header::{ACCESS_CONTROL_ALLOW_METHODS, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use tokio::time::Instant;

use crate::config::Route;

/// How long one kind of difference on one route is silent after it was logged. Strangers can cause any number of them.
const SILENCE: Duration = Duration::from_secs(60);

/// A policy that is tried on a route, and how it compares. Clones share what was counted.
#[derive(Clone)]
pub struct Shadow {
    name: String,
    policy: Arc<Policy>,
    counts: Arc<Counts>,
}

/// The kinds of decision are few, and so are the pairs of them.
#[derive(Default)]
struct Counts {
    same: AtomicU64,
    differing: Mutex<BTreeMap<Reasons, Seen>>,
}

/// Why the two decided as they did: the identifiers of [`corsac::Reason`]. They may be one, where what is granted differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reasons {
    /// Of the policy that acts.
    pub active: &'static str,
    /// Of its shadow.
    pub shadow: &'static str,
}

#[derive(Default)]
struct Seen {
    count: u64,
    /// How many of these a line of the log told of.
    told: u64,
    silent_until: Option<Instant>,
}

impl Shadow {
    pub(crate) fn new(name: String, policy: Arc<Policy>) -> Self {
        Self { name, policy, counts: Arc::default() }
    }

    /// The policy's name in the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The policy that is tried.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// How many requests both decided alike.
    #[must_use]
    pub fn same(&self) -> u64 {
        self.counts.same.load(Ordering::Relaxed)
    }

    /// How many they decided otherwise, and why, in the order of the alphabet.
    #[must_use]
    pub fn differing(&self) -> Vec<(Reasons, u64)> {
        self.counts.differing().iter().map(|(reasons, seen)| (*reasons, seen.count)).collect()
    }

    /// Has both decide a request, and counts how that compares. The first difference of a kind in a while is logged.
    pub(crate) fn observe<B>(&self, route: &Route, request: &Request<B>) {
        let Some(active) = route.policy() else { return };
        let active = active.decide(request.method(), request.headers());
        let shadow = self.policy.decide(request.method(), request.headers());
        if !differ(&active, &shadow) {
            self.counts.same.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let reasons = Reasons { active: active.reason().as_str(), shadow: shadow.reason().as_str() };
        let Some(times) = self.counts.add(reasons, Instant::now()) else { return };
        tracing::info!(
            target: "corsac_gateway::shadow",
            route = %route.shown,
            policy = route.policy_name(),
            shadow_policy = self.name,
            cors = active.class().as_str(),
            reason = reasons.active,
            shadow_reason = reasons.shadow,
            origin = active.origin_for_display(),
            path = request.uri().path(),
            times,
            "the shadow policy decides otherwise",
        );
    }
}

/// The name, and nothing that was counted: that changes with every request.
impl fmt::Debug for Shadow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shadow").field("name", &self.name).field("policy", &self.policy).finish()
    }
}

impl Counts {
    /// Counts one, and gives how many there were since the last line of the log, where it is time for another.
    fn add(&self, reasons: Reasons, now: Instant) -> Option<u64> {
        let mut differing = self.differing();
        let seen = differing.entry(reasons).or_default();
        seen.count += 1;
        if seen.silent_until.is_some_and(|until| now < until) {
            return None;
        }
        seen.silent_until = Some(now + SILENCE);
        let untold = seen.count - seen.told;
        seen.told = seen.count;
        Some(untold)
    }

    fn differing(&self) -> MutexGuard<'_, BTreeMap<Reasons, Seen>> {
        // A thread that panicked left numbers, and any numbers will do.
        self.differing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a page would notice which of the two acted.
fn differ(active: &Decision<'_>, shadow: &Decision<'_>) -> bool {
    let refused = active.reason().refuses_origin() && shadow.reason().refuses_origin();
    active.action() != shadow.action()
        || active.reason().as_str() != shadow.reason().as_str()
        // Who is refused is granted nothing.
        || (!refused && granted(active) != granted(shadow))
}

/// The lines on the response, each a set: no page can tell in which order a list was written.
fn granted(decision: &Decision<'_>) -> BTreeMap<String, Vec<Vec<u8>>> {
    let mut headers = HeaderMap::new();
    decision.headers().apply(&mut headers);
    // It is for caches, and grants nothing.
    headers.remove(VARY);
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), entries(name, value))).collect()
}

fn entries(name: &HeaderName, value: &HeaderValue) -> Vec<Vec<u8>> {
    let mut entries: Vec<Vec<u8>> =
        value.as_bytes().split(|byte| *byte == b',').map(|entry| entry.trim_ascii().to_vec()).collect();
    // Of all that stands in these headers, methods alone have case.
    if *name != ACCESS_CONTROL_ALLOW_METHODS {
        entries.iter_mut().for_each(|entry| entry.make_ascii_lowercase());
    }
    entries.sort_unstable();
    entries
}

#[cfg(test)]
mod tests {
    use corsac::PolicyConfig;
    use http::{HeaderMap, HeaderName, HeaderValue};
    use tokio::time::Instant;

    use super::{Counts, Reasons, SILENCE, differ};

    fn policy(change: impl FnOnce(PolicyConfig) -> PolicyConfig) -> corsac::Policy {
        let config =
            PolicyConfig::default().allow_origin("https://app.example").allow_methods(["PUT", "DELETE"]);
        change(config.allow_headers(["X-One", "X-Two"])).into_policy().expect("a policy")
    }

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let line = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn what_a_page_would_notice_differs() {
        let active = policy(|config| config);
        let differs = |shadow: &corsac::Policy, method: &str, request: &HeaderMap| {
            differ(&active.decide(method, request), &shadow.decide(method, request))
        };
        let page = headers(&[("origin", "https://app.example")]);
        let preflight =
            headers(&[("origin", "https://app.example"), ("access-control-request-method", "PUT")]);
        let stranger = headers(&[("origin", "https://evil.example")]);

        let reordered = PolicyConfig::default()
            .allow_origins(["https://other.example", "https://*.example"])
            .allow_methods(["DELETE", "PUT"])
            .allow_headers(["x-two", "x-one"])
            .into_policy()
            .expect("a policy");
        assert!(!differs(&reordered, "GET", &page) && !differs(&reordered, "OPTIONS", &preflight));
        assert!(differs(&reordered, "GET", &stranger));

        let credentials = policy(|config| config.allow_credentials(true));
        assert!(differs(&credentials, "GET", &page) && differs(&credentials, "OPTIONS", &preflight));
        assert!(!differs(&credentials, "GET", &stranger) && !differs(&credentials, "GET", &HeaderMap::new()));

        let refusing = policy(|config| PolicyConfig { refuse_disallowed: true, ..config });
        assert!(differs(&refusing, "GET", &stranger) && !differs(&refusing, "GET", &page));

        let more = policy(|config| config.allow_methods(["PATCH"]));
        assert!(differs(&more, "OPTIONS", &preflight) && !differs(&more, "GET", &page));
    }

    #[test]
    fn a_kind_of_difference_is_told_once_in_a_while() {
        let (counts, now) = (Counts::default(), Instant::now());
        let one = Reasons { active: "allowed", shadow: "origin-not-listed" };
        let other = Reasons { active: "origin-not-listed", shadow: "allowed" };
        assert_eq!(counts.add(one, now), Some(1));
        assert_eq!((counts.add(one, now), counts.add(one, now + SILENCE / 2)), (None, None));
        assert_eq!(counts.add(other, now), Some(1));
        assert_eq!(counts.add(one, now + SILENCE), Some(3));
        assert_eq!(counts.add(one, now + SILENCE), None);
        let counted: Vec<u64> = counts.differing().values().map(|seen| seen.count).collect();
        assert_eq!(counted, [5, 1]);
    }
}
