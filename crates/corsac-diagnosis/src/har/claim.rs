//! Claims: each thing that is said of a recorded call, and how sure it is.

use std::fmt;

use crate::Confidence;

/// One thing that is said of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What it is about.
    pub about: About,
    /// What is said.
    pub says: String,
    /// How sure that is.
    pub grade: Confidence,
    /// What it rests on.
    pub because: String,
}

/// What a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum About {
    /// Whose script made the call.
    Page,
    /// Whether it comes under the CORS protocol.
    Mode,
    /// Whether it had credentials.
    Credentials,
    /// Whether the browser asked for permission first.
    Preflight,
    /// What the server answered.
    Response,
    /// How the call ended.
    Verdict,
    /// What the browser concluded, where it blocked the call.
    Failure,
    /// Why.
    Cause,
}

impl About {
    /// The stable identifier.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Mode => "mode",
            Self::Credentials => "credentials",
            Self::Preflight => "preflight",
            Self::Response => "response",
            Self::Verdict => "verdict",
            Self::Failure => "failure",
            Self::Cause => "cause",
        }
    }
}

impl fmt::Display for About {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// The less sure of two.
pub(super) fn weaker(one: Confidence, other: Confidence) -> Confidence {
    let doubt = |grade: Confidence| match grade {
        Confidence::Observed => 0,
        Confidence::Inferred => 1,
        Confidence::Unknown => 2,
    };
    if doubt(one) >= doubt(other) { one } else { other }
}
