//! What came of a call: what the script can read, or why it reads nothing.
//!
//! Plain data; the judging is done elsewhere.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-filtered-response>

use url::Url;

use crate::word::words;
use crate::{Failure, FailureId};
use corsac::is_forbidden_response_header;

words! {
    /// How a call's response is filtered before the script sees it: `#concept-request-response-tainting`.
    pub enum Tainting is a "response tainting" {
        /// Same origin all along: CORS never applied.
        Basic = "basic",
        /// Another origin was involved, and the CORS protocol decides.
        Cors = "cors",
        /// Another origin was involved, and the script may see nothing of it.
        Opaque = "opaque",
    }
}

words! {
    /// `response.type`: `#concept-response-type`.
    pub enum ResponseType is a "response type" {
        /// Everything but `Set-Cookie` is readable.
        Basic = "basic",
        /// What is safelisted or exposed is readable.
        Cors = "cors",
        /// Nothing is readable, not even the status.
        Opaque = "opaque",
        /// A redirect that was not followed; nothing is readable.
        OpaqueRedirect = "opaqueredirect",
    }
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Allowed or blocked.
    pub outcome: Outcome,
    /// The tainting when it ended.
    pub tainting: Tainting,
    /// The URL it ended at: the last one that was asked, or would have been.
    pub url: Url,
    /// The `Origin` of the last request; absent where none was sent.
    pub origin_sent: Option<String>,
    /// Whether a redirect was followed.
    pub redirected: bool,
    /// Headers the script set and the browser dropped without a word.
    pub dropped_headers: Vec<DroppedHeader>,
}

impl Verdict {
    /// Whether the CORS protocol had a say at all.
    #[must_use]
    pub fn is_cors(&self) -> bool {
        self.tainting == Tainting::Cors
    }

    /// Whether `fetch()` resolves.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self.outcome, Outcome::Allowed(_))
    }

    /// Why it failed, unless it did not.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match &self.outcome {
            Outcome::Allowed(_) => None,
            Outcome::Blocked(blocked) => Some(&blocked.failure),
        }
    }

    /// What the script reads, unless it failed.
    #[must_use]
    pub fn readable(&self) -> Option<&Readable> {
        match &self.outcome {
            Outcome::Allowed(readable) => Some(readable),
            Outcome::Blocked(_) => None,
        }
    }
}

/// Allowed or blocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// `fetch()` resolves with a response, and this is what the script can read of it.
    Allowed(Readable),
    /// `fetch()` rejects with a `TypeError` that says nothing.
    Blocked(Blocked),
}

/// What the script can read of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readable {
    /// `response.type`.
    pub response_type: ResponseType,
    /// `response.status`; absent where the script reads 0.
    pub status: Option<u16>,
    /// The names of the headers it can read: lower case, sorted, each once.
    pub headers: Vec<String>,
    /// The names of the headers that came and stay hidden: lower case, sorted, each once.
    pub hidden: Vec<String>,
    /// Whether it can read the body, if there is one.
    pub body: bool,
}

impl Readable {
    /// Why the script cannot read a header although the call succeeded; nothing where it can, or where the
    /// header did not come, or is `Set-Cookie`, which no script reads. No browser prints a word about this.
    ///
    /// An opaque response has this reason for every header, and for its status and body too.
    #[must_use]
    pub fn why_hidden(&self, header: &str) -> Option<FailureId> {
        let is_hidden = self.hidden.iter().any(|name| name.eq_ignore_ascii_case(header));
        match self.response_type {
            ResponseType::Opaque | ResponseType::OpaqueRedirect => Some(FailureId::OpaqueResponse),
            ResponseType::Cors | ResponseType::Basic => (is_hidden && !is_forbidden_response_header(header))
                .then_some(FailureId::ResponseHeaderNotExposed),
        }
    }
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// The step that failed.
    pub failure: Failure,
    /// The steps that would fail next, each once those before it are mended, with everything else in the same
    /// exchange as it was; in the standard's order.
    pub next: Vec<Failure>,
    /// Whether a server answered the actual request: its effects have happened, though the script sees a
    /// failure.
    ///
    /// After a broken connection nobody can know; that does not count.
    pub request_reached_server: bool,
}

/// A header the script set that never reaches the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DroppedHeader {
    /// Its name, as written.
    pub name: String,
    /// Why.
    pub reason: DropReason,
}

words! {
    /// Why a browser drops a header without a word: `#concept-headers-append`.
    pub enum DropReason is a "reason" {
        /// The browser alone writes it: `#forbidden-request-header`.
        Forbidden = "forbidden-request-header",
        /// `no-cors` requests carry safelisted headers only: `#no-cors-safelisted-request-header`.
        NoCors = "not-no-cors-safelisted",
    }
}
