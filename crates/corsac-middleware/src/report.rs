//! What was decided, for whoever sees the response on its way out: logs, metrics, tests, people.
//!
//! Three forms of one thing: data in the response's extensions, an event, and a header for development.

use corsac::{Class, Decision, Reason, RequestFields};
use http::HeaderValue;

/// The header that tells what was decided, where [`Policies::debug_header`](crate::Policies::debug_header) asks for it.
pub const DEBUG_HEADER: &str = "corsac-decision";

/// How long its value may become: names come from the request.
const DEBUG_LENGTH: usize = 200;

/// How long a name of the request is kept.
const DETAIL_LENGTH: usize = 100;

/// What the policy decided, in the extensions of a response.
///
/// Every response has one whose request was refused; where
/// [`Policies::report_all`](crate::Policies::report_all) is set, simply every response.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecisionReport {
    /// What kind of request it was.
    pub class: Class,
    /// The stable identifier of the [`Reason`].
    pub reason: &'static str,
    /// The method or header that was not allowed, as far as it is printable.
    pub detail: Option<Box<str>>,
    /// How many `Access-Control-*` field lines of the inner service were removed.
    pub stripped: usize,
}

/// The method or header that was not allowed.
pub(crate) fn detail(reason: Reason<'_>) -> Option<Box<str>> {
    match reason {
        Reason::MethodNotAllowed(name) | Reason::HeaderNotAllowed(name) => {
            let begin = &name[..name.len().min(DETAIL_LENGTH)];
            Some(printable(&String::from_utf8_lossy(begin), DETAIL_LENGTH).into())
        }
        _ => None,
    }
}

/// One event for each request: `DEBUG` where something was refused, `TRACE` otherwise. Strangers can cause any number of
/// them, so none is louder.
#[inline]
pub(crate) fn trace<Fields: RequestFields>(decision: &Decision<'_, Fields>) {
    let (class, reason) = (decision.class().as_str(), decision.reason());
    if reason.is_allowed() {
        tracing::trace!(target: "corsac", class, reason = reason.as_str(), "{reason}");
    } else {
        // The origin is written out only where somebody listens.
        tracing::debug!(
            target: "corsac",
            class,
            reason = reason.as_str(),
            origin = decision.origin_for_display(),
            "{reason}"
        );
    }
}

/// The decision in a line that a header can carry.
pub(crate) fn debug_value<Fields: RequestFields>(decision: &Decision<'_, Fields>) -> Option<HeaderValue> {
    let (class, reason) = (decision.class().as_str(), decision.reason());
    let text = format!("{class}; {}; {reason}", reason.as_str());
    HeaderValue::from_str(&printable(&text, DEBUG_LENGTH)).ok()
}

/// The beginning of a text, with `?` for whatever is not printable ASCII.
fn printable(text: &str, length: usize) -> String {
    text.chars().take(length).map(|letter| if matches!(letter, ' '..='~') { letter } else { '?' }).collect()
}
