//! The cases of `vectors/policy`, put to the other CORS middleware of Rust: tower-http and actix-cors.
//!
//! Each is set up as a person would who moves the same policy to it, and its answer is held against the normative one.
//! What is right is the vectors' affair, and what a difference means is in [`behaviour`].

pub mod behaviour;
pub mod column;
pub mod page;

mod actix_cors;
mod panics;
mod reading;
mod tower_http;

use std::fmt;

use corsac::{MaxAgeConfig, PolicyConfig};
use corsac_vectors::{Answer, PolicyCase};

use crate::behaviour::Behaviour;

/// A CORS middleware other than Corsac's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// <https://docs.rs/tower-http>
    TowerHttp,
    /// <https://docs.rs/actix-cors>
    ActixCors,
}

impl Peer {
    /// All of them, in the order of every column.
    pub const ALL: [Self; 2] = [Self::TowerHttp, Self::ActixCors];

    /// The name of its package.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TowerHttp => "tower-http",
            Self::ActixCors => "actix-cors",
        }
    }

    fn put(self, case: &PolicyCase, policy: &PolicyConfig) -> Outcome {
        if has_patterns(policy) {
            // A closure could be given instead, but what it says is not the peer's answer.
            return Outcome::CannotSay;
        }
        match self {
            Self::TowerHttp => tower_http::put(case, policy),
            Self::ActixCors => actix_cors::put(case, policy),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// What came of putting a case to a peer.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The policy has something that the peer's settings have no word for.
    CannotSay,
    /// It panicked when it was set up.
    Panics,
    /// It answered.
    Answered(Answer),
}

/// A case, a peer, and what came of it.
#[derive(Debug, Clone)]
pub struct Measurement<'a> {
    /// What was asked.
    pub case: &'a PolicyCase,
    /// The policy, in normal form.
    pub policy: PolicyConfig,
    /// Who was asked.
    pub peer: Peer,
    /// What came of it.
    pub outcome: Outcome,
    /// In what it differs: `status`, `forwarded`, the names of headers; or `panics` or `cannot-say`. None where the
    /// answer is the right one.
    pub words: Vec<String>,
    /// What the words belong to, each behaviour once.
    pub behaviours: Vec<&'static Behaviour>,
}

/// Puts every case to every peer.
///
/// # Panics
///
/// Where the policy of a case is not sound, or its request is none: the vectors are part of the source.
#[must_use]
pub fn measure(cases: &[PolicyCase]) -> Vec<Measurement<'_>> {
    cases
        .iter()
        .flat_map(|case| {
            let policy = policy(case);
            Peer::ALL.map(|peer| {
                let outcome = peer.put(case, &policy);
                let words = words(case, &outcome);
                let policy = policy.clone();
                let mut measurement =
                    Measurement { case, policy, peer, outcome, words, behaviours: Vec::new() };
                measurement.behaviours = behaviour::shown_by(&measurement);
                measurement
            })
        })
        .collect()
}

/// The policy in normal form: methods as browsers send them, the time in seconds.
fn policy(case: &PolicyCase) -> PolicyConfig {
    let written: PolicyConfig =
        case.policy.clone().try_into().unwrap_or_else(|error| panic!("{}: {error}", case.id));
    written.into_policy().unwrap_or_else(|faults| panic!("{}: {faults}", case.id)).to_config()
}

/// The seconds of a policy in normal form.
fn max_age(policy: &PolicyConfig) -> Option<u32> {
    match policy.max_age {
        Some(MaxAgeConfig::Seconds(seconds)) => u32::try_from(seconds).ok(),
        Some(MaxAgeConfig::Text(_)) | None => None,
    }
}

/// The exact origins a policy lists, `null` among them.
fn listed_origins(policy: &PolicyConfig) -> impl Iterator<Item = &str> {
    let null = policy.dangerously_allow_null_origin.then_some("null");
    policy.allow_origins.iter().map(String::as_str).chain(null)
}

/// Whether some of the listed origins are patterns.
fn has_patterns(policy: &PolicyConfig) -> bool {
    policy.allow_origins.iter().any(|origin| origin != "*" && origin.contains('*'))
}

/// Whether a list has `*` in it.
fn is_any(list: &[String]) -> bool {
    list.iter().any(|element| element == "*")
}

fn words(case: &PolicyCase, outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::CannotSay => vec!["cannot-say".to_owned()],
        Outcome::Panics => vec!["panics".to_owned()],
        Outcome::Answered(answer) => {
            case.differences(answer).iter().map(|difference| word(case, difference)).collect()
        }
    }
}

/// What a difference is about; it reads `case: status 200 instead of 204`, or `case: vary: …`.
fn word(case: &PolicyCase, difference: &str) -> String {
    let what = difference.strip_prefix(&format!("{}: ", case.id)).unwrap_or(difference);
    let subject = what.split(':').next().unwrap_or(what);
    match subject {
        "inner service asked" => "forwarded".to_owned(),
        _ => subject.split(' ').next().unwrap_or(subject).to_owned(),
    }
}
