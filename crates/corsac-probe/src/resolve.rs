//! Names with addresses given by hand: `host:port:address[,address]…`, the form curl made known.
//!
//! Knows how such a line is read and written, and when it applies; looks nothing up.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use url::Host;

/// The addresses to use for one host and port instead of a lookup.
///
/// ```
/// use corsac_probe::Resolve;
///
/// let staging: Resolve = "api.example:443:203.0.113.7,[2001:db8::7]".parse()?;
/// assert_eq!(staging.addresses.len(), 2);
/// assert_eq!(staging.to_string(), "api.example:443:203.0.113.7,[2001:db8::7]");
/// # Ok::<(), corsac_probe::ResolveError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    /// The host as it stands in a URL: lower case, Punycode, IPv6 in brackets. `*` stands for every host.
    pub host: String,
    /// The port of the URL, written out or its scheme's default.
    pub port: u16,
    /// The addresses, in the order they are tried; never empty when parsed.
    pub addresses: Vec<IpAddr>,
}

impl Resolve {
    pub(crate) fn applies_to(&self, host: &str, port: u16) -> bool {
        self.port == port && (self.host == "*" || self.host == host)
    }
}

impl FromStr for Resolve {
    type Err = ResolveError;

    /// # Errors
    ///
    /// [`ResolveError`] says which part is wrong, and how to write it.
    fn from_str(text: &str) -> Result<Self, ResolveError> {
        let error = |problem| ResolveError { text: text.into(), problem };
        let (host, rest) = match text.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((inner, rest)) => (
                &text[..inner.len() + 2],
                rest.strip_prefix(':').ok_or_else(|| error(ResolveProblem::Incomplete))?,
            ),
            None => text.split_once(':').ok_or_else(|| error(ResolveProblem::Incomplete))?,
        };
        let (port, addresses) = rest.split_once(':').ok_or_else(|| error(ResolveProblem::Incomplete))?;

        let host = match host {
            "*" => host.into(),
            _ => Host::parse(host).map_err(|_| error(ResolveProblem::Host(host.into())))?.to_string(),
        };
        let port = port
            .parse()
            .ok()
            .filter(|number| *number != 0 && port.bytes().all(|byte| byte.is_ascii_digit()))
            .ok_or_else(|| error(ResolveProblem::Port(port.into())))?;
        let addresses = addresses
            .split(',')
            .map(|address| {
                parse_address(address).ok_or_else(|| error(ResolveProblem::Address(address.into())))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { host, port, addresses })
    }
}

fn parse_address(text: &str) -> Option<IpAddr> {
    match text.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => text.parse().ok(),
    }
}

impl fmt::Display for Resolve {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:", self.host, self.port)?;
        for (index, address) in self.addresses.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            match address {
                IpAddr::V4(address) => write!(formatter, "{comma}{address}")?,
                IpAddr::V6(address) => write!(formatter, "{comma}[{address}]")?,
            }
        }
        Ok(())
    }
}

/// Why a text does not say where a host is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveError {
    text: String,
    problem: ResolveProblem,
}

/// What is wrong with a text that should have said where a host is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResolveProblem {
    /// Not three parts with colons between them.
    Incomplete,
    /// The first part is not a host.
    Host(String),
    /// The second part is not a port.
    Port(String),
    /// One of the addresses is none.
    Address(String),
}

impl ResolveError {
    /// What is wrong, as data.
    #[must_use]
    pub fn problem(&self) -> &ResolveProblem {
        &self.problem
    }

    /// What the person could write instead.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self.problem {
            ResolveProblem::Incomplete => "write host:port:address, for example api.example:443:127.0.0.1",
            ResolveProblem::Host(_) => {
                "write the host as it stands in the URL, without scheme and path; IPv6 in brackets"
            }
            ResolveProblem::Port(_) => "write the port the URL uses, 1 to 65535: 443 for https, 80 for http",
            ResolveProblem::Address(_) => {
                "write IP addresses with commas between them, such as 127.0.0.1,[::1]"
            }
        }
    }
}

impl fmt::Display for ResolveError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        match &self.problem {
            ResolveProblem::Incomplete => write!(formatter, "`{text}` does not say host, port and address"),
            ResolveProblem::Host(host) => write!(formatter, "`{host}` in `{text}` is not a host"),
            ResolveProblem::Port(port) => write!(formatter, "`{port}` in `{text}` is not a port"),
            ResolveProblem::Address(address) => {
                write!(formatter, "`{address}` in `{text}` is not an IP address")
            }
        }
    }
}

impl std::error::Error for ResolveError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> ResolveProblem {
        text.parse::<Resolve>().unwrap_err().problem
    }

    #[test]
    fn a_host_with_one_address() {
        let resolve: Resolve = "API.Example:443:127.0.0.1".parse().unwrap();
        assert!(resolve.applies_to("api.example", 443));
        assert!(!resolve.applies_to("api.example", 80));
        assert!(!resolve.applies_to("www.api.example", 443));
        assert_eq!(resolve.addresses, ["127.0.0.1".parse::<IpAddr>().unwrap()]);
    }

    #[test]
    fn several_addresses_and_both_spellings_of_ipv6() {
        let resolve: Resolve = "api.example:8080:[::1],::2,127.0.0.1".parse().unwrap();
        assert_eq!(resolve.to_string(), "api.example:8080:[::1],[::2],127.0.0.1");
        assert_eq!(resolve.to_string().parse::<Resolve>().unwrap(), resolve);
    }

    #[test]
    fn a_host_that_is_an_address() {
        let resolve: Resolve = "[2001:DB8::7]:443:127.0.0.1".parse().unwrap();
        assert!(resolve.applies_to("[2001:db8::7]", 443));
    }

    #[test]
    fn every_host_and_international_names() {
        assert!("*:443:127.0.0.1".parse::<Resolve>().unwrap().applies_to("anything.example", 443));
        assert!(
            "bücher.example:443:127.0.0.1"
                .parse::<Resolve>()
                .unwrap()
                .applies_to("xn--bcher-kva.example", 443)
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        for text in ["", "api.example", "api.example:443", "[::1]", "[::1]443:1"] {
            assert_eq!(problem(text), ResolveProblem::Incomplete, "{text}");
        }
        assert_eq!(problem("a b:443:127.0.0.1"), ResolveProblem::Host("a b".into()));
        assert_eq!(problem(":443:127.0.0.1"), ResolveProblem::Host(String::new()));
        assert_eq!(problem("[nonsense]:443:127.0.0.1"), ResolveProblem::Host("[nonsense]".into()));
        for port in ["0", "65536", "+80", "-1", "", "https"] {
            assert_eq!(problem(&format!("api.example:{port}:127.0.0.1")), ResolveProblem::Port(port.into()));
        }
        for address in ["", "localhost", "[127.0.0.1]", "[::1", "::1]", "1.2.3"] {
            assert_eq!(
                problem(&format!("api.example:443:{address}")),
                ResolveProblem::Address(address.into())
            );
        }
        assert_eq!(problem("api.example:443:127.0.0.1,"), ResolveProblem::Address(String::new()));
    }

    #[test]
    fn the_error_can_be_read_aloud() {
        let error = "api.example:https:127.0.0.1".parse::<Resolve>().unwrap_err();
        assert_eq!(error.to_string(), "`https` in `api.example:https:127.0.0.1` is not a port");
        assert!(error.remedy().contains("443 for https"));
    }
}
