//! A cause in the making: what a rule found, before the fix is worded.

use crate::cause::{Cause, Confidence};
use crate::diagnosis::{Evidence, Part};

/// A cause in the making.
pub(super) struct Finding {
    pub(super) cause: Option<Cause>,
    pub(super) confidence: Confidence,
    pub(super) story: String,
    pub(super) remedy: String,
    pub(super) evidence: Vec<Evidence>,
}

impl Finding {
    pub(super) fn observed(cause: Cause, story: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            cause: Some(cause),
            confidence: Confidence::Observed,
            story: story.into(),
            remedy: remedy.into(),
            evidence: Vec::new(),
        }
    }

    pub(super) fn inferred(cause: Cause, story: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { confidence: Confidence::Inferred, ..Self::observed(cause, story, remedy) }
    }

    /// No cause behind the failure: it is the page's own doing, or there is nothing to mend.
    pub(super) fn plain(remedy: impl Into<String>) -> Self {
        Self {
            cause: None,
            confidence: Confidence::Observed,
            story: String::new(),
            remedy: remedy.into(),
            evidence: Vec::new(),
        }
    }

    pub(super) fn shown_by(mut self, exchange: usize, part: Part, shows: impl Into<String>) -> Self {
        self.evidence.push(Evidence { exchange, part, shows: shows.into() });
        self
    }
}

/// The response header of that name, as the part that shows something.
pub(super) fn header(name: &str) -> Part {
    Part::Header(name.to_owned())
}
