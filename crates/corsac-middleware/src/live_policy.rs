//! A policy that can be replaced at run time: every request sees the old one or the new one, whole.
//!
//! Knows nothing of what is in a policy.

use std::fmt;
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use corsac::Policy;

/// A handle to a policy. Its clones are the same policy: one replaces it, all see it.
///
/// ```
/// use corsac::Policy;
/// use corsac_middleware::LivePolicy;
///
/// let live = LivePolicy::new(Policy::builder().allow_origin("https://old.example").into_policy()?);
/// let elsewhere = live.clone();
/// elsewhere.replace(Policy::builder().allow_origin("https://new.example").into_policy()?);
/// assert!(live.policy().allows_origin("https://new.example"));
/// # Ok::<(), corsac::Faults>(())
/// ```
#[derive(Clone)]
pub struct LivePolicy {
    current: Arc<ArcSwap<Policy>>,
}

impl LivePolicy {
    /// A handle that begins with this policy.
    #[must_use]
    pub fn new(policy: impl Into<Arc<Policy>>) -> Self {
        Self { current: Arc::new(ArcSwap::new(policy.into())) }
    }

    /// The policy of this moment.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        self.current.load_full()
    }

    /// Puts another policy in its place, and gives the old one back. Requests that were decided already are not
    /// decided again.
    pub fn replace(&self, policy: impl Into<Arc<Policy>>) -> Arc<Policy> {
        self.current.swap(policy.into())
    }

    /// The policy of this moment, borrowed: cheaper than [`LivePolicy::policy`] while few are borrowed at once.
    #[inline]
    pub(crate) fn load(&self) -> Guard<Arc<Policy>> {
        self.current.load()
    }
}

impl From<Policy> for LivePolicy {
    fn from(policy: Policy) -> Self {
        Self::new(policy)
    }
}

impl From<Arc<Policy>> for LivePolicy {
    fn from(policy: Arc<Policy>) -> Self {
        Self::new(policy)
    }
}

impl fmt::Debug for LivePolicy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("LivePolicy").field(&self.current.load()).finish()
    }
}
