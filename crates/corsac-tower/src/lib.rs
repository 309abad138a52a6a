//! Corsac as a Tower layer, for axum, hyper, tonic and anything else that speaks Tower.
//!
//! [`CorsLayer`] puts a [`Policy`](corsac::Policy) around a service: preflights are answered without it, and every
//! response it gives, errors included, carries what the policy says and nothing else about CORS. Put it outside
//! of whatever can answer on its own (authentication, limits, routers), so that those answers are readable too.
//!
//! ```
//! use corsac::Policy;
//! use corsac_tower::{CorsLayer, DecisionReport};
//! use http::{Request, Response, StatusCode};
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let policy = Policy::builder().allow_origin("https://app.example").allow_methods(["PUT"]).into_policy()?;
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
//! In axum the layer that is added last is the outermost, in a `ServiceBuilder` and in tonic the first one is. Parts of an
//! application can have policies of their own: a layer around each, or one with a policy for each path
//! ([`CorsLayer::at`]). Clones of a layer share its policy, and [`CorsLayer::replace_policy`] replaces it for all of them.
//! Origins that live in a database are asked about by [`CorsLayer::with_source`].
//!
//! Maps requests onto [`Policy::decide`](corsac::Policy::decide) and decides nothing. A service that *fails* instead
//! of answering gives no response to put headers on: turn its errors into responses further in. The repository's
//! `docs/middleware.md` has more, and `docs/migration.md` is for whoever comes from tower-http.

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

/// The pages that show how this is used, so that what they show compiles.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../../docs/middleware.md")]
    struct Middleware;

    #[doc = include_str!("../../../README.md")]
    struct Readme;
}
