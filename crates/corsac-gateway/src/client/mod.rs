//! The way to upstreams: which server is asked, over which connection.
//!
//! Connections belong to a worker and stay with it, so that none of its threads waits for another. Knows no routes, no
//! headers and no CORS.

mod balance;
mod checks;
mod connection;
mod dialer;
mod endpoint;
mod health;
mod leased;
mod plain;
mod pool;
mod resolver;
mod resumed;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use balance::{Balanced, Tried};
pub(crate) use checks::watch_health;
pub(crate) use connection::{Connection, NoResponse};
pub(crate) use dialer::{DialError, Dialer, TlsError};
pub(crate) use endpoint::{Endpoint, Endpoints};
pub(crate) use leased::{Lease, Leased, Received};
pub(crate) use plain::{NotBrief, is_brief};
pub(crate) use resolver::Reach;

/// How often connections that are idle are looked at.
const SWEEP: Duration = Duration::from_secs(1);

/// The connections of one worker.
#[derive(Clone)]
pub(crate) struct Client {
    worker: usize,
    dialer: Dialer,
    endpoints: Arc<Endpoints>,
}

impl Client {
    pub(crate) fn new(worker: usize, dialer: &Dialer, endpoints: &Arc<Endpoints>) -> Self {
        Self { worker, dialer: dialer.clone(), endpoints: Arc::clone(endpoints) }
    }

    /// A connection that nobody uses, if there is one, for a request that is brief or is not.
    pub(crate) fn idle(&self, endpoint: &Arc<Endpoint>, is_brief: bool) -> Option<Lease> {
        let connection = endpoint.pool(self.worker).take(is_brief)?;
        Some(Lease::pooled(endpoint, self.worker, connection))
    }

    /// A new connection; where one serves everybody, the one that another request made meanwhile.
    pub(crate) async fn connect(&self, endpoint: &Arc<Endpoint>) -> Result<Lease, DialError> {
        let pool = endpoint.pool(self.worker);
        if !endpoint.speaks_http2() {
            let connection = self.dialer.dial(endpoint).await?;
            self.keep_if_shared(endpoint, &connection);
            return Ok(Lease::fresh(endpoint, self.worker, connection));
        }
        // One connection serves everybody, so it is made once.
        let alone = tokio::time::timeout(self.dialer.timeout(), pool.dialing()).await;
        let _alone = alone.map_err(|_| DialError::TimedOut)?;
        if let Some(lease) = self.idle(endpoint, false) {
            return Ok(lease);
        }
        let connection = self.dialer.dial(endpoint).await?;
        self.keep_if_shared(endpoint, &connection);
        Ok(Lease::fresh(endpoint, self.worker, connection))
    }

    /// A new connection that can be handed over, and so is HTTP/1.1.
    pub(crate) async fn connect_to_switch(&self, endpoint: &Arc<Endpoint>) -> Result<Lease, DialError> {
        let connection = self.dialer.dial_to_switch(endpoint).await?;
        Ok(Lease::single(endpoint, self.worker, connection))
    }

    fn keep_if_shared(&self, endpoint: &Endpoint, connection: &Connection) {
        if let Connection::Http2(shared) = connection {
            endpoint.found_http2();
            endpoint.pool(self.worker).share(shared.clone());
        }
    }

    /// Closes connections that were idle for too long, for as long as it is polled.
    pub(crate) async fn sweep(&self, idle: impl Fn() -> Duration) {
        let mut ticks = tokio::time::interval(SWEEP);
        loop {
            ticks.tick().await;
            let idle = idle();
            for endpoint in self.endpoints.all() {
                endpoint.pool(self.worker).close_idle(idle);
            }
        }
    }
}
