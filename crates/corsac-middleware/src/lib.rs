//! What every adapter of Corsac does alike, so that none of them has to decide anything.
//!
//! [`Policies`] finds the policy that governs a request, asks it, and gives an [`Outcome`]: whether to pass the request
//! on, and what belongs on the response. A [`LivePolicy`] can be replaced while requests are in flight.
//! [`CachedOrigins`] puts origins that are not listed to an [`OriginSource`], such as a database.
//!
//! ```
//! use corsac::{Action, Policy};
//! use corsac_middleware::{LivePolicy, Policies};
//! use http::{HeaderMap, HeaderValue};
//!
//! let app = LivePolicy::new(Policy::builder().allow_origin("https://app.example").into_policy()?);
//! let policies = Policies::new(app.clone());
//!
//! let mut request = HeaderMap::new();
//! request.insert("origin", HeaderValue::from_static("https://new.example"));
//! let outcome = policies.decide("GET", "/", &request).expect("a policy governs every path");
//! let report = outcome.finish(&mut HeaderMap::new()).expect("what is refused is reported");
//! assert_eq!(report.reason, "origin-not-listed");
//!
//! app.replace(Policy::builder().allow_origin("https://new.example").into_policy()?);
//! let outcome = policies.decide("GET", "/", &request).expect("a policy governs every path");
//! assert_eq!(outcome.action(), Action::Forward);
//! let mut response = HeaderMap::new();
//! outcome.finish(&mut response);
//! assert_eq!(response["access-control-allow-origin"], "https://new.example");
//! # Ok::<(), corsac::Faults>(())
//! ```
//!
//! An adapter maps its framework's headers onto [`RequestFields`](corsac::RequestFields) and
//! [`ResponseFields`](corsac::ResponseFields), asks [`Policies::decide`] before the service is, and calls
//! [`Outcome::finish`] on whatever response comes. With a source it asks [`Policies::try_decide`] instead, puts the origin
//! that this gives to [`CachedOrigins::allows`], and goes on with [`Policies::decide_with`].
//!
//! Whoever writes an application needs `corsac-tower` or `corsac-actix`; this crate is for adapters. It knows no
//! framework and starts no task.

mod live_policy;
mod policies;

mod outcome;
mod report;

mod cached_origins;
mod origin_source;
mod questions;

pub use cached_origins::{CacheLimits, CachedOrigins};
pub use live_policy::LivePolicy;
pub use origin_source::{OriginSource, SourceFailure};
pub use outcome::Outcome;
pub use policies::Policies;
pub use report::{DEBUG_HEADER, DecisionReport};
