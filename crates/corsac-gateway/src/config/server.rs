//! One server of an upstream: its protocol and its name.
//!
//! Knows nothing of paths and connections.

use std::fmt;
use std::net::SocketAddr;

use http::HeaderValue;
use http::uri::{Authority, Scheme};
use url::{Host, Url};

/// What is spoken with a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// HTTP/1.1.
    Http,
    /// HTTP/2 or HTTP/1.1 over TLS, as the server chooses.
    Https,
    /// HTTP/2 without TLS, known beforehand: what gRPC servers speak inside of a network.
    H2c,
}

impl Protocol {
    /// The scheme of its URLs.
    pub(crate) fn scheme(self) -> Scheme {
        match self {
            Self::Http | Self::H2c => Scheme::HTTP,
            Self::Https => Scheme::HTTPS,
        }
    }

    fn written(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::H2c => "h2c",
        }
    }

    fn port(self) -> u16 {
        match self {
            Self::Http | Self::H2c => 80,
            Self::Https => 443,
        }
    }
}

/// A server that requests are sent to.
#[derive(Debug, Clone)]
pub struct Server {
    protocol: Protocol,
    authority: Authority,
    /// The same as the value of `Host`.
    host: HeaderValue,
    /// The URL as it was written, where the environment supplied a part of it: that part is not to be shown.
    pub(crate) as_written: Option<String>,
}

impl Server {
    /// `authority` has a port only where it is not the scheme's own. Nothing where HTTP cannot name it.
    pub(crate) fn new(protocol: Protocol, authority: &str) -> Option<Self> {
        let host = HeaderValue::from_str(authority).ok()?;
        Some(Self { protocol, authority: authority.parse().ok()?, host, as_written: None })
    }

    /// What is spoken with it.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The host, and the port where it is not the scheme's own.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The value of `Host` in requests to it.
    pub(crate) fn host_header(&self) -> &HeaderValue {
        &self.host
    }

    /// The host, without a port.
    pub(crate) fn host(&self) -> &str {
        self.authority.host()
    }

    /// The root of the origin that it is, or pages on it would be, on its own.
    pub(crate) fn origin_url(&self) -> Option<Url> {
        Url::parse(&format!("{}://{}/", self.protocol.scheme(), self.authority)).ok()
    }

    /// Whether requests to it would come back to a gateway that listens there.
    pub(crate) fn is_at(&self, listen: SocketAddr) -> bool {
        let port = self.authority.port_u16().unwrap_or(self.protocol.port());
        let local = match Host::parse(self.host()) {
            Ok(Host::Ipv4(address)) => address.is_loopback() || address == listen.ip(),
            Ok(Host::Ipv6(address)) => address.is_loopback() || address == listen.ip(),
            Ok(Host::Domain(domain)) => domain == "localhost",
            Err(_) => false,
        };
        let reaches = listen.ip().is_loopback() || listen.ip().is_unspecified();
        port == listen.port() && port != 0 && ((local && reaches) || self.host() == listen.ip().to_string())
    }
}

/// The URL of its root, without the slash; where a variable supplied a part of it, as it was written.
impl fmt::Display for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.as_written {
            Some(written) => formatter.write_str(written),
            None => write!(formatter, "{}://{}", self.protocol.written(), self.authority),
        }
    }
}
