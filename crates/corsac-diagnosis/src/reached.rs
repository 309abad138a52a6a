//! Whether the call reached the server, and what that means: the commonest misunderstanding about CORS.
//!
//! A browser that blocks a call has often sent it. Says so; judges nothing.

use corsac_browser::Outcome;

use crate::exchange::{Case, Seen};

/// How far the call got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// The request itself reached a server, which may have acted on it.
    Yes,
    /// Nothing reached a server.
    No,
    /// The question for permission did, and the request itself was never sent.
    PreflightOnly,
    /// It was sent, and the connection broke before there was an answer.
    Unknown,
}

impl Reached {
    /// The stable identifier.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::PreflightOnly => "preflight-only",
            Self::Unknown => "unknown",
        }
    }

    /// How far the call of a case got.
    #[must_use]
    pub fn of(case: &Case<'_>) -> Self {
        let answered = |exchange: &&crate::Exchange| exchange.response().is_some();
        let is_actual = |exchange: &&crate::Exchange| !exchange.is_preflight();
        if case.exchanges.iter().filter(is_actual).any(|exchange| exchange.response().is_some()) {
            return Self::Yes;
        }
        // Whoever could not connect has sent nothing; what breaks later may have arrived.
        let may_have_arrived = |exchange: &&crate::Exchange| {
            matches!(&exchange.seen, Seen::Nothing { kind, .. }
                if !["dns", "connect-refused", "connect-timeout", "connect", "tls", "unsupported"].contains(&kind.as_str()))
        };
        if case.exchanges.iter().filter(is_actual).any(|exchange| may_have_arrived(&exchange)) {
            Self::Unknown
        } else if case
            .exchanges
            .iter()
            .filter(|exchange| exchange.is_preflight())
            .any(|exchange| answered(&exchange) || may_have_arrived(&exchange))
        {
            Self::PreflightOnly
        } else {
            Self::No
        }
    }
}

/// What happened to the call, in one sentence without a full stop: whether it was sent, and may have had an effect.
#[must_use]
pub(crate) fn side_effects(case: &Case<'_>) -> String {
    let method = corsac::normalize_method(&case.call.method);
    let is_safe = matches!(method, "GET" | "HEAD" | "OPTIONS");
    let is_blocked = matches!(case.verdict.outcome, Outcome::Blocked(_));
    match (Reached::of(case), is_blocked) {
        (Reached::Yes, true) if is_safe => {
            format!("the server got the {method} and answered it; the page cannot see the answer")
        }
        (Reached::Yes, true) => {
            format!("the server got the {method} and may have acted on it; the page cannot see the answer")
        }
        (Reached::Yes, false) if is_safe => format!("the server got the {method} and answered it"),
        (Reached::Yes, false) => format!("the server got the {method} and may have acted on it"),
        (Reached::PreflightOnly, _) => {
            format!("the {method} itself was never sent; only the question whether it may be was")
        }
        (Reached::No, _) => format!("the {method} was never sent, so no server saw it"),
        (Reached::Unknown, _) => format!(
            "the {method} was sent, and the connection broke before there was an answer; whether the server acted on \
             it cannot be known from here"
        ),
    }
}
