//! One CORS policy, the decision for any request, and the reason.
//!
//! [`PolicyConfig`] is what a person writes, in a file or as the calls that [`Policy::builder`] begins.
//! [`PolicyConfig::into_policy`] checks all of it and gives a [`Policy`], or every fault at once. [`Policy::decide`] says
//! what a request is, what to answer and why; it never fails.
//!
//! ```
//! use corsac::{Action, Policy};
//! use http::{HeaderMap, HeaderValue, Method};
//!
//! let policy = Policy::builder()
//!     .allow_origins(["https://app.example", "https://*.preview.app.example"])
//!     .allow_credentials(true)
//!     .into_policy()?;
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
//! [`Faults`] are data, to be shown to whoever wrote the policy. A list of millions comes from a file
//! ([`PolicyConfig::into_policy_reading`]), and an origin that no list has can be put to a source by whoever holds the
//! request ([`Decision::origin_in_question`]).
//!
//! Nothing in this crate does IO, spawns, sleeps, reads a clock or knows a framework. `corsac-tower` and `corsac-actix` put a
//! policy around a service; another framework needs [`RequestFields`] and [`ResponseFields`] for its header maps.

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
mod kept;
mod origin;
mod origins_file;
mod pattern;

mod header_name;
mod max_age;
mod method;
mod requested_headers;

mod fault;

pub use config::{MaxAgeConfig, PolicyConfig};
pub use cors_headers::{CorsHeaders, strip};
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
