//! What a person may choose about the sending: trust, names, and how long and how much to bear.
//!
//! Plain data with defaults; knows nothing about connections.

use std::fmt;
use std::time::Duration;

use crate::Resolve;

/// The choices a [`Client`](crate::Client) is made from.
///
/// ```
/// use corsac_probe::{Client, ClientOptions};
///
/// let resolve = vec!["api.example:443:127.0.0.1".parse()?];
/// let options = ClientOptions { resolve, ..ClientOptions::default() };
/// let client = Client::new(options)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientOptions {
    /// Accept any certificate, so that CORS can be judged on its own. A browser would not get this far.
    pub insecure: bool,
    /// Certificates, as PEM, that are trusted in addition to the platform's store.
    pub extra_roots: Option<Vec<u8>>,
    /// Names that are not looked up but taken from here; the first match counts.
    pub resolve: Vec<Resolve>,
    /// How long each phase may take.
    pub timeouts: Timeouts,
    /// The largest response head that is read, interim responses included.
    pub max_head_bytes: usize,
    /// The most field lines a response may have.
    pub max_headers: usize,
    /// How much of a body is kept as evidence; the rest is not read.
    pub max_body_bytes: usize,
}

/// How long each phase may take.
///
/// A phase ends at its own bound or at [`Timeouts::total`], whichever comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Name lookup, TCP and TLS handshake together.
    pub connect: Duration,
    /// From the connection being ready to the end of the response's head; sending the body is in it.
    pub head: Duration,
    /// From the head to the end of the body sample. The answer is judged by its head, so this is short:
    /// running out of it is a remark in the reply, not a failure.
    pub body: Duration,
    /// Everything, from the call to the reply.
    pub total: Duration,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            insecure: false,
            extra_roots: None,
            resolve: Vec::new(),
            timeouts: Timeouts::default(),
            max_head_bytes: 256 * 1024, // What Chromium reads before it gives up.
            max_headers: 4096,
            max_body_bytes: 64 * 1024,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            head: Duration::from_secs(30),
            body: Duration::from_secs(2),
            total: Duration::from_secs(60),
        }
    }
}

/// Why a client cannot be made from its options.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientError {
    /// [`ClientOptions::extra_roots`] is not PEM with at least one usable certificate; the text says what is
    /// wrong.
    ExtraRoots(String),
    /// The TLS library would not be set up; the text is its own.
    Tls(String),
}

impl ClientError {
    /// What the person could do.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::ExtraRoots(_) => {
                "give a PEM file with a `-----BEGIN CERTIFICATE-----` in it: the CA's certificate, not its key"
            }
            Self::Tls(_) => "this is a fault in Corsac: please report it",
        }
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ExtraRoots(problem) => {
                write!(formatter, "the extra CA certificates cannot be used: {problem}")
            }
            Self::Tls(problem) => write!(formatter, "TLS cannot be set up: {problem}"),
        }
    }
}

impl std::error::Error for ClientError {}
