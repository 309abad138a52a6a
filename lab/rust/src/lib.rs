//! What the servers of exported policies in Rust share: where they listen, what their application answers, and that what was
//! compiled is what was exported.

use std::env;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};

use serde::Deserialize;

/// What the application answers to a case.
#[derive(Debug, Clone, Deserialize)]
pub struct Inner {
    /// Its status.
    pub status: u16,
    /// Its field lines.
    pub headers: Vec<(String, String)>,
}

/// The answers of `inner.json` in the working folder, by the index of the case.
///
/// # Panics
///
/// Where there is no such file: the test makes it.
#[must_use]
pub fn inners() -> Vec<Inner> {
    let text = fs::read_to_string("inner.json").expect("inner.json is in the working folder");
    serde_json::from_str(&text).expect("inner.json has the answers")
}

/// The case that a path asks for, `/NUMBER/case/INDEX`; none where its handler fails.
#[must_use]
pub fn case(path: &str) -> Option<usize> {
    path.split_once("/case/")?.1.parse().ok()
}

/// The policy that governs a path, `/NUMBER/…`.
#[must_use]
pub fn policy(path: &str) -> Option<usize> {
    path.split('/').nth(1)?.parse().ok()
}

/// Where to listen: `PORT`.
///
/// # Panics
///
/// Where it is not set: the test sets it.
#[must_use]
pub fn address() -> SocketAddr {
    let port = env::var("PORT").ok().and_then(|port| port.parse().ok());
    SocketAddr::from((Ipv4Addr::LOCALHOST, port.expect("PORT says where to listen")))
}

/// Holds the texts that were compiled against those of the working folder, `policy_NUMBER.rs`.
///
/// # Panics
///
/// Where one is another.
pub fn hold(compiled: &[(usize, &str)]) {
    for (number, text) in compiled {
        let exported = fs::read_to_string(format!("policy_{number}.rs")).unwrap_or_default();
        assert!(exported == *text, "policy_{number}.rs is not what was compiled");
    }
}
