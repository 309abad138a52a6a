//! Connections that are open and not in use, so that a preflight and its request share one, as they do in
//! browsers.
//!
//! Knows when a connection is too old to be tried; whether it still works is found out by using it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::TlsInfo;
use crate::http1::{self, Stream};
use crate::http2::Http2;
use crate::target::Target;

/// Servers seldom keep an idle connection longer.
const MAX_IDLE: Duration = Duration::from_secs(30);
/// More are not needed: a probe asks a server few things at a time.
const MAX_PER_TARGET: usize = 4;

/// A connection that is ready for a request.
pub(crate) struct Connection {
    pub(crate) protocol: Protocol,
    pub(crate) remote: SocketAddr,
    pub(crate) tls: Option<TlsInfo>,
}

pub(crate) enum Protocol {
    Http1(Box<dyn Stream>),
    Http2(Http2),
}

/// The connections at rest.
#[derive(Default)]
pub(crate) struct Pool(Mutex<HashMap<Target, Vec<(Instant, Connection)>>>);

impl Pool {
    /// The connection that rested the shortest.
    pub(crate) fn take(&self, target: &Target) -> Option<Connection> {
        let mut resting = self.lock();
        let (since, mut connection) = resting.get_mut(target)?.pop()?;
        let usable = match &mut connection.protocol {
            Protocol::Http1(stream) => http1::is_at_rest(&mut **stream),
            Protocol::Http2(connection) => connection.is_open(),
        };
        (usable && since.elapsed() < MAX_IDLE).then_some(connection)
    }

    pub(crate) fn put(&self, target: &Target, connection: Connection) {
        let mut resting = self.lock();
        resting.retain(|_, connections| {
            connections.retain(|(since, _)| since.elapsed() < MAX_IDLE);
            !connections.is_empty()
        });
        let connections = resting.entry(target.clone()).or_default();
        if connections.len() == MAX_PER_TARGET {
            connections.remove(0);
        }
        connections.push((Instant::now(), connection));
    }

    /// Drops what rests for that target: one of them turned out to be dead, and they are of one age.
    pub(crate) fn forget(&self, target: &Target) {
        self.lock().remove(target);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Target, Vec<(Instant, Connection)>>> {
        // A panic elsewhere leaves at worst fewer connections behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
