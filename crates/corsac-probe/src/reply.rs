//! What came back: the response, and the evidence around it.
//!
//! Plain data; knows nothing about how it was fetched, and draws no conclusion.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use corsac_browser::{Answer, WireResponse};

/// A response and how it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The final response; interim ones (1xx) are skipped.
    ///
    /// Over HTTP/1 the field lines keep their order and the case of their names. Over HTTP/2 names are lower
    /// case, and lines of one name stand together where the first of them stood.
    pub response: WireResponse,
    /// Lines of the head that are not headers (no colon, or a name that cannot be one). Browsers pass over
    /// them without a word, so they are not in the response; a person who wrote one wants to know.
    pub ignored_lines: Vec<Vec<u8>>,
    /// The protocol the server spoke.
    pub version: HttpVersion,
    /// The address that answered.
    pub remote: SocketAddr,
    /// Whether the connection had carried a request before this one.
    pub reused: bool,
    /// How the body began.
    pub body: BodySample,
    /// How long each phase took.
    pub timing: Timing,
    /// What TLS agreed on; absent over plain HTTP.
    pub tls: Option<TlsInfo>,
}

impl Reply {
    /// The response as the browser's side takes it.
    #[must_use]
    pub fn answer(&self) -> Answer {
        Answer::Response(self.response.clone())
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Response(reply.response)
    }
}

/// The version of HTTP a response came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HttpVersion {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
    /// HTTP/2.
    Http2,
}

impl fmt::Display for HttpVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        })
    }
}

/// The beginning of a body, as it was sent: chunks are joined, compression is left as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BodySample {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether this is the whole body.
    pub complete: bool,
    /// Why it is not.
    pub problem: Option<BodyProblem>,
}

/// Why a body sample is not the whole body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyProblem {
    /// There is more than is kept as evidence.
    OverLimit,
    /// The connection ended before the body did.
    Truncated,
    /// It did not end within its time.
    TimedOut,
    /// Its chunks are not what HTTP calls chunks.
    Malformed,
}

impl BodyProblem {
    /// The stable identifier.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::OverLimit => "over-limit",
            Self::Truncated => "truncated",
            Self::TimedOut => "timed-out",
            Self::Malformed => "malformed",
        }
    }
}

impl fmt::Display for BodyProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::OverLimit => "only the beginning of the body was read",
            Self::Truncated => "the connection ended before the body did",
            Self::TimedOut => "the body did not end in time, so only its beginning was read",
            Self::Malformed => "the body is not chunked the way HTTP says",
        })
    }
}

/// How long each phase took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timing {
    /// Looking the name up; absent where a connection was reused.
    pub resolve: Option<Duration>,
    /// Until TCP was connected, all attempted addresses included; absent where a connection was reused.
    pub connect: Option<Duration>,
    /// The TLS handshake; absent over plain HTTP and where a connection was reused.
    pub tls: Option<Duration>,
    /// From the call to the end of the response's head.
    pub first_byte: Duration,
    /// From the call to the end of the body sample.
    pub total: Duration,
}

/// What TLS agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsInfo {
    /// `TLS 1.2` or `TLS 1.3`.
    pub version: &'static str,
    /// The protocol chosen by ALPN, such as `h2`; absent where the server chose none.
    pub alpn: Option<String>,
}
