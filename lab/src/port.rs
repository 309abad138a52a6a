//! Ports for servers under test.
//!
//! From below the range that the kernel hands out to outgoing connections, so that none of those can take a port
//! between the moment it is chosen and the moment its server listens.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

const FIRST: u32 = 20_000;
const COUNT: u32 = 12_000;

/// A loopback port that nothing listens on, and that this process has not chosen before.
///
/// # Panics
///
/// If every port of the range is taken.
#[must_use]
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Other test processes begin elsewhere.
    let start = std::process::id().wrapping_mul(211) % COUNT;
    for _ in 0..COUNT {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(FIRST + (start + step) % COUNT).expect("the range is below 65,536");
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("every port from {FIRST} to {} is taken", FIRST + COUNT - 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_port_comes_twice() {
        let first = free_port();
        assert_ne!(first, free_port());
    }
}
