//! The layer: policies that can be put around any service.
//!
//! Knows nothing of requests; see [`Cors`].

use std::sync::Arc;

use corsac::Policy;
use corsac_middleware::{CachedOrigins, LivePolicy, OriginSource, Policies};
use tower_layer::Layer;

use crate::service::Cors;
use crate::sourced::SourcedCors;

/// Puts a [`Policy`], or several [`Policies`], around services. Cloning it shares them.
#[derive(Debug, Clone)]
pub struct CorsLayer {
    policies: Policies,
}

impl CorsLayer {
    /// A layer with this policy; a [`Policy`], an `Arc` of one, a [`LivePolicy`] or [`Policies`].
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        Self { policies: policies.into() }
    }

    /// Another policy at a path and below it, on segment borders; the longest path wins.
    ///
    /// The path is that of the request's URI as this layer sees it: inside of a nested router what follows its prefix, and
    /// nothing is decoded and no slashes are merged. Where something further in rewrites paths, let the strictest policy be
    /// the one without a path.
    ///
    /// For services whose routes are inside. Where a router puts layers around single routes, as axum's does, a layer
    /// around each of them says the same.
    #[must_use]
    pub fn at(self, path: &str, policy: impl Into<LivePolicy>) -> Self {
        Self { policies: self.policies.at(path, policy) }
    }

    /// No policy at a path and below it: requests and responses pass untouched.
    #[must_use]
    pub fn without_policy(self, path: &str) -> Self {
        Self { policies: self.policies.without_policy(path) }
    }

    /// Whether responses tell what was decided in a header: [`DEBUG_HEADER`](crate::DEBUG_HEADER). For development.
    #[must_use]
    pub fn debug_header(self, wanted: bool) -> Self {
        Self { policies: self.policies.debug_header(wanted) }
    }

    /// Whether every response has a [`DecisionReport`](crate::DecisionReport) in its extensions, rather than those alone
    /// whose request was refused. It costs about half as much as all the rest of an allowed request.
    #[must_use]
    pub fn report_all(self, wanted: bool) -> Self {
        Self { policies: self.policies.report_all(wanted) }
    }

    /// The policy of this moment, where no path has another.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        self.policies.default_policy().policy()
    }

    /// Replaces that policy, for every service this layer or a clone of it was put around; gives the old one. Policies of
    /// [`CorsLayer::at`] are replaced through a [`LivePolicy`] of one's own.
    pub fn replace_policy(&self, policy: impl Into<Arc<Policy>>) -> Arc<Policy> {
        self.policies.default_policy().replace(policy)
    }

    /// Origins that are not listed are put to a source, such as a database. Only policies
    /// [`with origins_from_source`](corsac::PolicyConfig::origins_from_source) do so.
    #[must_use]
    pub fn with_source<Source: OriginSource>(
        self,
        origins: CachedOrigins<Source>,
    ) -> SourcedCorsLayer<Source> {
        SourcedCorsLayer { policies: self.policies, origins }
    }
}

impl<S> Layer<S> for CorsLayer {
    type Service = Cors<S>;

    fn layer(&self, inner: S) -> Cors<S> {
        Cors::new(inner, self.policies.clone())
    }
}

/// A [`CorsLayer`] with a source of further origins.
#[derive(Debug)]
pub struct SourcedCorsLayer<Source> {
    policies: Policies,
    origins: CachedOrigins<Source>,
}

impl<Source> Clone for SourcedCorsLayer<Source> {
    fn clone(&self) -> Self {
        Self { policies: self.policies.clone(), origins: self.origins.clone() }
    }
}

impl<S, Source> Layer<S> for SourcedCorsLayer<Source> {
    type Service = SourcedCors<S, Source>;

    fn layer(&self, inner: S) -> SourcedCors<S, Source> {
        SourcedCors::new(inner, self.policies.clone(), self.origins.clone())
    }
}
