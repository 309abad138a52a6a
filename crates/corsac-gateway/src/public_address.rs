//! Which addresses are public: those that anybody on the Internet means by them.
//!
//! What a name of a third party leads to is checked against it, so that whoever owns the name cannot have the gateway
//! ask services of its own network. Knows nothing of names and connections.
//!
//! Source: <https://www.iana.org/assignments/iana-ipv4-special-registry>,
//! <https://www.iana.org/assignments/iana-ipv6-special-registry>

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Host;

/// The IPv4 networks that are not public, as address and length of the prefix.
const SPECIAL_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local: where clouds answer questions about a machine, credentials among the answers.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    // Where one cloud answers them, though the address is in no registry.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // Multicast, reserved and broadcast.
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];

/// Whether an address is one that everybody on the Internet can mean.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Whether a host is written as an address that is not public, or as a name of this machine.
pub(crate) fn names_private_address(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Ipv4(address)) => !is_public_v4(address),
        Ok(Host::Ipv6(address)) => !is_public_v6(address),
        Ok(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Err(_) => false,
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let within = |&(network, length): &(Ipv4Addr, u32)| {
        (address.to_bits() ^ network.to_bits()).leading_zeros() >= length
    };
    !SPECIAL_V4.iter().any(within)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let inner = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // Those that hold an IPv4 address lead there: mapped, translated (NAT64), 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
        [0x2002, high, low, ..] => inner(high, low),
        // Teredo, benchmarks, ORCHID, and the rest of what is set aside for protocols; documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        // Unicast is handed out from 2000::/3 alone: not loopback, unique local, link-local, site-local and multicast.
        [first, ..] => first & 0xe000 == 0x2000 && !(0x3fff..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_public, names_private_address};

    #[test]
    fn only_what_everybody_can_mean_is_public() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "223.255.255.255",
            "2606:4700::1",
            "2a00::1",
            "2001:200::1",
            "64:ff9b::101:101",
            "::ffff:1.1.1.1",
            "2002:101:101::",
        ] {
            assert!(is_public(address.parse().expect("an address")), "{address}");
        }
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "168.63.129.16",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "5f00::1",
        ] {
            assert!(!is_public(address.parse().expect("an address")), "{address}");
        }
    }

    #[test]
    fn hosts_are_judged_as_they_are_written() {
        for host in ["127.0.0.1", "[::1]", "localhost", "localhost.", "api.localhost", "0x7f.1", "10.0.0.7"] {
            assert!(names_private_address(host), "{host}");
        }
        for host in ["weather.example", "1.1.1.1", "[2606:4700::1]", "localhost.example"] {
            assert!(!names_private_address(host), "{host}");
        }
    }
}
