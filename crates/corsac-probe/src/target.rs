//! Where a request goes: scheme, host and port, and how they are spoken of; and until when it may take.
//!
//! Does not look names up and does not connect.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;
use url::{Host, Url};

use crate::{Unreachable, UnreachableKind};

/// One place to connect to. Connections are shared by requests with the same target.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    pub(crate) secure: bool,
    pub(crate) host: Host<String>,
    pub(crate) port: u16,
}

impl Target {
    pub(crate) fn of(url: &Url) -> Result<Self, Unreachable> {
        let unsupported = |message: String| {
            let hint = "Use a URL that starts with http:// or https:// and has a host.";
            Unreachable::new(UnreachableKind::Unsupported, message, hint)
        };
        let secure = match url.scheme() {
            "http" => false,
            "https" => true,
            other => {
                return Err(unsupported(format!(
                    "`{url}` is a {other}: URL, which is not fetched over HTTP."
                )));
            }
        };
        let host = url.host().ok_or_else(|| unsupported(format!("`{url}` names no host.")))?.to_owned();
        let port = url.port_or_known_default().unwrap_or(if secure { 443 } else { 80 });
        Ok(Self { secure, host, port })
    }

    /// Whether the host is this very machine, as browsers see it without asking DNS:
    /// <https://w3c.github.io/webappsec-secure-contexts/#localhost>.
    pub(crate) fn is_localhost_name(&self) -> bool {
        match &self.host {
            Host::Domain(name) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                name == "localhost" || name.ends_with(".localhost")
            }
            Host::Ipv4(_) | Host::Ipv6(_) => false,
        }
    }

    pub(crate) fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Domain(_) => self.is_localhost_name(),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        }
    }

    /// The same place under the other scheme, for hints. A default port is left to its own scheme.
    pub(crate) fn under_other_scheme(&self) -> String {
        let (scheme, default) = if self.secure { ("http", 443) } else { ("https", 80) };
        match self.port {
            port if port == default => format!("{scheme}://{}", self.host),
            port => format!("{scheme}://{}:{port}", self.host),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} port {}", self.host, self.port)
    }
}

/// When a phase has to end, and the bound a person set for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    bound: Duration,
}

impl Deadline {
    /// A bound from now on; one beyond what the clock can hold means a very long time.
    pub(crate) fn after(bound: Duration) -> Self {
        let now = Instant::now();
        let year = Duration::from_secs(365 * 24 * 60 * 60);
        Self { at: now.checked_add(bound.min(year)).unwrap_or(now), bound }
    }

    pub(crate) fn or_sooner(self, other: Self) -> Self {
        if other.at < self.at { other } else { self }
    }
}

impl fmt::Display for Deadline {
    /// The bound in words: `10 s`, `250 ms`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bound.as_millis() {
            millis if millis % 1000 == 0 => write!(formatter, "{} s", millis / 1000),
            millis if millis < 10_000 => write!(formatter, "{millis} ms"),
            millis => write!(formatter, "{} s", millis / 1000),
        }
    }
}

/// Bytes in words: `256 KiB`, `300 bytes`, `1 byte`.
pub(crate) fn size_in_words(bytes: usize) -> String {
    match bytes {
        1 => "1 byte".into(),
        _ if bytes >= 1024 && bytes.is_multiple_of(1024) => format!("{} KiB", bytes / 1024),
        _ => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Result<Target, Unreachable> {
        Target::of(&url.parse().unwrap())
    }

    #[test]
    fn default_ports_and_the_other_scheme() {
        assert_eq!(target("https://api.example/").unwrap().to_string(), "api.example port 443");
        assert_eq!(target("https://api.example/").unwrap().under_other_scheme(), "http://api.example");
        assert_eq!(target("http://[::1]:8443/").unwrap().under_other_scheme(), "https://[::1]:8443");
    }

    #[test]
    fn only_http_is_fetched() {
        for url in ["ftp://api.example/", "data:text/plain,hi", "file:///etc/hosts", "tauri://localhost"] {
            assert_eq!(target(url).unwrap_err().kind, UnreachableKind::Unsupported, "{url}");
        }
    }

    #[test]
    fn localhost_is_a_name_and_what_stands_below_it() {
        for (url, expected) in [
            ("http://localhost/", true),
            ("http://app.localhost./", true),
            ("http://notlocalhost/", false),
            ("http://127.0.0.1/", false),
        ] {
            assert_eq!(target(url).unwrap().is_localhost_name(), expected, "{url}");
        }
    }

    #[test]
    fn endless_bounds_do_not_overflow() {
        let deadline = Deadline::after(Duration::MAX);
        assert!(deadline.at > Instant::now());
        assert_eq!(Deadline::after(Duration::from_millis(1500)).to_string(), "1500 ms");
        assert_eq!(Deadline::after(Duration::from_secs(10)).to_string(), "10 s");
    }
}
