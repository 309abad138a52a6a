//! Real browsers, each started, driven and ended through one [`Session`].
//!
//! Opens pages, runs scripts in them and hands over what the console printed. It knows no scenario and judges
//! nothing.

mod error;
mod options;
mod part;
mod session;

pub use error::EngineError;
pub use options::LaunchOptions;
pub use part::Part;
pub use session::{ConsoleLine, Session};
