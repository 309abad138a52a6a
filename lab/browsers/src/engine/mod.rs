//! Real browsers, each started, driven and ended through one [`Session`].
//!
//! Opens pages, runs scripts in them and hands over what the console printed. It knows no scenario and judges
//! nothing; what goes wrong with a browser is an [`EngineError`], never an answer.

mod chromium;
mod console;
mod error;
mod firefox;
mod options;
mod part;
mod processes;
pub mod recorder;
mod session;
mod webkit;

pub use console::ConsoleLine;
pub use error::EngineError;
pub use options::LaunchOptions;
pub use part::Part;
pub use session::Session;
