//! The sockets the gateway listens on: one for each worker, all on one address.
//!
//! Knows nothing of HTTP.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, TcpKeepalive, Type};

/// How many connections the system keeps for a worker that is busy.
const BACKLOG: i32 = 1024;

/// How long a connection may be silent before the system asks whether the other side is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// How long a client may leave unread what was sent to it, before the system ends the connection: it may have vanished.
#[cfg(target_os = "linux")]
pub(super) const UNREAD: Duration = Duration::from_secs(5 * 60);

/// How much the system keeps that it cannot send yet. Megabytes of it would be of no use, and what is urgent waits behind it.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 128 * 1024;

/// Listens on an address, `count` times. With port 0 the system chooses one port for all.
pub(super) fn listen(address: SocketAddr, count: usize) -> io::Result<Vec<TcpListener>> {
    if address.port() != 0 {
        // Sockets that share a port also share it with another gateway of the same user, which would take half of
        // the connections. One that does not share finds out.
        open(address, false)?;
    }
    let first = open(address, true)?;
    let address = first.local_addr()?;
    let mut listeners = vec![first];
    while listeners.len() < count {
        listeners.push(another(&listeners[0], address)?);
    }
    Ok(listeners)
}

/// On Linux the kernel spreads connections over sockets that share a port.
#[cfg(target_os = "linux")]
fn another(_: &TcpListener, address: SocketAddr) -> io::Result<TcpListener> {
    open(address, true)
}

/// Elsewhere one queue serves all workers.
#[cfg(not(target_os = "linux"))]
fn another(first: &TcpListener, _: SocketAddr) -> io::Result<TcpListener> {
    first.try_clone()
}

fn open(address: SocketAddr, shared: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A port whose last connections are still closing can be taken again at once.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    #[cfg(target_os = "linux")]
    socket.set_reuse_port(shared)?;
    #[cfg(not(target_os = "linux"))]
    let _ = shared;
    // Connections inherit all of it where systems do that: one whose client has vanished is not kept for ever.
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEP_ALIVE))?;
    #[cfg(target_os = "linux")]
    {
        socket.set_tcp_user_timeout(Some(UNREAD))?;
        socket.set_tcp_notsent_lowat(UNSENT)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::listen;

    #[test]
    fn all_workers_share_the_port_the_system_chose() {
        let listeners = listen(([127, 0, 0, 1], 0).into(), 3).expect("listeners");
        let ports: Vec<u16> =
            listeners.iter().map(|listener| listener.local_addr().expect("an address").port()).collect();
        assert!(ports[0] != 0 && ports.iter().all(|port| *port == ports[0]), "{ports:?}");
    }

    #[test]
    fn a_port_that_another_gateway_has_is_in_use() {
        let first = listen(([127, 0, 0, 1], 0).into(), 2).expect("listeners");
        let address = first[0].local_addr().expect("an address");
        let error = listen(address, 2).expect_err("the port is taken");
        assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
        drop(first);
        listen(address, 2).expect("the port is free again");
    }
}
