//! What the person says that no exchange shows: where the page lives, and what it reads.
//!
//! Plain data; what it means for a call is weighed in [`diagnose`](crate::diagnose).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

/// What is known beside the exchange. By default: nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The network the page was loaded from.
    pub page_address_space: Option<AddressSpace>,
    /// The network the target is in, by the address that answered.
    pub target_address_space: Option<AddressSpace>,
    /// The response headers that the page's script reads.
    pub reads: Vec<String>,
    /// The page's own `Content-Security-Policy`; several are joined with commas.
    pub page_csp: Option<String>,
}

/// How private an address is: <https://wicg.github.io/local-network-access/#ip-address-space-heading>.
///
/// ```
/// use corsac_diagnosis::AddressSpace;
///
/// assert_eq!(AddressSpace::of("192.168.1.7".parse()?), AddressSpace::Local);
/// assert!(AddressSpace::Loopback > AddressSpace::Local);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressSpace {
    /// The internet.
    Public,
    /// A local network: private and link-local addresses.
    Local,
    /// The machine itself.
    Loopback,
}

impl AddressSpace {
    /// Every one, from the most public on.
    pub const ALL: [Self; 3] = [Self::Public, Self::Local, Self::Loopback];

    /// The stable identifier.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Local => "local",
            Self::Loopback => "loopback",
        }
    }

    /// The space an address is in.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(mapped) => Self::of_v4(mapped),
                None if address.is_loopback() => Self::Loopback,
                None if address.is_unique_local() || address.is_unicast_link_local() => Self::Local,
                None => Self::Public,
            },
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        // 100.64.0.0/10 is shared by the customers of one provider.
        let is_shared = matches!(address.octets(), [100, 64..=127, ..]);
        if address.is_loopback() || address.is_unspecified() {
            Self::Loopback
        } else if address.is_private() || address.is_link_local() || is_shared {
            Self::Local
        } else {
            Self::Public
        }
    }
}

impl fmt::Display for AddressSpace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for AddressSpace {
    type Err = UnknownAddressSpace;

    /// # Errors
    ///
    /// [`UnknownAddressSpace`] for any other text than the three names.
    fn from_str(text: &str) -> Result<Self, UnknownAddressSpace> {
        Self::ALL
            .into_iter()
            .find(|space| space.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownAddressSpace(text.to_owned()))
    }
}

/// A text that names no address space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownAddressSpace(String);

impl fmt::Display for UnknownAddressSpace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "`{}` is no address space; write public (the internet), local (a private network) or loopback \
             (this machine)",
            self.0
        )
    }
}

impl std::error::Error for UnknownAddressSpace {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_in_their_spaces() {
        for (address, space) in [
            ("127.0.0.1", AddressSpace::Loopback),
            ("::1", AddressSpace::Loopback),
            ("::ffff:127.0.0.1", AddressSpace::Loopback),
            ("10.1.2.3", AddressSpace::Local),
            ("172.31.0.1", AddressSpace::Local),
            ("172.32.0.1", AddressSpace::Public),
            ("192.168.0.1", AddressSpace::Local),
            ("169.254.0.1", AddressSpace::Local),
            ("100.64.0.1", AddressSpace::Local),
            ("100.128.0.1", AddressSpace::Public),
            ("fd00::1", AddressSpace::Local),
            ("fe80::1", AddressSpace::Local),
            ("2001:db8::1", AddressSpace::Public),
            ("203.0.113.7", AddressSpace::Public),
        ] {
            let address = address.parse().expect("an address");
            assert_eq!(AddressSpace::of(address), space, "{address}");
        }
    }

    #[test]
    fn names_read_back() {
        for space in AddressSpace::ALL {
            assert_eq!(space.to_string().parse(), Ok(space));
        }
        assert!(
            "private".parse::<AddressSpace>().unwrap_err().to_string().contains("local (a private network)")
        );
    }
}
