//! The browser's side of CORS: what a browser sends for a call, and what it concludes from the answers.
//!
//! [`fetch`] begins a [`Call`] of a [`Page`] and says what comes [`Next`]: a request to send, preflight or
//! actual, exactly as a browser puts it on the wire, or a [`Verdict`]. The caller brings the [`Answer`] and
//! the time; there is no IO here, no clock and no framework. A verdict says what the script can read, or
//! which step failed under an identifier that never changes ([`FailureId`]), with the values of the case and
//! with the failures that would show next.
//!
//! ```
//! use corsac_browser::{Answer, Browser, Call, Next, Page, PreflightCache, RequestKind, WireResponse, fetch};
//! use std::time::Duration;
//!
//! let page = Page::of("https://app.example".parse()?);
//! let mut call = Call::new("https://api.example/orders/7".parse()?);
//! call.method = "PUT".into();
//! call.headers.append("Content-Type", "application/json");
//!
//! // What the server would say; a real caller sends the request and brings what came back.
//! let answer = |kind| {
//!     let headers: &[(&str, &str)] = match kind {
//!         RequestKind::Preflight => &[
//!             ("Access-Control-Allow-Origin", "https://app.example"),
//!             ("Access-Control-Allow-Methods", "GET, PUT"),
//!             ("Access-Control-Allow-Headers", "Content-Type"),
//!         ],
//!         RequestKind::Actual => &[("Content-Type", "application/json"), ("X-Request-Id", "9f2")],
//!     };
//!     Answer::Response(WireResponse { status: 200, headers: headers.iter().copied().collect() })
//! };
//!
//! let mut cache = PreflightCache::new();
//! let mut next = fetch(&page, &call, Browser::Standard, &mut cache, Duration::ZERO);
//! let mut sent = Vec::new();
//! let verdict = loop {
//!     match next {
//!         Next::Send(pending) => {
//!             sent.push(pending.request().method.clone());
//!             let answer = answer(pending.request().kind);
//!             next = pending.receive(answer, &mut cache, Duration::ZERO);
//!         }
//!         Next::Done(verdict) => break verdict,
//!     }
//! };
//!
//! assert_eq!(sent, ["OPTIONS", "PUT"]);
//! let failure = verdict.failure().expect("the last response does not name the origin");
//! assert_eq!(failure.id.as_str(), "acao-missing");
//! assert_eq!(
//!     failure.to_string(),
//!     "the response has no Access-Control-Allow-Origin (its status is 200)"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Not judged here, because a call and its exchange do not show it: service workers, the HTTP cache, HSTS,
//! content security policies, embedder policies, local network access and integrity checks.
//!
//! Spec: <https://fetch.spec.whatwg.org/>

mod body;
mod browser;
mod call;
mod call_error;
mod classify;
mod client_hint;
mod console;
mod corp;
mod cors_check;
mod extract;
mod failure;
mod failure_id;
mod failure_text;
mod fetch;
mod filter;
mod header_list;
mod header_name;
mod max_age;
mod order;
mod page;
mod preflight;
mod preflight_cache;
mod preflight_reason;
mod quirk;
mod redirect;
mod redirect_headers;
mod request;
mod request_origin;
mod safelist;
mod show;
mod verdict;
mod wire;
mod wire_headers;
mod word;

pub use browser::Browser;
pub use call::{Body, Call, CredentialsMode, Initiator, Mode, RedirectMode};
pub use call_error::CallError;
pub use console::console_lines;
pub use failure::Failure;
pub use failure_id::{FailureId, UnknownFailure};
pub use fetch::{Next, Pending, fetch};
pub use header_list::HeaderList;
pub use page::Page;
pub use preflight_cache::PreflightCache;
pub use preflight_reason::{PreflightReason, UnsafeReason};
pub use quirk::{Quirk, Seen};
pub use verdict::{Blocked, DropReason, DroppedHeader, Outcome, Readable, ResponseType, Tainting, Verdict};
pub use wire::{Answer, RequestKind, WireRequest, WireResponse};
pub use word::UnknownWord;
