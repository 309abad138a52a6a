//! The layer: a policy that can be put around any service.
//!
//! Knows nothing of requests; see [`Cors`].

use std::sync::Arc;

use corsac::Policy;
use tower_layer::Layer;

use crate::service::Cors;

/// Puts a [`Policy`] around services. Cloning it shares the policy.
#[derive(Debug, Clone)]
pub struct CorsLayer {
    policy: Arc<Policy>,
}

impl CorsLayer {
    /// A layer with this policy.
    #[must_use]
    pub fn new(policy: impl Into<Arc<Policy>>) -> Self {
        Self { policy: policy.into() }
    }
}

impl<S> Layer<S> for CorsLayer {
    type Service = Cors<S>;

    fn layer(&self, inner: S) -> Cors<S> {
        Cors::new(inner, Arc::clone(&self.policy))
    }
}
