//! A cause in the making: what a rule found, before the fix is worded.

use corsac_browser::FailureId;

use crate::cause::{Cause, Confidence};
use crate::diagnosis::{Evidence, Learned, Part, Role, Span};

/// A cause in the making.
pub(super) struct Finding {
    pub(super) cause: Option<Cause>,
    pub(super) confidence: Confidence,
    pub(super) story: String,
    pub(super) remedy: String,
    pub(super) evidence: Vec<Evidence>,
    pub(super) learned: Vec<Learned>,
    pub(super) stopped_before: Option<FailureId>,
}

impl Finding {
    pub(super) fn observed(cause: Cause, story: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            cause: Some(cause),
            confidence: Confidence::Observed,
            story: story.into(),
            remedy: remedy.into(),
            evidence: Vec::new(),
            learned: Vec::new(),
            stopped_before: None,
        }
    }

    pub(super) fn inferred(cause: Cause, story: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { confidence: Confidence::Inferred, ..Self::observed(cause, story, remedy) }
    }

    /// Observed where `certain`, else inferred.
    pub(super) fn graded(
        certain: bool,
        cause: Cause,
        story: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        if certain { Self::observed(cause, story, remedy) } else { Self::inferred(cause, story, remedy) }
    }

    /// No cause behind the failure: it is the page's own doing, or there is nothing to mend.
    pub(super) fn plain(remedy: impl Into<String>) -> Self {
        Self { cause: None, ..Self::observed(Cause::NotCors, "", remedy) }
    }

    /// What is wrong: all of that part.
    pub(super) fn shown_by(self, exchange: usize, part: Part, shows: impl Into<String>) -> Self {
        self.shown_in(exchange, part, Vec::new(), shows)
    }

    /// What is wrong: some bytes of that part.
    pub(super) fn shown_in(
        mut self,
        exchange: usize,
        part: Part,
        spans: Vec<Span>,
        shows: impl Into<String>,
    ) -> Self {
        self.evidence.push(Evidence { exchange, part, spans, role: Role::Wrong, shows: shows.into() });
        self
    }

    /// The request's header that what is wrong is held against, or some bytes of it.
    pub(super) fn beside(
        mut self,
        exchange: usize,
        name: &str,
        spans: Vec<Span>,
        shows: impl Into<String>,
    ) -> Self {
        let part = Part::RequestHeader(name.to_owned());
        self.evidence.push(Evidence { exchange, part, spans, role: Role::Beside, shows: shows.into() });
        self
    }

    /// What the answer to a question showed.
    pub(super) fn learned_from(mut self, answer: usize, shows: impl Into<String>) -> Self {
        self.learned.push(Learned { answer, shows: shows.into() });
        self
    }

    pub(super) fn stopped_before(mut self, failure: FailureId) -> Self {
        self.stopped_before = Some(failure);
        self
    }
}

/// The response header of that name, as the part that shows something.
pub(super) fn header(name: &str) -> Part {
    Part::Header(name.to_owned())
}
