//! Whether the call reached the server, and what that means: the commonest misunderstanding about CORS.
//!
//! A browser that blocks a call has often sent it. Says so; judges nothing.

use crate::exchange::{Case, Exchange, Seen};
use crate::stack::is_cdn;

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
        // Whoever could not connect has sent nothing; what breaks later may have arrived.
        const NOTHING_SENT: [&str; 6] =
            ["dns", "connect-refused", "connect-timeout", "connect", "tls", "unsupported"];
        let was_sent = |exchange: &Exchange| match &exchange.seen {
            Seen::Response { .. } => true,
            Seen::Nothing { kind, .. } => !NOTHING_SENT.contains(&kind.as_str()),
        };
        let (preflights, actual): (Vec<&Exchange>, Vec<&Exchange>) =
            case.exchanges.iter().partition(|exchange| exchange.is_preflight());
        if actual.iter().any(|exchange| exchange.response().is_some()) {
            Self::Yes
        } else if actual.into_iter().any(was_sent) {
            Self::Unknown
        } else if preflights.into_iter().any(was_sent) {
            Self::PreflightOnly
        } else {
            Self::No
        }
    }
}

/// What stood in the call's way, whatever the exchange shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// Nothing.
    Nowhere,
    /// The browser, before anything is sent.
    InTheBrowser,
    /// A shield that answered in the server's place.
    AtAShield,
}

/// What happened to the call, in one sentence without a full stop: whether it was sent, and may have had an effect.
#[must_use]
pub(crate) fn side_effects(case: &Case<'_>, reached: Reached, stopped: Stopped) -> String {
    let method = corsac::normalize_method(&case.call.method);
    let is_safe = matches!(method, "GET" | "HEAD" | "OPTIONS");
    let unseen = if case.verdict.is_allowed() && stopped == Stopped::Nowhere {
        ""
    } else {
        "; the page cannot see the answer"
    };
    if let (Reached::Yes, Some(status)) = (reached, status_of_a_gateway(case)) {
        let who =
            if status == 503 { "perhaps by a server in front" } else { "as a rule by a server in front" };
        let acted = if is_safe { "" } else { ", or may have acted on it all the same" };
        return format!(
            "the {method} was answered {status}, {who}: the application behind it may not have seen it{acted}{unseen}"
        );
    }
    match (reached, stopped) {
        (Reached::Yes, _) if is_safe => format!("the server got the {method} and answered it{unseen}"),
        (Reached::Yes, _) => format!("the server got the {method} and may have acted on it{unseen}"),
        (Reached::PreflightOnly, _) => {
            format!("the {method} itself was never sent; only the question whether it may be was")
        }
        (Reached::No, Stopped::InTheBrowser) => {
            format!("a browser sends nothing, so no server sees the {method}")
        }
        (Reached::No, Stopped::AtAShield) => {
            format!("the shield in front answered, so the server itself never saw the {method}")
        }
        (Reached::No, Stopped::Nowhere) => format!("no server saw the call: the {method} was never sent"),
        (Reached::Unknown, _) => format!(
            "the {method} was sent, and the connection broke before there was an answer; whether the server acted on \
             it cannot be known from here"
        ),
    }
}

/// The status of the only answer, where it is one that a server in front gives for an application that does not answer.
/// Whoever redirected the call before has had it.
fn status_of_a_gateway(case: &Case<'_>) -> Option<u16> {
    let mut actual = case.exchanges.iter().filter(|exchange| !exchange.is_preflight());
    let response = actual.next()?.response().filter(|_| actual.next().is_none())?;
    let is_cloudflare = is_cdn(&response.headers) == Some("Cloudflare");
    let is_one = match response.status {
        502..=504 => true,
        520..=527 | 530 => is_cloudflare,
        _ => false,
    };
    is_one.then_some(response.status)
}
