//! The network under a browser's call: requests go out exactly as given, and what came back is reported as it
//! came.
//!
//! [`Client::send`] takes the [`WireRequest`](corsac_browser::WireRequest) that the browser's side of the
//! protocol asks for, and gives a [`Reply`]: the response with every field line as it stood, and the evidence
//! around it (which address answered, over which protocol, how long each phase took, how the body began).
//! Where there is no response, an [`Unreachable`] says what failed and what to do about it.
//!
//! It holds no CORS rule: whether an answer is good is for others to say. **It never** follows a redirect,
//! stores or sends a cookie, caches, answers an authentication challenge, decodes a body, or reads proxy
//! settings from the environment. All it adds to a request is what the connection needs: `Host` (or
//! `:authority`), `Connection` and `Content-Length`. Time and memory are bounded on any answer, by
//! [`ClientOptions`].
//!
//! ```no_run
//! use corsac_browser::{HeaderList, RequestKind, WireRequest};
//! use corsac_probe::{Client, ClientOptions};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(ClientOptions::default())?;
//! let preflight = WireRequest {
//!     kind: RequestKind::Preflight,
//!     method: "OPTIONS".into(),
//!     url: "https://api.example/v1/items".parse()?,
//!     headers: [("Origin", "https://app.example"), ("Access-Control-Request-Method", "PUT")]
//!         .into_iter()
//!         .collect(),
//!     body: Vec::new(),
//! };
//! match client.send(&preflight).await {
//!     Ok(reply) => println!("{} from {}", reply.response.status, reply.remote),
//!     Err(unreachable) => println!("{unreachable}\n{}", unreachable.hint),
//! }
//! # Ok(()) }
//! ```

// In reading order: what a person chooses, what they get, then the way there, from the outside in.
mod options;
mod resolve;

mod reply;
mod unreachable;

mod check;
mod decode;
mod engines;

mod client;
mod request;
mod target;

mod connect;
mod lookup;
mod pool;
mod tls;
mod tls_fault;

mod exchange;
mod http1;
mod http2;

mod body;
mod head;

pub use check::{Asked, CheckOptions, Report, Step, check};
pub use client::Client;
pub use engines::{Conclusion, Engine, Extra, UnaskedReason};
pub use options::{ClientError, ClientOptions, Timeouts};
pub use reply::{BodyProblem, BodySample, HttpVersion, Reply, Timing, TlsInfo};
pub use resolve::{Resolve, ResolveError, ResolveProblem};
pub use unreachable::{TlsProblem, Unreachable, UnreachableKind};
