//! Names to addresses, in the order they are tried.
//!
//! Addresses given by hand come first, then what needs no lookup (addresses, `localhost`), then the system's
//! resolver. Does not connect.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::{io, thread};

use tokio::sync::oneshot;
use tokio::time::timeout_at;
use url::Host;

use crate::target::{Deadline, Target};
use crate::{Resolve, Unreachable, UnreachableKind};

/// More addresses than this are not tried; names with more have them for load, not for reach.
const MAX_ADDRESSES: usize = 16;

/// The addresses of a target, at least one.
pub(crate) async fn addresses(
    target: &Target,
    resolve: &[Resolve],
    deadline: Deadline,
) -> Result<Vec<SocketAddr>, Unreachable> {
    let at_port = |ip| SocketAddr::new(ip, target.port);
    let host = target.host.to_string();
    if let Some(given) = resolve.iter().find(|line| line.applies_to(&host, target.port)) {
        if given.addresses.is_empty() {
            return Err(no_addresses(target, "the line given for it lists none"));
        }
        return Ok(given.addresses.iter().copied().map(at_port).take(MAX_ADDRESSES).collect());
    }
    match &target.host {
        Host::Ipv4(ip) => Ok(vec![at_port(IpAddr::V4(*ip))]),
        Host::Ipv6(ip) => Ok(vec![at_port(IpAddr::V6(*ip))]),
        Host::Domain(_) if target.is_localhost_name() => {
            Ok(vec![at_port(Ipv6Addr::LOCALHOST.into()), at_port(Ipv4Addr::LOCALHOST.into())])
        }
        Host::Domain(name) => {
            let found = match timeout_at(deadline.at, system_lookup(name.clone(), target.port)).await {
                Ok(Ok(found)) => found,
                Ok(Err(error)) => return Err(no_addresses(target, &error.to_string())),
                Err(_) => return Err(no_addresses(target, &format!("no answer from DNS within {deadline}"))),
            };
            match alternate_families(found) {
                found if found.is_empty() => Err(no_addresses(target, "it has no addresses")),
                found => Ok(found),
            }
        }
    }
}

/// Asks the system's resolver on a thread of its own.
///
/// The resolver cannot be interrupted. On one of the runtime's blocking threads it would hold the program
/// open until it gives up by itself, long after the deadline.
async fn system_lookup(name: String, port: u16) -> io::Result<Vec<SocketAddr>> {
    let (answer, answered) = oneshot::channel();
    thread::Builder::new().name("corsac-lookup".into()).spawn(move || {
        let found = (name.as_str(), port).to_socket_addrs().map(Iterator::collect);
        drop(answer.send(found)); // Nobody waits for it any more when the deadline has passed.
    })?;
    answered.await.unwrap_or_else(|_| Err(io::Error::other("the resolver gave up")))
}

/// IPv6 and IPv4 in turns, beginning with the resolver's first choice, each once:
/// <https://www.rfc-editor.org/rfc/rfc8305#section-4>.
fn alternate_families(found: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = found.first().is_some_and(SocketAddr::is_ipv6);
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for address in found {
        let family = if address.is_ipv6() == first_is_v6 { &mut first } else { &mut second };
        if !family.contains(&address) {
            family.push(address);
        }
    }
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut turns = Vec::new();
    loop {
        let before = turns.len();
        turns.extend(first.next());
        turns.extend(second.next());
        if turns.len() == before || turns.len() >= MAX_ADDRESSES {
            turns.truncate(MAX_ADDRESSES);
            return turns;
        }
    }
}

fn no_addresses(target: &Target, reason: &str) -> Unreachable {
    let (host, port) = (&target.host, target.port);
    // The resolver's own words begin alike everywhere and say nothing: the reason is behind them.
    let reason = reason.strip_prefix("failed to lookup address information: ").unwrap_or(reason);
    Unreachable::new(
        UnreachableKind::Dns,
        format!("The name {host} could not be resolved: {}.", reason.trim_end_matches('.')),
        format!(
            "Check the spelling and that this machine is online. If only a private DNS knows the name, give its \
             address with --resolve {host}:{port}:ADDRESS."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns_and_nothing_is_tried_twice() {
        let found = ["[::1]:1", "[::2]:1", "[::1]:1", "10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"];
        let found = found.iter().map(|address| address.parse().unwrap()).collect();
        let turns: Vec<_> = alternate_families(found).iter().map(SocketAddr::to_string).collect();
        assert_eq!(turns, ["[::1]:1", "10.0.0.1:1", "[::2]:1", "10.0.0.2:1", "10.0.0.3:1"]);
        assert!(alternate_families(Vec::new()).is_empty());
    }
}
