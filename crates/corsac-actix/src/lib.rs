//! Corsac as middleware of Actix Web 4.
//!
//! [`Cors`] puts a [`Policy`](corsac::Policy) around an application, a scope or a resource: preflights are answered
//! before routing and authentication, and every response, errors included, carries what the policy says and nothing
//! else about CORS. Wrap it last, so that it stands outermost: whatever answers further in is then readable too.
//!
//! ```
//! use actix_web::http::{StatusCode, header};
//! use actix_web::{App, error, test, web};
//! use corsac::Policy;
//! use corsac_actix::{Cors, DecisionReport};
//!
//! # actix_web::rt::System::new().block_on(async {
//! let policy = Policy::builder().allow_origin("https://app.example").allow_methods(["PUT"]).into_policy()?;
//! let cors = Cors::new(policy);
//!
//! let gone = || async { Err::<&str, _>(error::ErrorGone("it was here yesterday")) };
//! let app = test::init_service(App::new().route("/", web::get().to(gone)).wrap(cors)).await;
//!
//! let request = test::TestRequest::get().insert_header((header::ORIGIN, "https://app.example")).to_request();
//! let response = test::call_service(&app, request).await;
//! assert_eq!(response.status(), StatusCode::GONE);
//! assert_eq!(response.headers().get("access-control-allow-origin").unwrap(), "https://app.example");
//! # Ok::<(), corsac::Faults>(())
//! # })?;
//! # Ok::<(), corsac::Faults>(())
//! ```
//!
//! Maps requests onto the engine and decides nothing.

mod cors;

mod fields;
mod future;
mod middleware;
mod sourced;

pub use cors::{Cors, SourcedCors};
pub use corsac_middleware::{
    CacheLimits, CachedOrigins, DEBUG_HEADER, DecisionReport, LivePolicy, OriginSource, Policies,
    SourceFailure,
};
pub use future::CorsFuture;
pub use middleware::CorsMiddleware;
pub use sourced::SourcedCorsMiddleware;
