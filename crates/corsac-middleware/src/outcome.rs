//! What is to be done with one request, and what belongs on its response.
//!
//! Owns all it needs, so that the request may go.

use std::fmt;
use std::sync::Arc;

use arc_swap::Guard;
use corsac::{Action, Class, Decision, Grant, Policy, Reason, RequestFields, ResponseFields};
use http::HeaderValue;
use http::header::HeaderName;

use crate::policies::Telling;
use crate::report::{self, DEBUG_HEADER, DecisionReport};

/// A decision that outlives its request.
#[must_use = "the response needs its headers"]
pub struct Outcome {
    /// The policy that decided, as it was then.
    policy: Guard<Arc<Policy>>,
    told: Told,
}

/// All of it but the policy.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    grant: Grant,
    action: Action,
    class: Class,
    reason: &'static str,
    reported: bool,
    /// What few responses have, apart, so that what all have stays small.
    seldom: Option<Box<Seldom>>,
}

#[derive(Debug, Clone, Default)]
struct Seldom {
    detail: Option<Box<str>>,
    debug: Option<HeaderValue>,
}

impl Told {
    #[inline]
    pub(crate) fn of<Fields: RequestFields>(decision: &Decision<'_, Fields>, telling: Telling) -> Self {
        let reason = decision.reason();
        let Telling { debug_header: debug, report_all } = telling;
        let action = decision.action();
        let names_something = matches!(reason, Reason::MethodNotAllowed(_) | Reason::HeaderNotAllowed(_));
        let seldom = (debug || names_something).then(|| {
            let debug = if debug { report::debug_value(decision) } else { None };
            Box::new(Seldom { detail: report::detail(reason), debug })
        });
        Self {
            grant: decision.grant(),
            action,
            class: decision.class(),
            reason: reason.as_str(),
            reported: report_all || !reason.is_allowed(),
            seldom,
        }
    }
}

impl Outcome {
    #[inline]
    pub(crate) fn new(policy: Guard<Arc<Policy>>, told: Told) -> Self {
        Self { policy, told }
    }

    /// Whether to pass the request on, or to answer it with a status and no body.
    #[must_use]
    #[inline]
    pub fn action(&self) -> Action {
        self.told.action
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
        let told = &mut self.told;
        let stripped = told.grant.apply(&self.policy, response);
        if !told.reported && told.seldom.is_none() {
            return None;
        }
        let Seldom { detail, debug } = told.seldom.take().map(|seldom| *seldom).unwrap_or_default();
        if let Some(value) = debug {
            response.set(HeaderName::from_static(DEBUG_HEADER), value);
        }
        let Told { class, reason, .. } = *told;
        told.reported.then_some(DecisionReport { class, reason, detail, stripped })
    }
}

impl Clone for Outcome {
    fn clone(&self) -> Self {
        Self { policy: Guard::from_inner(Arc::clone(&self.policy)), told: self.told.clone() }
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.told.fmt(formatter)
    }
}
