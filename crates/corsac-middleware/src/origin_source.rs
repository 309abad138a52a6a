//! Where origins come from that no configuration lists: a database, a tenant service.
//!
//! Knows neither caches nor requests; see [`CachedOrigins`](crate::CachedOrigins).

use std::fmt;
use std::future::Future;
use std::sync::Arc;

/// Says whether an origin may call.
///
/// Asked only about origins that a list could have: well formed, in the form browsers send, and with credentials
/// never plain http. What cannot be said is an error, and refuses the origin.
///
/// ```
/// use corsac_middleware::OriginSource;
///
/// struct Tenants(std::collections::HashSet<String>);
///
/// impl OriginSource for Tenants {
///     type Error = std::convert::Infallible;
///
///     async fn allows(&self, origin: &str) -> Result<bool, Self::Error> {
///         Ok(self.0.contains(origin))
///     }
/// }
/// ```
pub trait OriginSource: Send + Sync + 'static {
    /// Why it could not be said.
    type Error: fmt::Display;

    /// Whether this origin may call.
    fn allows(&self, origin: &str) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}

/// Why a source gave no answer. The origin is refused then.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SourceFailure {
    /// The source said so.
    #[error("the source of origins failed: {0}")]
    Failed(Arc<str>),
    /// It took too long.
    #[error("the source of origins did not answer in time")]
    TooSlow,
}
