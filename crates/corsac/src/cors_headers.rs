//! What a decision puts on a response, and how.
//!
//! Strip, then set: whatever the inner service or the upstream said about CORS goes, and the policy's word stands
//! alone. One finaliser for every adapter and for the gateway. Decides nothing.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderValue,
};

use crate::fields::ResponseFields;
use crate::vary::Vary;

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
    pub(crate) allow_credentials: bool,
    pub(crate) allow_methods: Option<HeaderValue>,
    pub(crate) allow_headers: Option<HeaderValue>,
    pub(crate) expose_headers: Option<HeaderValue>,
    pub(crate) max_age: Option<HeaderValue>,
    pub(crate) vary: Vary,
}

impl CorsHeaders {
    /// Makes the response say what the decision says, and nothing else about CORS.
    ///
    /// Returns how many foreign `Access-Control-*` field lines were removed.
    pub fn apply(self, response: &mut impl ResponseFields) -> usize {
        let stripped = strip(response);
        if let Some(value) = self.allow_origin {
            response.set(ACCESS_CONTROL_ALLOW_ORIGIN, value);
        }
        if self.allow_credentials {
            response.set(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
        for (name, value) in [
            (ACCESS_CONTROL_ALLOW_METHODS, self.allow_methods),
            (ACCESS_CONTROL_ALLOW_HEADERS, self.allow_headers),
            (ACCESS_CONTROL_EXPOSE_HEADERS, self.expose_headers),
            (ACCESS_CONTROL_MAX_AGE, self.max_age),
        ] {
            if let Some(value) = value {
                response.set(name, value);
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
