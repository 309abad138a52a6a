//! Corsac as a Tower layer, for axum, hyper, tonic and anything else that speaks Tower.
//!
//! [`CorsLayer`] puts a [`Policy`](corsac::Policy) around a service: preflights are answered without it, and every
//! response it gives, errors included, carries what the policy says and nothing else about CORS. Put it outside
//! of whatever can answer on its own (authentication, limits, routers), so that those answers are readable too.
//!
//! ```
//! use corsac::PolicyConfig;
//! use corsac_tower::{CorsLayer, DecisionReport};
//! use http::{Request, Response, StatusCode};
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let policy = PolicyConfig {
//!     allow_origins: vec!["https://app.example".into()],
//!     allow_methods: vec!["PUT".into()],
//!     ..PolicyConfig::default()
//! }
//! .into_policy()?;
//!
//! let service = ServiceBuilder::new().layer(CorsLayer::new(policy)).service(service_fn(
//!     async |request: Request<String>| {
//!         let mut response = Response::new(format!("no {}", request.uri().path()));
//!         *response.status_mut() = StatusCode::NOT_FOUND;
//!         Ok::<_, std::convert::Infallible>(response)
//!     },
//! ));
//!
//! let request = Request::get("/gone").header("origin", "https://app.example").body(String::new())?;
//! let response = service.clone().oneshot(request).await?;
//! assert_eq!(response.status(), StatusCode::NOT_FOUND);
//! assert_eq!(response.headers()["access-control-allow-origin"], "https://app.example");
//!
//! let request = Request::get("/gone").header("origin", "https://evil.example").body(String::new())?;
//! let response = service.oneshot(request).await?;
//! assert!(!response.headers().contains_key("access-control-allow-origin"));
//! let report = response.extensions().get::<DecisionReport>().expect("what is refused is reported");
//! assert_eq!((report.class.as_str(), report.reason), ("actual", "origin-not-listed"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Maps requests onto [`Policy::decide`](corsac::Policy::decide) and decides nothing. A service that *fails* instead
//! of answering gives no response to put headers on: turn its errors into responses further in.

mod layer;

mod future;
mod service;
mod sourced;

pub use corsac_middleware::{
    CacheLimits, CachedOrigins, DEBUG_HEADER, DecisionReport, LivePolicy, OriginSource, Policies,
    SourceFailure,
};
pub use future::CorsFuture;
pub use layer::{CorsLayer, SourcedCorsLayer};
pub use service::Cors;
pub use sourced::{SourcedCors, SourcedCorsFuture};
