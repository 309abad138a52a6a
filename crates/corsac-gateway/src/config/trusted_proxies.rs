//! `trusted_proxies`: who is believed when it says for whom it asks.
//!
//! Knows addresses and networks; what such a proxy says is read in [`crate::forwarded::hops`].

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::code::Code;
use super::problem::Problem;
use super::reader::{Reader, Value};

/// The proxies in front that are believed. Nobody is, unless it is listed.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrustedProxies {
    networks: Arc<[IpNet]>,
    /// As they were written, for people.
    shown: Arc<[String]>,
}

impl TrustedProxies {
    pub(crate) fn read(reader: &mut Reader<'_>, value: &Value<'_>) -> Self {
        const EXAMPLE: &str = "trusted_proxies = [\"10.0.0.0/8\", \"127.0.0.1\"]";
        let (mut networks, mut shown) = (Vec::new(), Vec::new());
        for text in reader.texts(value, "`trusted_proxies`", EXAMPLE).read {
            shown.push(text.shown().to_owned());
            match parse(&text.value) {
                Ok(network) if network.prefix_len() == 0 => {
                    let help = "write the networks that your proxies are in";
                    let meaning = Code::TrustedProxyAnybody.meaning();
                    reader.advise(&text.span, Problem::new(Code::TrustedProxyAnybody, meaning, help));
                    networks.push(network);
                }
                Ok(network) => networks.push(network),
                Err(problem) => reader.fault_in(&text, problem),
            }
        }
        Self { networks: networks.into(), shown: shown.into() }
    }

    /// With the names of variables, and never their values.
    pub(crate) fn shown(&self) -> &[String] {
        &self.shown
    }

    /// Whether this address is believed.
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
impl<const COUNT: usize> From<[&str; COUNT]> for TrustedProxies {
    fn from(networks: [&str; COUNT]) -> Self {
        let networks = networks.iter().map(|network| parse(network).expect("a network")).collect();
        Self { networks, ..Self::default() }
    }
}

fn parse(written: &str) -> Result<IpNet, Problem> {
    let trimmed = written.trim();
    if let Ok(address) = trimmed.parse::<IpAddr>() {
        return Ok(IpNet::from(address.to_canonical()));
    }
    let Ok(network) = trimmed.parse::<IpNet>() else {
        let message = format!("`{written}` is neither an address nor a network.");
        let help = "write an address such as \"127.0.0.1\", or a network such as \"10.0.0.0/8\"; names are not looked up";
        return Err(Problem::new(Code::TrustedProxyInvalid, message, help));
    };
    if network != network.trunc() {
        let message = format!("`{written}` is an address in a network.");
        let help = format!(
            "write \"{}\" for all of the network, or \"{}\" for one",
            network.trunc(),
            network.addr()
        );
        return Err(Problem::new(Code::TrustedProxyInvalid, message, help));
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::TrustedProxies;

    #[test]
    fn networks_have_what_is_in_them() {
        let trusted =
            TrustedProxies::from(["10.0.0.0/8", "192.0.2.7", "::ffff:192.0.2.8", "fd00::/8", "::1"]);
        let has = |address: &str| trusted.has(address.parse().expect("an address"));
        for address in ["10.0.0.0", "10.255.255.255", "192.0.2.7", "192.0.2.8", "fd12::1", "::1"] {
            assert!(has(address), "{address}");
        }
        for address in ["11.0.0.0", "9.255.255.255", "192.0.2.9", "fe80::1", "::2", "127.0.0.1", "::"] {
            assert!(!has(address), "{address}");
        }
        assert!(!TrustedProxies::default().has([127, 0, 0, 1].into()));
    }
}
