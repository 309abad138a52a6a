//! What is to be done with one request, and what belongs on its response.
//!
//! Owns all it needs, so that request and policy may go.

use corsac::{Action, Class, CorsHeaders, Decision, Reason, RequestFields, ResponseFields};
use http::HeaderValue;
use http::header::HeaderName;

use crate::policies::Telling;
use crate::report::{self, DEBUG_HEADER, DecisionReport};

/// A decision that outlives its request.
#[derive(Debug, Clone)]
#[must_use = "the response needs its headers"]
pub struct Outcome {
    headers: CorsHeaders,
    action: Action,
    /// What kind of request it was and why it was decided so, where that is reported.
    told: Option<(Class, &'static str)>,
    /// What few responses have, apart, so that what all have stays small.
    seldom: Option<Box<Seldom>>,
}

#[derive(Debug, Clone, Default)]
struct Seldom {
    detail: Option<Box<str>>,
    debug: Option<HeaderValue>,
}

impl Outcome {
    #[inline]
    pub(crate) fn of<Fields: RequestFields>(decision: &Decision<'_, Fields>, telling: Telling) -> Self {
        let reason = decision.reason();
        let Telling { debug_header: debug, report_all } = telling;
        let names_something = matches!(reason, Reason::MethodNotAllowed(_) | Reason::HeaderNotAllowed(_));
        let seldom = (debug || names_something).then(|| {
            let debug = if debug { report::debug_value(decision) } else { None };
            Box::new(Seldom { detail: report::detail(reason), debug })
        });
        Self {
            headers: decision.headers(),
            action: decision.action(),
            told: (report_all || !reason.is_allowed()).then(|| (decision.class(), reason.as_str())),
            seldom,
        }
    }

    /// Whether to pass the request on, or to answer it with a status and no body.
    #[must_use]
    #[inline]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Finishes a response, whoever made it: strip, then set. Gives the report that belongs in its extensions, where one
    /// does.
    #[inline]
    pub fn finish(mut self, response: &mut impl ResponseFields) -> Option<DecisionReport> {
        self.finish_in_place(response)
    }

    /// As [`Outcome::finish`], for futures that would have to move it first. It finishes one response: nothing is left of
    /// it for another.
    #[inline]
    pub fn finish_in_place(&mut self, response: &mut impl ResponseFields) -> Option<DecisionReport> {
        let stripped = self.headers.apply(response);
        if self.told.is_none() && self.seldom.is_none() {
            return None;
        }
        let Seldom { detail, debug } = self.seldom.take().map(|seldom| *seldom).unwrap_or_default();
        if let Some(value) = debug {
            response.set(HeaderName::from_static(DEBUG_HEADER), value);
        }
        let (class, reason) = self.told?;
        Some(DecisionReport { class, reason, detail, stripped })
    }
}
