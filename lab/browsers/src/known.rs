//! Differences that are understood and left: `known_differences.toml`.
//!
//! An entry excuses what it names and nothing else, and must be needed: one whose case is gone, is left out or agrees
//! is a failure of its own.

use std::collections::BTreeSet;

use corsac_browser::{Browser, Call, Verdict};
use serde::Deserialize;

use crate::compare::Difference;
use crate::generate::number_of;
use crate::predict::Prediction;
use crate::scenario::PlacedCall;

const LEDGER: &str = include_str!("../known_differences.toml");

/// A difference that is understood.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The engine.
    pub engine: String,
    /// The scenario that shows it.
    pub case: String,
    /// The identifier of the failure predicted where generated scenarios show it too; none where only that one does.
    pub failure: Option<String>,
    /// The method such a scenario's calls have, where that matters.
    pub method: Option<String>,
    /// What such a scenario's calls are made with, where that matters.
    pub initiator: Option<String>,
    /// The kinds of difference it shows, all of them.
    pub kinds: BTreeSet<String>,
    /// Why it is left.
    pub reason: String,
}

/// The ledger.
///
/// # Panics
///
/// If it cannot be read: it is part of the source.
#[must_use]
pub fn ledger() -> Vec<Known> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        known: Vec<Known>,
    }
    let file: File = toml::from_str(LEDGER).unwrap_or_else(|error| panic!("known_differences.toml: {error}"));
    file.known
}

/// The entries for one engine.
#[must_use]
pub fn of_engine(browser: Browser) -> Vec<Known> {
    ledger().into_iter().filter(|known| known.engine == browser.as_str()).collect()
}

impl Known {
    /// Whether it excuses these, of that scenario.
    #[must_use]
    pub fn excuses(
        &self,
        id: &str,
        calls: &[PlacedCall],
        prediction: &Prediction,
        differences: &[Difference],
    ) -> bool {
        let is_such = |call: &Call| {
            self.method.as_deref().is_none_or(|method| corsac::normalize_method(&call.method) == method)
                && self.initiator.as_deref().is_none_or(|initiator| call.initiator.as_str() == initiator)
        };
        let kinds: BTreeSet<_> = differences.iter().map(|difference| difference.kind.clone()).collect();
        let mut failures = prediction.verdicts.iter().filter_map(Verdict::failure);
        let is_like_it = self.failure.as_deref().is_some_and(|wanted| {
            number_of(id).is_some()
                && failures.any(|failure| failure.id.as_str() == wanted)
                && calls.iter().all(|call| is_such(&call.call))
        });
        (self.case == id || is_like_it) && self.kinds == kinds
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use corsac_browser::{Answer, Next, Page, PreflightCache, WireResponse, fetch};

    use super::*;

    #[test]
    fn every_entry_is_for_an_engine_and_has_a_reason() {
        for known in ledger() {
            let engine: Browser = known.engine.parse().expect("an engine");
            assert_ne!(engine, Browser::Standard, "the standard differs from nothing");
            assert!(known.reason.len() > 20, "{}: no reason", known.case);
            assert!(!known.kinds.is_empty(), "{}: nothing is excused", known.case);
        }
    }

    #[test]
    fn an_entry_excuses_its_kinds_and_no_others() {
        let known = Known {
            engine: "webkit".into(),
            case: "a".into(),
            failure: None,
            method: None,
            initiator: None,
            kinds: ["status".to_owned()].into(),
            reason: String::new(),
        };
        let difference = |kind: &str| Difference { kind: kind.into(), detail: String::new() };
        let prediction = Prediction { verdicts: Vec::new(), requests: Vec::new(), console: Vec::new() };
        let excuses = |id, kinds: &[&str]| {
            let differences: Vec<_> = kinds.iter().map(|kind| difference(kind)).collect();
            known.excuses(id, &[], &prediction, &differences)
        };
        assert!(excuses("a", &["status", "status"]));
        assert!(!excuses("b", &["status"]));
        assert!(!excuses("a", &["status", "hung"]));
        assert!(!excuses("a", &[]));
    }
    #[test]
    fn generated_scenarios_must_be_alike_in_all_that_is_named() {
        let known = Known {
            engine: "firefox".into(),
            case: "a".into(),
            failure: Some("acao-missing".into()),
            method: Some("PUT".into()),
            initiator: None,
            kinds: ["status".to_owned()].into(),
            reason: String::new(),
        };
        let page = Page::of("https://app.example".parse().expect("an origin"));
        let excuses = |id, method: &str| {
            let mut call = Call::get("https://api.example/".parse().expect("a URL"));
            call.method = method.into();
            let calls = [PlacedCall { at: 0.0, call: call.clone(), script: serde_json::Value::Null }];
            let (mut cache, now) = (PreflightCache::new(), Duration::ZERO);
            let Next::Send(pending) = fetch(&page, &Call::get(call.url), Browser::Standard, &mut cache, now)
            else {
                panic!("it is sent")
            };
            let answer = Answer::Response(WireResponse { status: 200, headers: Default::default() });
            let Next::Done(verdict) = pending.receive(answer, &mut cache, now) else { panic!("it ends") };
            let prediction =
                Prediction { verdicts: vec![*verdict], requests: Vec::new(), console: Vec::new() };
            let difference = Difference { kind: "status".into(), detail: String::new() };
            known.excuses(id, &calls, &prediction, &[difference])
        };
        assert!(excuses("g1", "PUT") && excuses("a", "GET"));
        assert!(!excuses("g1", "GET") && !excuses("b", "PUT"));
    }
}
