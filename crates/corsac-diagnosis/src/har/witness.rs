//! How the browser itself wrote that a call ended: the second witness, beside the rules.

use corsac_browser::Browser;

use super::entry::Entry;

/// What the recording says of how a call ended, its headers aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Witness {
    /// It failed.
    Failed,
    /// It did not: this recorder writes failures down, and there is none.
    Passed,
    /// Nothing. Firefox writes a blocked answer as it writes any other.
    Silent,
}

impl Witness {
    pub(super) fn of(hops: &[&Entry], engine: Option<Browser>) -> Self {
        let Some(last) = hops.last() else { return Self::Silent };
        let tells = matches!(engine, Some(Browser::Chromium | Browser::Webkit));
        match (&last.error, &last.response) {
            (Some(_), _) => Self::Failed,
            (None, Some(_)) if tells => Self::Passed,
            _ => Self::Silent,
        }
    }
}
