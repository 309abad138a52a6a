//! What the gateway counts, in the form that Prometheus reads.
//!
//! Labels have few values, all of them known before a request comes: the routes of the configuration, classes, reasons
//! and classes of status. Nothing that a client sends becomes a label.

mod route_meters;
mod shadows;

use std::sync::atomic::AtomicU64;
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::config::Config;
use shadows::Shadows;

pub(crate) use route_meters::RouteMeters;

/// The media type of [`Metrics::text`].
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The borders between the buckets of upstream times, in seconds; the last is the usual timeout.
const SECONDS: [f64; 14] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// Everything that is counted, over all workers and for as long as the process runs.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    decisions: Family<DecisionLabels, Counter>,
    stripped: Family<RouteLabels, Counter>,
    responses: Family<ResponseLabels, Counter>,
    upstream_seconds: Family<RouteLabels, Histogram>,
    upstream_failures: Family<RouteLabels, Counter>,
    rate_limited: Family<RouteLabels, Counter>,
    cache_responses: Family<CacheLabels, Counter>,
    requests_in_flight: Gauge,
    open_connections: Gauge,
    generation: Gauge<u64, AtomicU64>,
    last_read_succeeded: Gauge,
    last_read_at: Gauge<f64, AtomicU64>,
    reads: Family<OutcomeLabels, Counter>,
    /// Of those in force, since another may have taken their place.
    certificates: Family<CertificateLabels, Gauge<f64, AtomicU64>>,
    shadows: Shadows,
}

/// In seconds of Unix time.
fn seconds(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DecisionLabels {
    route: String,
    class: &'static str,
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResponseLabels {
    route: String,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CacheLabels {
    route: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CertificateLabels {
    certificate: String,
}

impl Default for Metrics {
    fn default() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let metrics = Self {
            registry: Registry::default(),
            decisions: Family::default(),
            stripped: Family::default(),
            responses: Family::default(),
            upstream_seconds: Family::new_with_constructor(histogram),
            upstream_failures: Family::default(),
            rate_limited: Family::default(),
            cache_responses: Family::default(),
            requests_in_flight: Gauge::default(),
            open_connections: Gauge::default(),
            generation: Gauge::default(),
            last_read_succeeded: Gauge::default(),
            last_read_at: Gauge::default(),
            reads: Family::default(),
            certificates: Family::default(),
            shadows: Shadows::default(),
        };
        metrics.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let mut registry = Registry::with_prefix("corsac");
        registry.register(
            "decisions",
            "What policies decided, by route, kind of request and reason",
            self.decisions.clone(),
        );
        registry.register(
            "stripped_header_lines",
            "Access-Control-* header lines of upstreams that were removed",
            self.stripped.clone(),
        );
        registry.register(
            "responses",
            "Responses to clients, by route and class of status",
            self.responses.clone(),
        );
        registry.register(
            "upstream_response_seconds",
            "From a request to the head of the upstream's response",
            self.upstream_seconds.clone(),
        );
        registry.register(
            "upstream_failures",
            "Requests that an upstream did not answer",
            self.upstream_failures.clone(),
        );
        registry.register(
            "rate_limited",
            "Requests that were refused since their client sent too many",
            self.rate_limited.clone(),
        );
        registry.register(
            "cache_responses",
            "Responses of routes with a cache, by how they came about",
            self.cache_responses.clone(),
        );
        registry.register(
            "requests_in_flight",
            "Requests whose response is not sent to its end",
            self.requests_in_flight.clone(),
        );
        registry.register("open_connections", "Connections of clients", self.open_connections.clone());
        registry.register(
            "certificate_expiry_timestamp_seconds",
            "When a certificate that clients are shown ends, in seconds of Unix time",
            self.certificates.clone(),
        );
        registry.register(
            "config_generation",
            "The configuration in force: 1 at the start, one more with each reload",
            self.generation.clone(),
        );
        registry.register(
            "config_last_reload_successful",
            "1 where the configuration that was read last is in force, 0 where it had faults",
            self.last_read_succeeded.clone(),
        );
        registry.register(
            "config_last_reload_timestamp_seconds",
            "When a configuration was read last, in seconds of Unix time",
            self.last_read_at.clone(),
        );
        registry.register("config_reloads", "Configurations that were read again", self.reads.clone());
        registry.register_collector(Box::new(self.shadows.clone()));
        self.registry = registry;
        self
    }

    /// All of it, as OpenMetrics text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a String takes all that is written");
        text
    }

    /// A configuration is in force, the first one or another.
    pub(crate) fn in_force(&self, generation: u64, config: &Config, at: SystemTime) {
        self.shadows.follow(config);
        self.certificates.clear();
        for pair in config.tls.iter().flat_map(|tls| &tls.pairs) {
            let labels = CertificateLabels { certificate: pair.shown.clone() };
            if let Some(expires) = pair.expires {
                self.certificates.get_or_create(&labels).set(seconds(expires));
            }
        }
        if generation > 1 {
            self.reads.get_or_create(&OutcomeLabels { outcome: "succeeded" }).inc();
        }
        self.generation.set(generation);
        self.read_at(at, true);
    }

    /// A configuration was read, and had faults.
    pub(crate) fn refused(&self, at: SystemTime) {
        self.reads.get_or_create(&OutcomeLabels { outcome: "failed" }).inc();
        self.read_at(at, false);
    }

    fn read_at(&self, at: SystemTime, succeeded: bool) {
        self.last_read_succeeded.set(succeeded.into());
        self.last_read_at.set(seconds(at));
    }

    /// Counts a request until what is given back is dropped.
    pub(crate) fn request(&self) -> Held {
        Held::new(&self.requests_in_flight)
    }

    /// Counts a connection until what is given back is dropped.
    pub(crate) fn connection(&self) -> Held {
        Held::new(&self.open_connections)
    }
}

/// Something that is there, and is counted for as long.
#[derive(Debug)]
pub(crate) struct Held(Gauge);

impl Held {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Metrics, RouteMeters};

    #[test]
    fn a_path_cannot_break_out_of_its_label() {
        let metrics = Arc::new(Metrics::default());
        RouteMeters::new(&metrics, "/a\"b\\c").count_status(200);
        let text = metrics.text();
        assert!(text.contains(r#"corsac_responses_total{route="/a\"b\\c",status="2xx"} 1"#), "{text}");
        assert!(text.ends_with("# EOF\n"), "{text}");
    }

    #[test]
    fn what_is_held_counts_until_it_is_dropped() {
        let metrics = Metrics::default();
        let held = (metrics.request(), metrics.request());
        assert!(metrics.text().contains("corsac_requests_in_flight 2\n"));
        drop(held);
        assert!(metrics.text().contains("corsac_requests_in_flight 0\n"));
    }
}
