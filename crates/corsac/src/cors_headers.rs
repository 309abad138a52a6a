//! What a decision puts on a response, and how.
//!
//! Strip, then set: whatever the inner service or the upstream said about CORS goes, and the policy's word stands
//! alone. One finaliser for every adapter and for the gateway. Decides nothing.

use http::header::ACCESS_CONTROL_ALLOW_ORIGIN;

use crate::fields::ResponseFields;
use crate::kept::{Lines, Value};
use crate::vary::Vary;

/// The CORS headers of one response: small, since they travel with its future, and owned, so that request and policy
/// may go.
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
pub struct CorsHeaders {
    pub(crate) allow_origin: Option<Value>,
    /// What the answer carries beside its origin.
    pub(crate) lines: Lines,
    pub(crate) vary: Vary,
}

impl CorsHeaders {
    /// Makes the response say what the decision says, and nothing else about CORS. They are for one response:
    /// another is given a clone that was made before.
    ///
    /// Returns how many foreign `Access-Control-*` field lines were removed.
    #[inline]
    pub fn apply(&mut self, response: &mut impl ResponseFields) -> usize {
        let stripped = strip(response);
        if let Some(value) = self.allow_origin.take() {
            response.set(ACCESS_CONTROL_ALLOW_ORIGIN, value.into_header_value());
        }
        for (name, value) in &*self.lines {
            response.set(name.clone(), value.clone());
        }
        self.vary.merge_into(response);
        stripped
    }

    /// Which request headers the answer depends on.
    #[must_use]
    pub fn vary(&self) -> Vary {
        self.vary
    }
}

/// Removes every `Access-Control-*` header; returns how many field lines went.
///
/// `Vary` is left alone: the inner service may vary on `Origin` for reasons of its own.
pub fn strip(response: &mut impl ResponseFields) -> usize {
    response.strip()
}
