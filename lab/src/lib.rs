//! The lab: real servers as people write them, started by the tests that need them.
//!
//! Reads the ledger of scenarios, starts the server of one on a free loopback port, and ends it when the test is
//! done. It judges nothing: what a browser would make of the answers is for the crates under test to say.
//!
//! ```no_run
//! let scenario = corsac_lab::scenario(corsac_lab::Stack::Express, "www-vs-apex");
//! let server = corsac_lab::start(scenario)?;
//! let answer = corsac_lab::ask(&server, &corsac_lab::Ask::actual(&scenario.call))?;
//! assert_eq!(answer.header("access-control-allow-origin"), Some("https://example.com"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod binary;
mod express;
mod fastapi;
mod governed;
mod nginx;
mod parts;
mod port;
mod process;
mod scenario;
mod start;
mod vite;

pub use answer::{Answer, Ask, AskError, ask, ask_at};
pub use binary::{BuildError, corsac_binary, workspace_binary};
pub use governed::{Governed, GovernedError, client};
pub use parts::{Missing, Part, parts_required};
pub use port::free_port;
pub use process::{Output, RunError, run};
pub use scenario::{Call, Expectation, Scenario, Seen, SeenPreflight, Stack, scenario, scenarios};
pub use start::{Running, StartError, start, start_command, start_telling};
pub use vite::DevServer;

/// The lab's own folder.
pub(crate) fn folder() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}
