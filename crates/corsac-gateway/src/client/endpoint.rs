//! One server as it is now: how busy it is, how it fares, and the connections that each worker has to it.
//!
//! The same server is the same endpoint on every route and after every reload, so that nothing of this is lost.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use http::Uri;

use super::balance::Balanced;
use super::health::Health;
use super::pool::Pool;
use super::resolver::Reach;
use crate::config::{HealthCheck, Protocol, Server, Upstream};

/// A server that requests are sent to.
pub(crate) struct Endpoint {
    server: Server,
    reach: Reach,
    check: Option<HealthCheck>,
    /// The root of it, for those who make connections.
    uri: Uri,
    /// How many requests it has not yet answered to the end, over all workers.
    load: AtomicUsize,
    health: Health,
    speaks_http2: AtomicBool,
    is_watched: AtomicBool,
    /// One for each worker.
    pools: Box<[Pool]>,
}

impl Endpoint {
    fn new(key: Key, server: Server, workers: usize) -> Self {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(server.protocol().scheme());
        parts.authority = Some(server.authority().clone());
        parts.path_and_query = Some(http::uri::PathAndQuery::from_static("/"));
        Self {
            uri: Uri::from_parts(parts).expect("a URI with all of its parts"),
            speaks_http2: AtomicBool::new(server.protocol() == Protocol::H2c),
            server,
            reach: key.reach,
            check: key.check,
            load: AtomicUsize::new(0),
            is_watched: AtomicBool::new(false),
            health: Health::default(),
            pools: (0..workers).map(|_| Pool::default()).collect(),
        }
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    pub(super) fn reach(&self) -> Reach {
        self.reach
    }

    pub(super) fn check(&self) -> Option<&HealthCheck> {
        self.check.as_ref()
    }

    pub(crate) fn health(&self) -> &Health {
        &self.health
    }

    pub(super) fn pool(&self, worker: usize) -> &Pool {
        &self.pools[worker]
    }

    pub(super) fn speaks_http2(&self) -> bool {
        self.speaks_http2.load(Ordering::Relaxed)
    }

    pub(super) fn found_http2(&self) {
        self.speaks_http2.store(true, Ordering::Relaxed);
    }

    /// It turned out to speak HTTP/1.1, whatever it did before.
    pub(super) fn found_http1(&self) {
        self.speaks_http2.store(false, Ordering::Relaxed);
    }

    /// Whether nobody was asking for its health before.
    pub(super) fn begins_to_be_watched(&self) -> bool {
        !self.is_watched.swap(true, Ordering::Relaxed)
    }

    pub(super) fn load(&self) -> usize {
        self.load.load(Ordering::Relaxed)
    }

    pub(super) fn is_asked(&self) {
        self.load.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn has_answered(&self) {
        self.load.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What makes two mentions of a server the same: connections of a third party are checked, and no others serve it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    protocol: Protocol,
    authority: String,
    reach: Reach,
    check: Option<HealthCheck>,
}

/// All servers that some configuration in force or still in use has.
pub(crate) struct Endpoints {
    known: Mutex<HashMap<Key, Weak<Endpoint>>>,
    workers: usize,
}

impl Endpoints {
    pub(crate) fn new(workers: usize) -> Self {
        Self { known: Mutex::default(), workers }
    }

    /// The servers of an upstream.
    pub(crate) fn of(&self, upstream: &Upstream, reach: Reach) -> Balanced {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, endpoint| endpoint.strong_count() > 0);
        let endpoint = |server: &Server| {
            let key = Key {
                protocol: server.protocol(),
                authority: server.authority().as_str().to_owned(),
                reach,
                check: upstream.health.clone(),
            };
            if let Some(endpoint) = known.get(&key).and_then(Weak::upgrade) {
                return endpoint;
            }
            let endpoint = Arc::new(Endpoint::new(key.clone(), server.clone(), self.workers));
            known.insert(key, Arc::downgrade(&endpoint));
            endpoint
        };
        Balanced::new(upstream.servers().iter().map(endpoint).collect())
    }

    pub(crate) fn all(&self) -> Vec<Arc<Endpoint>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.values().filter_map(Weak::upgrade).collect()
    }
}
