//! One CORS policy, the decision for any request, and the reason.
//!
//! [`PolicyConfig`] is what a person writes. [`PolicyConfig::into_policy`] checks all of it and gives a [`Policy`],
//! or every fault at once. [`Policy::decide`] says what a request is, what to answer and why; it never fails.
//!
//! ```
//! use corsac::{Action, PolicyConfig};
//! use http::{HeaderMap, HeaderValue, Method};
//!
//! let policy = PolicyConfig {
//!     allow_origins: vec!["https://app.example".into(), "https://*.preview.app.example".into()],
//!     allow_credentials: true,
//!     ..PolicyConfig::default()
//! }
//! .into_policy()?;
//!
//! let mut request = HeaderMap::new();
//! request.insert("origin", HeaderValue::from_static("https://pr-7.preview.app.example"));
//! let decision = policy.decide(&Method::GET, &request);
//! assert_eq!(decision.action(), Action::Forward);
//! assert_eq!(decision.reason().to_string(), "allowed by `https://*.preview.app.example`");
//!
//! let mut response = HeaderMap::new();
//! decision.headers().apply(&mut response);
//! assert_eq!(response["access-control-allow-credentials"], "true");
//! # Ok::<(), corsac::Faults>(())
//! ```
//!
//! Nothing in this crate does IO, spawns, sleeps, reads a clock or knows a framework.

// In reading order: what is written, what it becomes, what it decides; then the parts.
mod builder;
mod config;
mod policy;

mod check;

mod cors_headers;
mod decision;
mod fields;
mod vary;

mod index;
mod origin;
mod origins_file;
mod pattern;

mod header_name;
mod max_age;
mod method;
mod requested_headers;

mod fault;

pub use config::{MaxAgeConfig, PolicyConfig};
pub use cors_headers::{CorsHeaders, Grant, strip};
pub use decision::{Action, Class, Decision, OriginRule, Reason};
pub use fault::{Advice, AdviceCode, Fault, FaultCode, Faults, Finding, Place};
pub use fields::{RequestFields, ResponseFields, is_access_control};
pub use header_name::{
    CORS_RESPONSE_HEADERS, is_cors_response_header, is_forbidden_request_header,
    is_forbidden_response_header, is_safelisted_response_header,
};
pub use method::{is_forbidden_method, is_safelisted_method, is_token, normalize_method};
pub use origin::{MAX_ORIGIN_LENGTH, Origin, OriginError, OriginProblem, TupleOrigin};
pub use pattern::{OriginPattern, PatternError};
pub use policy::Policy;
pub use requested_headers::BUDGET as REQUESTED_HEADERS_BUDGET;
pub use vary::Vary;
