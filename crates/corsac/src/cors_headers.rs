//! What a decision puts on a response, and how.
//!
//! Strip, then set: whatever the inner service or the upstream said about CORS goes, and the policy's word stands
//! alone. One finaliser for every adapter and for the gateway. Decides nothing.

use std::sync::Arc;

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderName, HeaderValue};

use crate::fields::ResponseFields;
use crate::vary::Vary;

/// Field lines that a policy has written out once, for all the responses that carry them.
pub(crate) type Lines = Arc<[(HeaderName, HeaderValue)]>;

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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorsHeaders {
    pub(crate) allow_origin: Option<HeaderValue>,
    /// The other lines: the policy's own, unless some repeat the request.
    pub(crate) lines: Option<Lines>,
    pub(crate) vary: Vary,
}

impl CorsHeaders {
    /// Makes the response say what the decision says, and nothing else about CORS.
    ///
    /// Returns how many foreign `Access-Control-*` field lines were removed.
    #[inline]
    pub fn apply(mut self, response: &mut impl ResponseFields) -> usize {
        self.move_to(response)
    }

    /// As [`CorsHeaders::apply`], for whoever has them borrowed; nothing but `Vary` is left of them.
    #[inline]
    pub fn move_to(&mut self, response: &mut impl ResponseFields) -> usize {
        let stripped = strip(response);
        if let Some(value) = self.allow_origin.take() {
            response.set(ACCESS_CONTROL_ALLOW_ORIGIN, value);
        }
        if let Some(lines) = self.lines.take() {
            for (name, value) in &*lines {
                response.set(name.clone(), value.clone());
            }
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
