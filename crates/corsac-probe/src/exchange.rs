//! One request and its response on a connection that is ready, whichever version of HTTP it speaks.
//!
//! Names the parts that both versions share: what bounds them, what they give, and how they fail in words.

use std::error::Error;
use std::io;

use corsac_browser::WireResponse;
use tokio::time::Instant;

use crate::target::{Deadline, Target, size_in_words};
use crate::tls_fault;
use crate::{BodySample, HttpVersion, Timeouts, Unreachable, UnreachableKind};

/// What bounds an exchange.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) max_head_bytes: usize,
    pub(crate) max_headers: usize,
    pub(crate) max_body_bytes: usize,
    pub(crate) timeouts: Timeouts,
    /// The end of the whole call.
    pub(crate) total: Deadline,
}

impl Limits {
    pub(crate) fn head_deadline(&self) -> Deadline {
        Deadline::after(self.timeouts.head).or_sooner(self.total)
    }

    pub(crate) fn body_deadline(&self) -> Deadline {
        Deadline::after(self.timeouts.body).or_sooner(self.total)
    }
}

/// What an exchange gives.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) version: HttpVersion,
    pub(crate) response: WireResponse,
    pub(crate) ignored_lines: Vec<Vec<u8>>,
    pub(crate) head_at: Instant,
    pub(crate) body: BodySample,
    /// Whether the connection can carry another request.
    pub(crate) reusable: bool,
}

/// How an exchange fails, and whether another way is worth trying.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) unreachable: Unreachable,
    pub(crate) retry: Retry,
}

/// What browsers do about a failed exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retry {
    No,
    /// The connection ended before it answered. If it was an old one, a fresh one may do.
    OnFreshConnection,
    /// The server asks for HTTP/1.1: <https://httpwg.org/specs/rfc9113.html#HTTP_1_1_REQUIRED>.
    OverHttp1,
}

impl From<Unreachable> for Failure {
    fn from(unreachable: Unreachable) -> Self {
        Self { unreachable, retry: Retry::No }
    }
}

/// The connection ended: `error` is absent where it was closed in an orderly way.
pub(crate) fn ended(target: &Target, error: Option<&io::Error>, received: usize) -> Failure {
    if let Some(error) = error.and_then(tls_fault::tls_error) {
        return tls_fault::explain(target, error).into();
    }
    let how = match error.map(io::Error::kind) {
        None | Some(io::ErrorKind::UnexpectedEof) => "closed the connection".into(),
        Some(
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted,
        ) => "reset the connection".into(),
        Some(_) => format!("lost the connection ({})", error.map(ToString::to_string).unwrap_or_default()),
    };
    let when = match received {
        0 => "without sending a response".to_owned(),
        some => format!("after {}, before the response's head was complete", size_in_words(some)),
    };
    let mut hint =
        "Look into the server's log: it may have crashed, or something in front of it refuses the request."
            .to_owned();
    if !target.secure && received == 0 {
        hint.push_str(&format!(" If it expects TLS on this port, try {}.", target.under_other_scheme()));
    }
    Failure {
        unreachable: Unreachable::new(UnreachableKind::Reset, format!("{target} {how} {when}."), hint),
        retry: if received == 0 { Retry::OnFreshConnection } else { Retry::No },
    }
}

pub(crate) fn timed_out(target: &Target, deadline: Deadline, received: usize) -> Unreachable {
    let message = match received {
        0 => format!("{target} accepted the connection, but sent no response within {deadline}."),
        some => format!(
            "{target} began to respond, but the head was not complete within {deadline} ({} came).",
            size_in_words(some)
        ),
    };
    let mut hint = "Look into what the server does with this request, or allow more time.".to_owned();
    if !target.secure && received == 0 {
        hint.push_str(&format!(" If it expects TLS on this port, try {}.", target.under_other_scheme()));
    }
    Unreachable::new(UnreachableKind::Timeout, message, hint)
}

pub(crate) fn malformed(target: &Target, what: &str) -> Unreachable {
    Unreachable::new(
        UnreachableKind::Malformed,
        format!("What {target} sent is not a response a browser accepts: {what}."),
        "Check that an HTTP server listens on this port, and look at its raw bytes with curl -v or nc.",
    )
}

pub(crate) fn too_large(target: &Target, max_head_bytes: usize) -> Unreachable {
    Unreachable::new(
        UnreachableKind::TooLarge,
        format!("The head of the response from {target} is larger than {}.", size_in_words(max_head_bytes)),
        "Chromium gives up at 256 KiB: look for a header that grows, a cookie most likely.",
    )
}

pub(crate) fn too_many_headers(target: &Target, max_headers: usize) -> Unreachable {
    Unreachable::new(
        UnreachableKind::TooLarge,
        format!("The response from {target} has more than {max_headers} header lines."),
        "Look for whatever adds the same header again and again.",
    )
}

/// The innermost error that is an `E`.
pub(crate) fn find_cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    let mut found = None;
    while let Some(error) = next {
        found = error.downcast_ref().or(found);
        next = error.source();
    }
    found
}
