//! What a decision puts on a response, and how.
//!
//! Strip, then set: whatever the inner service or the upstream said about CORS goes, and the policy's word stands
//! alone. One finaliser for every adapter and for the gateway. Decides nothing.

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderName, HeaderValue};

use crate::fields::ResponseFields;
use crate::policy::Policy;
use crate::vary::Vary;

/// A field line.
pub(crate) type Line = (HeaderName, HeaderValue);

/// The CORS headers of one response.
///
/// ```
/// use corsac::PolicyConfig;
/// use http::{HeaderMap, HeaderValue, Method};
///
/// let policy = PolicyConfig { allow_origins: vec!["https://app.example".into()], ..Default::default() }
///     .into_policy()?;
/// let mut request = HeaderMap::new();
/// request.insert("origin", HeaderValue::from_static("https://app.example"));
///
/// let mut response = HeaderMap::new();
/// response.insert("access-control-allow-origin", HeaderValue::from_static("*"));
/// response.insert("vary", HeaderValue::from_static("Accept-Encoding"));
///
/// policy.decide(&Method::GET, &request).headers().apply(&mut response);
/// assert_eq!(response["access-control-allow-origin"], "https://app.example");
/// assert_eq!(response["vary"], "Accept-Encoding, Origin");
/// # Ok::<(), corsac::Faults>(())
/// ```
#[derive(Debug, Clone)]
pub struct CorsHeaders<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) grant: Grant,
}

impl CorsHeaders<'_> {
    /// Makes the response say what the decision says, and nothing else about CORS.
    ///
    /// Returns how many foreign `Access-Control-*` field lines were removed.
    pub fn apply(mut self, response: &mut impl ResponseFields) -> usize {
        self.grant.apply(self.policy, response)
    }

    /// Which request headers the answer depends on.
    #[must_use]
    pub fn vary(&self) -> Vary {
        self.grant.vary
    }
}

/// The part of [`CorsHeaders`] that is this request's alone, for adapters: small, since it travels with the response's
/// future, and owned, so that the request may go.
#[derive(Debug, Clone)]
pub struct Grant {
    pub(crate) allow_origin: Option<HeaderValue>,
    pub(crate) lines: OtherLines,
    pub(crate) vary: Vary,
}

/// What an answer carries beside its origin.
#[derive(Debug, Clone)]
pub(crate) enum OtherLines {
    /// Nothing.
    None,
    /// What the policy has for allowed actual requests.
    Actual,
    /// What the policy has for preflights of allowed origins.
    Preflight,
    /// These, since some repeat the request.
    Repeated(Box<[Line]>),
}

impl Grant {
    /// As [`CorsHeaders::apply`], with the policy that decided. A grant is for one response: nothing but `Vary` is left of
    /// it for another.
    #[inline]
    pub fn apply(&mut self, policy: &Policy, response: &mut impl ResponseFields) -> usize {
        let stripped = strip(response);
        if let Some(value) = self.allow_origin.take() {
            response.set(ACCESS_CONTROL_ALLOW_ORIGIN, value);
        }
        let lines = match &self.lines {
            OtherLines::None => &[],
            OtherLines::Actual => &*policy.on_actual,
            OtherLines::Preflight => &*policy.on_preflight,
            OtherLines::Repeated(lines) => lines,
        };
        for (name, value) in lines {
            response.set(name.clone(), value.clone());
        }
        self.vary.merge_into(response);
        stripped
    }
}

/// Removes every `Access-Control-*` header; returns how many field lines went.
///
/// `Vary` is left alone: the inner service may vary on `Origin` for reasons of its own.
pub fn strip(response: &mut impl ResponseFields) -> usize {
    response.strip()
}
