//! Why a case cannot be put to a real browser here.
//!
//! A reason is counted and printed wherever a case is left out.

use std::fmt;

/// Why a case is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Skip {
    /// The body is a stream.
    Stream,
    /// An answer has an informational status.
    Informational,
    /// The page's scheme is not one that servers have.
    PageScheme,
    /// The page would come from a port that browsers do not ask.
    PagePort,
    /// A host below `localhost`.
    Host,
    /// IPv6 is not to be had.
    Version6,
    /// It would take too long.
    Clock,
    /// `XMLHttpRequest` cannot be told so.
    Xhr,
    /// Cookies come and go within the case.
    Cookies,
    /// Cookies are held for a host that is a number, and the case needs one with letters.
    Letters,
    /// A frame without an origin has cookies.
    ThirdParty,
    /// A person is asked for a password.
    Password,
    /// A field line of an answer would not be one.
    FieldLine,
    /// A script cannot write this call down.
    Call,
}

impl fmt::Display for Skip {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Stream => "a stream as a body needs HTTP/2, and the lab has HTTP/1.1",
            Self::Informational => "a status below 200 does not end an HTTP/1.1 exchange",
            Self::PageScheme => "no server can be the page's origin",
            Self::PagePort => "no browser opens a page from that port",
            Self::Host => "not every machine resolves names below localhost",
            Self::Version6 => "there is no IPv6 loopback on this machine",
            Self::Clock => "it would take more than ten seconds to wait for",
            Self::Xhr => "XMLHttpRequest has no such mode",
            Self::Cookies => "the cookies of a host would have to change within the case",
            Self::Letters => "cookies are on a numbered host here, and this case needs one with letters",
            Self::ThirdParty => {
                "what a frame without an origin is sent as cookies is each browser's policy, not CORS"
            }
            Self::Password => "with credentials, a browser asks a person for the password, and waits",
            Self::FieldLine => "a NUL or a line break inside a field line ends it",
            Self::Call => "a script cannot write this call down",
        })
    }
}
