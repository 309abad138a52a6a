//! Where a scripted server listens: which loopback host, which scheme, and which of several ports.
//!
//! Names places; opens none.

use std::fmt;
use std::net::Ipv4Addr;

/// A loopback host, as it stands in a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// `127.0.0.N`: each a host and a site of its own, with cookies of its own.
    Numbered(u8),
    /// `localhost`: the one loopback host with letters in it.
    Localhost,
    /// `[::1]`
    Version6,
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbered(number) => Ipv4Addr::new(127, 0, 0, *number).fmt(formatter),
            Self::Localhost => formatter.write_str("localhost"),
            Self::Version6 => formatter.write_str("[::1]"),
        }
    }
}

/// Whether a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`, with a certificate that nobody has reason to trust.
    Https,
}

impl Scheme {
    /// The scheme as it stands in a URL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// One server of the lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Its scheme.
    pub scheme: Scheme,
    /// Its host.
    pub host: Host,
    /// Which of the host's servers of that scheme it is.
    pub number: u8,
    /// Whether every answer ends its connection, so that no request comes on a used one: browsers send some
    /// requests again when a used connection answers 408, or breaks.
    pub closes: bool,
}
