//! There was no response: CORS never had a say, though the console may speak of it.
//!
//! A server that is there all the same, and only breaks when it is asked OPTIONS, is told apart by asking otherwise.

use super::finding::Finding;
use super::inquest::Inquest;
use crate::cause::Cause;
use crate::diagnosis::Part;
use crate::exchange::{Exchange, Seen};
use crate::question::Question;

/// What follows from the last request having no response, if it has none.
pub(super) fn unanswered(inquest: &Inquest<'_>) -> Option<Finding> {
    let (at, exchange) = inquest.last()?;
    let Seen::Nothing { kind, message, hint } = &exchange.seen else { return None };
    breaks_on_options(inquest, at, exchange, kind).or_else(|| {
        Some(Finding::observed(Cause::Unreachable, message.clone(), hint.clone()).shown_by(
            at,
            Part::NoResponse,
            "no response, so CORS never had a say",
        ))
    })
}

/// A server that breaks the connection on OPTIONS, and is there all the same.
fn breaks_on_options(inquest: &Inquest<'_>, at: usize, exchange: &Exchange, kind: &str) -> Option<Finding> {
    if !exchange.is_preflight() || !matches!(kind, "reset" | "malformed") {
        return None;
    }
    let heard = inquest.response(&Question::PlainGet)?;
    let status = heard.response.status;
    Some(
        Finding::inferred(
            Cause::OptionsNotHandled,
            format!(
                "The server is there (a GET is answered {status}), but breaks the connection when it is asked OPTIONS: \
                 it does not know the method, or something in front of it drops the request."
            ),
            "Answer OPTIONS with 204 for this path; see whether a firewall or an old proxy in front lets the method \
             through.",
        )
        .shown_by(at, Part::NoResponse, "no response to OPTIONS")
        .learned_from(heard.index, format!("GET is answered {status}")),
    )
}
