//! What is to be done with one request, and what belongs on its response.
//!
//! Owns all it needs, so that the request may go.

use corsac::{Action, CorsHeaders, Decision, RequestFields, ResponseFields};
use http::HeaderValue;
use http::header::HeaderName;

use crate::report::{self, DEBUG_HEADER, DecisionReport};

/// A decision that outlives its request.
#[derive(Debug, Clone)]
#[must_use = "the response needs its headers"]
pub struct Outcome {
    action: Action,
    headers: CorsHeaders,
    report: DecisionReport,
    debug: Option<HeaderValue>,
}

impl Outcome {
    #[inline]
    pub(crate) fn of<Fields: RequestFields>(decision: &Decision<'_, Fields>, debug: bool) -> Self {
        Self {
            action: decision.action(),
            headers: decision.headers(),
            report: DecisionReport::of(decision),
            debug: if debug { report::debug_value(decision) } else { None },
        }
    }

    /// Whether to pass the request on, or to answer it with a status and no body.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// What was decided.
    #[must_use]
    pub fn report(&self) -> &DecisionReport {
        &self.report
    }

    /// Finishes a response, whoever made it: strip, then set. Gives the report for its extensions.
    #[inline]
    pub fn finish(self, response: &mut impl ResponseFields) -> DecisionReport {
        let stripped = self.headers.apply(response);
        if let Some(value) = self.debug {
            response.set(HeaderName::from_static(DEBUG_HEADER), value);
        }
        DecisionReport { stripped, ..self.report }
    }
}
