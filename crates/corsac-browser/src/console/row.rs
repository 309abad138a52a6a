//! The rows of a console ledger, and the phrases that stand in many of them.

use super::Scene;
use crate::FailureId;

/// What is printed for some failures, in some case.
///
/// The first row that fits counts. `{name}` in a line is a phrase of the ledger, or a value of the
/// [`Scene`].
pub(super) struct Row {
    pub(super) ids: &'static [FailureId],
    pub(super) when: fn(&Scene<'_>) -> bool,
    pub(super) lines: &'static [&'static str],
}

/// A text under a name, in some case. The first that fits counts; where none does, it is empty.
pub(super) struct Phrase {
    pub(super) name: &'static str,
    pub(super) when: fn(&Scene<'_>) -> bool,
    pub(super) text: &'static str,
}

/// In any case.
pub(super) fn always(_: &Scene<'_>) -> bool {
    true
}
