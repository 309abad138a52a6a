//! What a decision puts on a response, and how.
//!
//! Strip, then set: whatever the inner service or the upstream said about CORS goes, and the policy's word stands
//! alone. One finaliser for every adapter and for the gateway. Decides nothing.

use std::sync::Arc;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, HeaderName,
    HeaderValue,
};

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
    /// What the policy says to all whom it allows.
    pub(crate) constant: Option<Lines>,
    /// What repeats the request: where credentials make `*` a mere name.
    pub(crate) repeated: Option<Box<Repeated>>,
    pub(crate) vary: Vary,
}

/// What a preflight asked for, said back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Repeated {
    pub(crate) method: Option<HeaderValue>,
    pub(crate) headers: Option<HeaderValue>,
}

impl CorsHeaders {
    /// Makes the response say what the decision says, and nothing else about CORS.
    ///
    /// Returns how many foreign `Access-Control-*` field lines were removed.
    #[inline]
    pub fn apply(self, response: &mut impl ResponseFields) -> usize {
        let stripped = strip(response);
        if let Some(value) = self.allow_origin {
            response.set(ACCESS_CONTROL_ALLOW_ORIGIN, value);
        }
        for (name, value) in self.constant.iter().flat_map(|lines| &**lines) {
            response.set(name.clone(), value.clone());
        }
        if let Some(repeated) = self.repeated {
            for (name, value) in [
                (ACCESS_CONTROL_ALLOW_METHODS, repeated.method),
                (ACCESS_CONTROL_ALLOW_HEADERS, repeated.headers),
            ] {
                if let Some(value) = value {
                    response.set(name, value);
                }
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
