//! What can be read from a measurement: the answer, and the case beside it.
//!
//! It knows headers and cases, and no peer.

use std::collections::BTreeSet;

use corsac_vectors::Answer;

use crate::{Measurement, Outcome};

impl Measurement<'_> {
    fn answer(&self) -> Option<&Answer> {
        match &self.outcome {
            Outcome::Answered(answer) => Some(answer),
            Outcome::CannotSay | Outcome::Panics => None,
        }
    }

    /// The status it answered; 0 where it did not.
    pub(crate) fn status(&self) -> u16 {
        self.answer().map_or(0, |answer| answer.status)
    }

    pub(crate) fn is_forwarded(&self) -> bool {
        self.answer().is_some_and(|answer| answer.forwarded)
    }

    pub(crate) fn sent(&self, name: &str) -> Vec<String> {
        self.answer().map_or_else(Vec::new, |answer| lines(&answer.headers, name))
    }

    pub(crate) fn wanted(&self, name: &str) -> Vec<String> {
        lines(&self.case.expect.headers, name)
    }

    pub(crate) fn inner(&self, name: &str) -> Vec<String> {
        lines(&self.case.inner.headers, name)
    }

    pub(crate) fn asked(&self, name: &str) -> Vec<String> {
        let headers = self.case.request.headers.iter();
        headers.filter(|(line, _)| line.eq_ignore_ascii_case(name)).map(|(_, value)| value.expand()).collect()
    }

    pub(crate) fn requested_method(&self) -> String {
        self.asked("access-control-request-method").into_iter().next().unwrap_or_default()
    }

    pub(crate) fn is_preflight(&self) -> bool {
        self.case.expect.class == "preflight"
    }

    /// Whether the right answer refuses the origin.
    pub(crate) fn is_refused_origin(&self) -> bool {
        ["origin-not-listed", "null-origin", "malformed-origin", "several-origins"]
            .contains(&self.case.expect.reason.as_str())
    }

    pub(crate) fn is_refused_though_allowed(&self) -> bool {
        self.is_preflight() && self.case.expect.reason == "allowed" && self.status() == 400
    }

    /// Whether the answer lets some origin in.
    pub(crate) fn is_granted(&self) -> bool {
        !self.sent("access-control-allow-origin").is_empty()
    }

    /// Whether a CORS header is the service's own.
    pub(crate) fn is_inners(&self, name: &str) -> bool {
        let inner = self.inner(name);
        name.starts_with("access-control-") && !inner.is_empty() && self.sent(name) == inner
    }
}

fn lines(headers: &[(String, String)], name: &str) -> Vec<String> {
    headers
        .iter()
        .filter(|(line, _)| line.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.clone())
        .collect()
}

/// The elements of a list header, each once, in small letters.
pub(crate) fn elements(lines: &[String]) -> BTreeSet<String> {
    let elements =
        lines.iter().flat_map(|line| line.split(',')).map(|element| element.trim().to_ascii_lowercase());
    elements.filter(|element| !element.is_empty()).collect()
}
