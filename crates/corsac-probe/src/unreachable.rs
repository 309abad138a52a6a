//! Why there is no response: what failed, in words, and what a person can do.
//!
//! A ledger of kinds with stable identifiers. Knows nothing about sockets; whoever fails says how.

use std::fmt;

use corsac_browser::Answer;

/// There is no response.
///
/// [`Display`](fmt::Display) gives the message; the hint stands beside it for whoever has room.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreachable {
    /// What failed.
    pub kind: UnreachableKind,
    /// What failed, where, and how: one or two sentences.
    pub message: String,
    /// What to do: one or two sentences.
    pub hint: String,
    /// What exactly TLS objected to, where the kind is [`UnreachableKind::Tls`].
    pub tls: Option<TlsProblem>,
}

impl Unreachable {
    /// A failure of that kind, in these words.
    #[must_use]
    pub fn new(kind: UnreachableKind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: hint.into(), tls: None }
    }

    pub(crate) fn in_tls(problem: TlsProblem, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { tls: Some(problem), ..Self::new(UnreachableKind::Tls, message, hint) }
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Unreachable {}

impl From<Unreachable> for Answer {
    fn from(_: Unreachable) -> Self {
        Self::NetworkError
    }
}

/// The phase that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnreachableKind {
    /// The name does not resolve.
    Dns,
    /// Nobody listens there.
    ConnectRefused,
    /// No answer to the attempt to connect.
    ConnectTimeout,
    /// Connecting failed in another way, such as no route.
    Connect,
    /// TLS failed; [`Unreachable::tls`] says how.
    Tls,
    /// The connection was closed or reset before there was a response.
    Reset,
    /// Connected, but no whole response head came in time.
    Timeout,
    /// Something came that is not an HTTP response.
    Malformed,
    /// The response's head is larger than what is read.
    TooLarge,
    /// The request cannot be sent by this client.
    Unsupported,
}

impl UnreachableKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Dns,
        Self::ConnectRefused,
        Self::ConnectTimeout,
        Self::Connect,
        Self::Tls,
        Self::Reset,
        Self::Timeout,
        Self::Malformed,
        Self::TooLarge,
        Self::Unsupported,
    ];

    /// The stable identifier.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::ConnectRefused => "connect-refused",
            Self::ConnectTimeout => "connect-timeout",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Reset => "reset",
            Self::Timeout => "timeout",
            Self::Malformed => "malformed",
            Self::TooLarge => "too-large",
            Self::Unsupported => "unsupported",
        }
    }
}

impl fmt::Display for UnreachableKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}

/// What TLS objected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsProblem {
    /// The certificate is past its end.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// No trusted authority signed the certificate; self-signed ones are of this kind too.
    UnknownIssuer,
    /// The certificate is for other names.
    NameMismatch,
    /// The certificate is wrong in another way.
    BadCertificate,
    /// What answers does not speak TLS.
    NotTls,
    /// No TLS version or cipher in common.
    ProtocolVersion,
    /// The server wants a certificate from the client.
    ClientCertificate,
    /// This machine has no certificate store to check against.
    NoTrustStore,
    /// The handshake did not end in time.
    TimedOut,
    /// The handshake broke off in another way.
    Handshake,
}

impl TlsProblem {
    /// The stable identifier.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Expired => "certificate-expired",
            Self::NotYetValid => "certificate-not-yet-valid",
            Self::UnknownIssuer => "certificate-unknown-issuer",
            Self::NameMismatch => "certificate-name-mismatch",
            Self::BadCertificate => "certificate-bad",
            Self::NotTls => "not-tls",
            Self::ProtocolVersion => "protocol-version",
            Self::ClientCertificate => "client-certificate",
            Self::NoTrustStore => "no-trust-store",
            Self::TimedOut => "handshake-timeout",
            Self::Handshake => "handshake",
        }
    }
}

impl fmt::Display for TlsProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}
