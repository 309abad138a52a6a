//! What was decided, for whoever sees the response on its way out: logs, metrics, tests.
//!
//! Names only; the whole reason borrows the request, and is gone by then.

use corsac::{Class, Decision};

/// What the policy decided, in the extensions of every response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecisionReport {
    /// What kind of request it was.
    pub class: Class,
    /// The stable identifier of the [`Reason`](corsac::Reason).
    pub reason: &'static str,
    /// How many `Access-Control-*` field lines of the inner service were removed.
    pub stripped: usize,
}

impl DecisionReport {
    pub(crate) fn of(decision: &Decision<'_>) -> Self {
        Self { class: decision.class(), reason: decision.reason().as_str(), stripped: 0 }
    }
}
