//! What is in force at this moment: the edition of the configuration that new requests are answered by.
//!
//! A reload puts another edition in its place; a request keeps the one it began with. Knows nothing of files.

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use arc_swap::{ArcSwap, Guard};
use rustls::ServerConfig;

use crate::client::{Dialer, Endpoints};
use crate::config::{Config, Finding};
use crate::exchange::Plan;
use crate::metrics::{Metrics, RouteMeters};
use crate::places::Places;
use crate::tls;

/// A configuration that is or was in force, and what was made of it.
#[derive(Debug)]
pub(crate) struct Edition {
    /// 1 for the one the gateway started with, and one more with each reload.
    pub(crate) generation: u64,
    pub(crate) config: Config,
    plan: Plan,
    /// What new connections speak, where they do not speak plainly.
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// For each route, and for requests that have none.
    meters: (Vec<RouteMeters>, RouteMeters),
}

/// What stands for a route where a request has none; a path begins with a slash.
const NO_ROUTE: &str = "none";

impl Edition {
    fn new(
        generation: u64,
        config: Config,
        endpoints: &Endpoints,
        metrics: &Arc<Metrics>,
        before: Option<&Self>,
    ) -> Self {
        let plan = Plan::new(&config, endpoints, before.map(|before| &before.plan));
        let meters = config.routes.iter().map(|route| RouteMeters::new(metrics, &route.shown)).collect();
        // Where the certificates are the same, those who come back need no new handshake.
        let kept = before.filter(|before| before.config.tls == config.tls).map(|before| before.tls.clone());
        let tls = kept.unwrap_or_else(|| config.tls.as_ref().map(tls::server_config));
        Self { generation, config, plan, tls, meters: (meters, RouteMeters::new(metrics, NO_ROUTE)) }
    }

    /// The counters of a route, by its position.
    pub(crate) fn meters(&self, route: Option<usize>) -> &RouteMeters {
        route.map_or(&self.meters.1, |route| &self.meters.0[route])
    }
}

impl Deref for Edition {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        &self.plan
    }
}

/// The edition a request is answered by, from its beginning to its end.
pub(crate) type Current = Guard<Arc<Edition>>;

/// The last time a configuration was read.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) at: SystemTime,
    /// What was wrong with it, and so kept it from being put in force.
    pub(crate) faults: Vec<Finding>,
}

/// What all workers share.
pub(crate) struct Live {
    edition: ArcSwap<Edition>,
    attempt: Mutex<Attempt>,
    pub(crate) dialer: Dialer,
    pub(crate) endpoints: Arc<Endpoints>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) places: Arc<Places>,
}

impl Live {
    pub(crate) fn new(config: Config, dialer: Dialer, workers: usize) -> Self {
        let attempt = Attempt { at: SystemTime::now(), faults: Vec::new() };
        let metrics = Arc::new(Metrics::default());
        let endpoints = Arc::new(Endpoints::new(workers));
        metrics.in_force(1, &config, attempt.at);
        let places = Places::new(config.limits.connections);
        Self {
            edition: ArcSwap::from_pointee(Edition::new(1, config, &endpoints, &metrics, None)),
            attempt: Mutex::new(attempt),
            dialer,
            endpoints,
            metrics,
            places,
        }
    }

    /// What new requests are answered by.
    pub(crate) fn current(&self) -> Current {
        self.edition.load()
    }

    /// Puts a configuration in force. Whoever began with the old one ends with it.
    pub(crate) fn replace(&self, generation: u64, config: Config) {
        let attempt = Attempt { at: SystemTime::now(), faults: Vec::new() };
        self.metrics.in_force(generation, &config, attempt.at);
        self.places.change(config.limits.connections);
        let before = self.current();
        let edition = Edition::new(generation, config, &self.endpoints, &self.metrics, Some(&before));
        self.edition.store(Arc::new(edition));
        *self.attempt() = attempt;
    }

    /// Remembers that a configuration was not put in force.
    pub(crate) fn refused(&self, faults: Vec<Finding>) {
        let attempt = Attempt { at: SystemTime::now(), faults };
        self.metrics.refused(attempt.at);
        *self.attempt() = attempt;
    }

    pub(crate) fn last_attempt(&self) -> Attempt {
        self.attempt().clone()
    }

    fn attempt(&self) -> MutexGuard<'_, Attempt> {
        // An attempt is replaced whole, so a thread that panicked left a whole one.
        self.attempt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
