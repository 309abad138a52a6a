//! The evidence: what was sent, what came back, and what the browser made of it.
//!
//! Plain data, wherever it comes from: the network, a recording, a paste.

use corsac_browser::{Call, Page, RequestKind, Verdict, WireRequest, WireResponse};

use crate::question::Question;
use crate::told::Told;

/// One request and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// What was sent.
    pub request: WireRequest,
    /// What came back.
    pub seen: Seen,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A response.
    Response {
        /// The head.
        response: WireResponse,
        /// The beginning of the body, for what its words give away.
        body: Vec<u8>,
        /// Lines of the head that are no headers, and that browsers pass over without a word.
        ignored_lines: Vec<Vec<u8>>,
    },
    /// None.
    Nothing {
        /// Which phase failed, as a stable identifier.
        kind: String,
        /// What failed, in words.
        message: String,
        /// What to do about it.
        hint: String,
    },
}

impl Exchange {
    /// The response, if there was one.
    #[must_use]
    pub fn response(&self) -> Option<&WireResponse> {
        match &self.seen {
            Seen::Response { response, .. } => Some(response),
            Seen::Nothing { .. } => None,
        }
    }

    /// A line that was meant to be one of the protocol's headers, but is none.
    pub(crate) fn broken_cors_line(&self) -> Option<String> {
        let Seen::Response { ignored_lines, .. } = &self.seen else { return None };
        ignored_lines
            .iter()
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .find(|line| line.trim().to_ascii_lowercase().starts_with("access-control-"))
    }

    /// Whether the response has a line that is no header. Browsers pass over it; many proxies take no such response.
    pub(crate) fn has_a_broken_line(&self) -> bool {
        matches!(&self.seen, Seen::Response { ignored_lines, .. } if !ignored_lines.is_empty())
    }

    pub(crate) fn body_text(&self) -> String {
        match &self.seen {
            Seen::Response { body, .. } => String::from_utf8_lossy(body).into_owned(),
            Seen::Nothing { .. } => String::new(),
        }
    }

    pub(crate) fn is_preflight(&self) -> bool {
        self.request.kind == RequestKind::Preflight
    }
}

/// A question, the request that asked it, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// What was asked.
    pub question: Question,
    /// As which request, and what came back.
    pub exchange: Exchange,
}

/// A whole call: who asked what, every exchange in order, and the verdict.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The page.
    pub page: &'a Page,
    /// What its script asked for.
    pub call: &'a Call,
    /// What crossed the network, in order.
    pub exchanges: &'a [Exchange],
    /// What the browser concluded.
    pub verdict: &'a Verdict,
    /// What was asked beside the call, and answered; see [`question`](crate::question).
    pub answers: &'a [Answered],
    /// What the person says that no exchange shows.
    pub told: &'a Told,
}

impl Case<'_> {
    /// The last exchange: where a failure was decided.
    pub(crate) fn last(&self) -> Option<(usize, &Exchange)> {
        self.exchanges.iter().enumerate().next_back()
    }

    /// Whether a preflight of this call was answered in full.
    pub(crate) fn passed_a_preflight(&self) -> bool {
        self.exchanges.iter().any(Exchange::is_preflight)
            && self.last().is_some_and(|(_, last)| !last.is_preflight())
    }
}
