//! Corsac as middleware of Actix Web 4.
//!
//! [`Cors`] puts a [`Policy`](corsac::Policy) around an application, a scope or a resource: preflights are answered
//! before routing and authentication, and every response, errors included, carries what the policy says and nothing
//! else about CORS. Wrap it last, so that it stands outermost: whatever answers further in is then readable too.
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web};
//! use corsac::Policy;
//! use corsac_actix::Cors;
//!
//! #[actix_web::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let policy = Policy::builder().allow_origin("https://app.example").allow_methods(["PUT"]).into_policy()?;
//!     let cors = Cors::new(policy);
//!     let application = move || App::new().route("/", web::get().to(async || "hello")).wrap(cors.clone());
//!     HttpServer::new(application).bind("127.0.0.1:8080")?.run().await?;
//!     Ok(())
//! }
//! ```
//!
//! What a handler refuses is readable to the pages that may call, and what it says about CORS itself does not count:
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
//! Parts of an application can have policies of their own, side by side. Of two that stand one inside the other, the
//! outer one decides.
//!
//! ```
//! use actix_web::{App, HttpResponse, web};
//! use corsac::Policy;
//! use corsac_actix::Cors;
//!
//! # async fn font() -> HttpResponse { HttpResponse::Ok().finish() }
//! # async fn account() -> HttpResponse { HttpResponse::Ok().finish() }
//! let anyone = Policy::builder().allow_any_origin().into_policy()?;
//! let ours = Policy::builder().allow_origin("https://app.example").allow_methods(["PUT"]).into_policy()?;
//! let app = App::new()
//!     .service(web::scope("/fonts").route("/{name}", web::get().to(font)).wrap(Cors::new(anyone)))
//!     .service(web::resource("/account").route(web::put().to(account)).wrap(Cors::new(ours)));
//! # drop(app);
//! # Ok::<(), corsac::Faults>(())
//! ```
//!
//! Where there are many parts, one value can hold a policy for each path: [`Cors::at`]. Cloning it shares the policies,
//! and [`Cors::replace_policy`] replaces one for all workers. Origins that live in a database are asked about by
//! [`Cors::with_source`].
//!
//! Maps requests onto the engine and decides nothing. Actix turns the errors of handlers and of middleware further in
//! into responses, and those carry the headers; a panic gives no response at all. The repository's `docs/middleware.md`
//! has more, and `docs/migration.md` is for whoever comes from actix-cors.

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
