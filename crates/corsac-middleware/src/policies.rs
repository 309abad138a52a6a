//! Which policy governs a request: one for all, or another below some paths.
//!
//! Asks the policy and hands its word on; decides nothing itself.

use std::sync::Arc;

use corsac::{Decision, RequestFields};

use crate::live_policy::LivePolicy;
use crate::outcome::Outcome;
use crate::report;

/// The policies of a service. Cloning shares them.
///
/// A path governs itself and everything below it, on segment borders; the longest one wins.
///
/// ```
/// use corsac::Policy;
/// use corsac_middleware::Policies;
/// use http::HeaderMap;
///
/// let app = Policy::builder().allow_origin("https://app.example").into_policy()?;
/// let public = Policy::builder().allow_any_origin().into_policy()?;
/// let policies = Policies::new(app).at("/public", public).without_policy("/internal");
///
/// let request = HeaderMap::new();
/// assert!(policies.decide("GET", "/internal/metrics", &request).is_none());
/// assert!(policies.decide("GET", "/public/fonts", &request).is_some());
/// assert!(policies.policy_at("/publications").is_some_and(|live| live.policy().origin_count() == 1));
/// # Ok::<(), corsac::Faults>(())
/// ```
#[derive(Debug, Clone)]
pub struct Policies {
    default: LivePolicy,
    /// The longest first, so that the first that matches is the right one.
    paths: Arc<[(Box<str>, Option<LivePolicy>)]>,
    telling: Telling,
}

/// How much is told about decisions.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Telling {
    pub(crate) report_all: bool,
    pub(crate) debug_header: bool,
}

impl Policies {
    /// One policy for every path.
    #[must_use]
    pub fn new(policy: impl Into<LivePolicy>) -> Self {
        Self { default: policy.into(), paths: Arc::new([]), telling: Telling::default() }
    }

    /// Another policy at a path and below it.
    ///
    /// Paths are compared as the adapter gives them, byte for byte. Tower's gives the raw path of the URI as its layer sees
    /// it, without decoding or merging slashes; Actix's the decoded path that its router matches on.
    #[must_use]
    pub fn at(self, path: &str, policy: impl Into<LivePolicy>) -> Self {
        self.with_path(path, Some(policy.into()))
    }

    /// No policy at a path and below it: requests and responses pass untouched, as if nothing were there.
    #[must_use]
    pub fn without_policy(self, path: &str) -> Self {
        self.with_path(path, None)
    }

    fn with_path(mut self, path: &str, policy: Option<LivePolicy>) -> Self {
        let path = path.trim_end_matches('/');
        // `internal` can only mean `/internal`, and would match nothing.
        let path: Box<str> =
            if path.is_empty() || path.starts_with('/') { path.into() } else { format!("/{path}").into() };
        let others = self.paths.iter().filter(|(other, _)| *other != path).cloned();
        let mut paths: Vec<_> = others.chain([(path.clone(), policy)]).collect();
        paths.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
        self.paths = paths.into();
        self
    }

    /// Whether responses tell what was decided in a header ([`DEBUG_HEADER`](crate::DEBUG_HEADER)). For development:
    /// it names the pattern that matched, which is nobody's business elsewhere.
    #[must_use]
    pub fn debug_header(mut self, wanted: bool) -> Self {
        self.telling.debug_header = wanted;
        self
    }

    /// Whether every response has a [`DecisionReport`](crate::DecisionReport) in its extensions, rather than those alone
    /// whose request was refused. For metrics that count what was allowed; it costs half as much as all the rest of an
    /// allowed request.
    #[must_use]
    pub fn report_all(mut self, wanted: bool) -> Self {
        self.telling.report_all = wanted;
        self
    }

    /// The policy for every path that has no other.
    #[must_use]
    pub fn default_policy(&self) -> &LivePolicy {
        &self.default
    }

    /// The policy that governs a path.
    #[must_use]
    #[inline]
    pub fn policy_at(&self, path: &str) -> Option<&LivePolicy> {
        let governs = |prefix: &str| {
            path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match self.paths.iter().find(|(prefix, _)| governs(prefix)) {
            Some((_, policy)) => policy.as_ref(),
            None => Some(&self.default),
        }
    }

    /// What the policy at this path makes of a request; nothing where no policy governs the path.
    // Never inlined, so that the outcome moves as a whole: taken apart into fields, it is put together again with every move,
    // and the processor waits each time.
    #[inline(never)]
    pub fn decide<Fields: RequestFields>(
        &self,
        method: impl AsRef<str>,
        path: &str,
        request: &Fields,
    ) -> Option<Outcome> {
        let policy = self.policy_at(path)?.load();
        Some(self.tell(&policy.decide(method, request)))
    }

    /// As [`Policies::decide`], where the origin may have to be looked up first: then that origin is given instead.
    ///
    /// # Errors
    ///
    /// The origin, which is to be put to an [`OriginSource`](crate::OriginSource), and the answer to
    /// [`Policies::decide_with`].
    pub fn try_decide<Fields: RequestFields>(
        &self,
        method: impl AsRef<str>,
        path: &str,
        request: &Fields,
    ) -> Result<Option<Outcome>, Box<str>> {
        let Some(policy) = self.policy_at(path) else { return Ok(None) };
        let policy = policy.load();
        let decision = policy.decide(method, request);
        match decision.origin_in_question() {
            Some(origin) => Err(origin.into()),
            None => Ok(Some(self.tell(&decision))),
        }
    }

    /// As [`Policies::decide`], with what a source of origins said.
    pub fn decide_with<Fields: RequestFields>(
        &self,
        method: impl AsRef<str>,
        path: &str,
        request: &Fields,
        allowed_by_source: bool,
    ) -> Option<Outcome> {
        let policy = self.policy_at(path)?.load();
        let decision = policy.decide(method, request);
        Some(self.tell(&if allowed_by_source { decision.allow_by_source() } else { decision }))
    }

    #[inline]
    fn tell<Fields: RequestFields>(&self, decision: &Decision<'_, Fields>) -> Outcome {
        report::trace(decision);
        Outcome::of(decision, self.telling)
    }
}

impl<Live: Into<LivePolicy>> From<Live> for Policies {
    fn from(policy: Live) -> Self {
        Self::new(policy)
    }
}
