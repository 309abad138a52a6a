//! What shadow policies would have decided, read off when somebody asks: they count by themselves.
//!
//! The counts are those of the configuration in force, and begin anew with each.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;

use crate::config::{Config, Route};

/// The routes that have a shadow policy; clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Shadows(Arc<Mutex<Vec<Route>>>);

impl Shadows {
    pub(super) fn follow(&self, config: &Config) {
        let routes = config.routes().iter().filter(|route| route.shadow().is_some()).cloned().collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = routes;
    }
}

impl Collector for Shadows {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shadowed = || routes.iter().filter_map(|route| Some((route.shown_path(), route.shadow()?)));
        if shadowed().next().is_none() {
            return Ok(());
        }
        let help = "Requests that a policy and its shadow decide alike";
        let mut same = encoder.encode_descriptor("shadow_same", help, None, MetricType::Counter)?;
        for (route, shadow) in shadowed() {
            let labels = [("route", route), ("shadow_policy", shadow.name())];
            ConstCounter::new(shadow.same()).encode(same.encode_family(&labels)?)?;
        }
        let help = "Requests that a policy and its shadow decide otherwise, with the reasons of both";
        let mut differing = encoder.encode_descriptor("shadow_differing", help, None, MetricType::Counter)?;
        for (route, shadow) in shadowed() {
            for (reasons, count) in shadow.differing() {
                let labels = [
                    ("route", route),
                    ("shadow_policy", shadow.name()),
                    ("reason", reasons.active),
                    ("shadow_reason", reasons.shadow),
                ];
                ConstCounter::new(count).encode(differing.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}
