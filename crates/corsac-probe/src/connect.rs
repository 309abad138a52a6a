//! From a target to a TCP connection.
//!
//! Addresses are tried one after the other with a short head start, and the first that answers wins, as
//! browsers do it: <https://www.rfc-editor.org/rfc/rfc8305#section-5>. Knows neither TLS nor HTTP.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use crate::lookup;
use crate::target::{Deadline, Target};
use crate::{Resolve, Unreachable, UnreachableKind};

/// The head start an address has before the next one is tried beside it.
const HEAD_START: Duration = Duration::from_millis(250);

/// A TCP connection and what it took.
#[derive(Debug)]
pub(crate) struct Dialed {
    pub(crate) stream: TcpStream,
    pub(crate) remote: SocketAddr,
    pub(crate) resolve: Duration,
    pub(crate) connect: Duration,
}

/// Looks the target up and connects to it.
pub(crate) async fn dial(
    target: &Target,
    resolve: &[Resolve],
    deadline: Deadline,
) -> Result<Dialed, Unreachable> {
    let started = Instant::now();
    let addresses = lookup::addresses(target, resolve, deadline).await?;
    let resolved = Instant::now();
    let (stream, remote) = match timeout_at(deadline.at, first_to_answer(&addresses)).await {
        Ok(Ok(connected)) => connected,
        Ok(Err(failures)) => return Err(not_connected(target, &failures)),
        Err(_) => return Err(timed_out(target, &addresses, deadline)),
    };
    // Small requests are to leave at once; where the option is refused they merely leave later.
    drop(stream.set_nodelay(true));
    Ok(Dialed { stream, remote, resolve: resolved - started, connect: resolved.elapsed() })
}

type Failures = Vec<(SocketAddr, io::Error)>;

async fn first_to_answer(addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), Failures> {
    let mut failures = Failures::new();
    let mut waiting = addresses.iter().copied();
    let mut attempts = JoinSet::new(); // Dropping it ends the attempts that lost.
    let mut next = waiting.next();
    loop {
        if let Some(address) = next.take() {
            attempts.spawn(async move { (address, TcpStream::connect(address).await) });
        }
        tokio::select! {
            ended = attempts.join_next() => match ended {
                Some(Ok((address, Ok(stream)))) => return Ok((stream, address)),
                Some(Ok((address, Err(error)))) => {
                    failures.push((address, error));
                    next = waiting.next();
                }
                Some(Err(_)) => next = waiting.next(), // The runtime is shutting down: nothing will connect.
                None => return Err(failures),
            },
            () = sleep(HEAD_START), if waiting.len() > 0 => next = waiting.next(),
        }
    }
}

fn not_connected(target: &Target, failures: &[(SocketAddr, io::Error)]) -> Unreachable {
    let refused = |(_, error): &&(SocketAddr, io::Error)| error.kind() == io::ErrorKind::ConnectionRefused;
    if failures.iter().any(|failure| refused(&failure)) {
        let addresses = list(failures.iter().filter(refused).map(|(address, _)| *address));
        let place = if target.is_loopback() {
            " In a container or a virtual machine, this is the container itself, not its host."
        } else {
            ""
        };
        return Unreachable::new(
            UnreachableKind::ConnectRefused,
            format!("Nothing listens on {target}: the connection was refused ({addresses})."),
            format!("Start the server, or check the port.{place}"),
        );
    }
    let addresses = list(failures.iter().map(|(address, _)| *address));
    if failures.iter().all(|(_, error)| error.kind() == io::ErrorKind::TimedOut) && !failures.is_empty() {
        return Unreachable::new(
            UnreachableKind::ConnectTimeout,
            format!("No connection to {target}: no answer from {addresses}."),
            TIMED_OUT_HINT,
        );
    }
    let reason =
        failures.first().map_or_else(|| "no address was tried".into(), |(_, error)| error.to_string());
    Unreachable::new(
        UnreachableKind::Connect,
        format!("No connection to {target}: {reason} ({addresses})."),
        "Check that this machine's network reaches the address: VPN, firewall, IPv6.",
    )
}

const TIMED_OUT_HINT: &str =
    "The host is down, or a firewall drops the packets: check address and port, and whether a VPN is needed.";

fn timed_out(target: &Target, addresses: &[SocketAddr], deadline: Deadline) -> Unreachable {
    let addresses = list(addresses.iter().copied());
    Unreachable::new(
        UnreachableKind::ConnectTimeout,
        format!("No connection to {target} within {deadline}: no answer from {addresses}."),
        TIMED_OUT_HINT,
    )
}

fn list(addresses: impl Iterator<Item = SocketAddr>) -> String {
    let addresses: Vec<_> = addresses.map(|address| address.ip().to_string()).collect();
    if addresses.is_empty() { "no addresses".into() } else { addresses.join(", ") }
}
