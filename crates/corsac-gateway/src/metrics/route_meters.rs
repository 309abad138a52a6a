//! The counters of one route, found once instead of with every request.
//!
//! A route keeps its counts over reloads: they belong to its path. Series appear once they count something.

use std::sync::{Arc, OnceLock};

use corsac::Class;
use http::{Response, StatusCode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;

use super::{CacheLabels, DecisionLabels, Metrics, ResponseLabels, RouteLabels};
use crate::cache::Outcome;
use crate::message::body::Body;
use crate::noticed::Noticed;
use crate::rate::OneTooMany;

/// The classes of status, from 100 up.
const STATUSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// How many reasons a class is given in all; the engine knows a dozen.
const REASONS: usize = 16;

/// The counters of one route.
#[derive(Debug)]
pub(crate) struct RouteMeters {
    metrics: Arc<Metrics>,
    route: String,
    responses: [OnceLock<Counter>; STATUSES.len()],
    /// By class, each with the reasons met so far, in the order they were met.
    decisions: [[OnceLock<(&'static str, Counter)>; REASONS]; 3],
    stripped: OnceLock<Counter>,
    upstream_seconds: OnceLock<Histogram>,
    upstream_failures: OnceLock<Counter>,
    rate_limited: OnceLock<Counter>,
    cache_responses: [OnceLock<Counter>; Outcome::ALL.len()],
}

impl RouteMeters {
    /// `route` is its path for people, or a name that no path can have.
    pub(crate) fn new(metrics: &Arc<Metrics>, route: &str) -> Self {
        Self {
            metrics: Arc::clone(metrics),
            route: route.to_owned(),
            responses: Default::default(),
            decisions: Default::default(),
            stripped: OnceLock::new(),
            upstream_seconds: OnceLock::new(),
            upstream_failures: OnceLock::new(),
            rate_limited: OnceLock::new(),
            cache_responses: Default::default(),
        }
    }

    /// Counts a response on its way out.
    pub(crate) fn count(&self, response: &Response<Body>, noticed: &Noticed) {
        self.count_status(response.status().as_u16());
        let extensions = response.extensions();
        if let Some(report) = &noticed.report {
            self.count_decision(report.class, report.reason);
        }
        let stripped = noticed.stripped();
        if stripped > 0 {
            let labels = || self.metrics.stripped.get_or_create_owned(&self.labels());
            self.stripped.get_or_init(labels).inc_by(stripped as u64);
        }
        if extensions.get::<OneTooMany>().is_some() {
            let labels = || self.metrics.rate_limited.get_or_create_owned(&self.labels());
            self.rate_limited.get_or_init(labels).inc();
        }
        if let Some(outcome) = extensions.get::<Outcome>() {
            let counter = || {
                let labels = CacheLabels { route: self.route.clone(), outcome: outcome.as_str() };
                self.metrics.cache_responses.get_or_create_owned(&labels)
            };
            self.cache_responses[*outcome as usize].get_or_init(counter).inc();
        }
        if let Some(time) = noticed.upstream_time {
            let answered = response.body().is_of_upstream();
            if answered || response.status() == StatusCode::SWITCHING_PROTOCOLS {
                let labels = || self.metrics.upstream_seconds.get_or_create_owned(&self.labels());
                self.upstream_seconds.get_or_init(labels).observe(time.as_secs_f64());
            } else {
                let labels = || self.metrics.upstream_failures.get_or_create_owned(&self.labels());
                self.upstream_failures.get_or_init(labels).inc();
            }
        }
    }

    pub(super) fn count_status(&self, status: u16) {
        let index = usize::from(status / 100).clamp(1, STATUSES.len()) - 1;
        let counter = self.responses[index].get_or_init(|| {
            let labels = ResponseLabels { route: self.route.clone(), status: STATUSES[index] };
            self.metrics.responses.get_or_create_owned(&labels)
        });
        counter.inc();
    }

    fn count_decision(&self, class: Class, reason: &'static str) {
        let made = || {
            let labels = DecisionLabels { route: self.route.clone(), class: class.as_str(), reason };
            (reason, self.metrics.decisions.get_or_create_owned(&labels))
        };
        let index = match class {
            Class::NotCors => 0,
            Class::Preflight => 1,
            Class::Actual => 2,
        };
        // The first place that has the reason, or is free and is now its own.
        let mut known = self.decisions[index].iter().map(|place| place.get_or_init(made));
        match known.find(|(known, _)| *known == reason) {
            Some((_, counter)) => counter.inc(),
            None => made().1.inc(),
        };
    }

    fn labels(&self) -> RouteLabels {
        RouteLabels { route: self.route.clone() }
    }
}
