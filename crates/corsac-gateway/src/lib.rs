//! A reverse proxy that answers CORS correctly for APIs nobody may touch.
//!
//! [`Config`] is what a person writes, as a file or as flags, checked: every fault at once, each at its line.
//! [`Gateway::bind`] takes the addresses, and [`Bound::run`] serves. With [`Bound::reloading`] the configuration is read
//! again while it runs.
//!
//! ```
//! use corsac_gateway::{Config, Gateway};
//!
//! let config = Config::parse("corsac.toml".as_ref(), r#"
//! listen = "127.0.0.1:0"
//!
//! [policies.app]
//! allow_origins = ["https://app.example"]
//!
//! [[routes]]
//! path = "/api/"
//! upstream = "http://127.0.0.1:3000"
//! policy = "app"
//! "#, &|name| std::env::var(name).ok())?;
//!
//! let bound = Gateway::bind(config)?;
//! let handle = bound.shutdown_handle();
//! assert_ne!(bound.local_addr().port(), 0);
//! # handle.shutdown();
//! let drained = bound.run(std::future::pending())?;
//! assert_eq!(drained.cut, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every response passes the finaliser of [`corsac`], the gateway's own errors included; the gateway decides nothing
//! about CORS itself. One exception: what cannot be read as a request, because it is no HTTP or its head is beyond
//! every limit, has no origin to answer to, and gets a bare 400, 414 or 431 of the HTTP library. The gateway follows
//! no redirect, and keeps no body but on routes that have a cache.

// In reading order: what is written, who serves it, and the life of a request.
pub mod config;
mod server;

mod exchange;
mod proxy;

mod cache;
mod client;
mod forwarded;
mod message;

// What of a configuration is in force, and how it is asked.
mod live;
mod path;
mod public_address;
mod rate;
mod router;
mod shadow;
mod third_party;
mod tls;

// What is told of it.
mod explain;
mod metrics;
mod noticed;
mod page;

mod alarm;
mod chain;
mod places;

pub use config::{
    Config, ConfigFaults, ConfigSource, DevFlags, Flags, Folder, HealthCheck, NamedPolicy, Protocol, Route,
    Server, Target, Timeouts, Upstream,
};
pub use server::{
    Bound, Drained, Gateway, ReloadError, ReloadHandle, Running, ShutdownHandle, StartError, termination,
};
