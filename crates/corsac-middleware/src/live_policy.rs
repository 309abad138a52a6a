//! A policy that can be replaced at run time: every request sees the old one or the new one, whole.
//!
//! Knows nothing of what is in a policy.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

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
    handle: Arc<Handle>,
}

/// Most policies are never replaced, and are read without counting who reads them. So the first one cannot go before the
/// handle does.
struct Handle {
    first: Arc<Policy>,
    /// From the first replacement on.
    later: OnceLock<ArcSwap<Policy>>,
}

/// The policy of a moment, for as long as somebody looks at it.
pub(crate) enum Current<'a> {
    First(&'a Policy),
    Later(Guard<Arc<Policy>>),
}

impl Deref for Current<'_> {
    type Target = Policy;

    #[inline]
    fn deref(&self) -> &Policy {
        match self {
            Self::First(policy) => policy,
            Self::Later(policy) => policy,
        }
    }
}

impl LivePolicy {
    /// A handle that begins with this policy.
    #[must_use]
    pub fn new(policy: impl Into<Arc<Policy>>) -> Self {
        Self { handle: Arc::new(Handle { first: policy.into(), later: OnceLock::new() }) }
    }

    /// The policy of this moment.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        let Handle { first, later } = &*self.handle;
        later.get().map_or_else(|| Arc::clone(first), ArcSwap::load_full)
    }

    /// Puts another policy in its place, and gives the old one back. Requests that were decided already are not
    /// decided again. The first policy of a handle is kept for as long as the handle, the others as long as somebody has them.
    pub fn replace(&self, policy: impl Into<Arc<Policy>>) -> Arc<Policy> {
        let Handle { first, later } = &*self.handle;
        later.get_or_init(|| ArcSwap::new(Arc::clone(first))).swap(policy.into())
    }

    /// The policy of this moment, borrowed: cheaper than [`LivePolicy::policy`] while few are borrowed at once.
    #[inline]
    pub(crate) fn load(&self) -> Current<'_> {
        let Handle { first, later } = &*self.handle;
        match later.get() {
            None => Current::First(first),
            Some(later) => Current::Later(later.load()),
        }
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
        formatter.debug_tuple("LivePolicy").field(&*self.load()).finish()
    }
}
