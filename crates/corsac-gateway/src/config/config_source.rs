//! Where a configuration comes from, kept so that it can be read again.
//!
//! Knows nothing of when that is.

use std::path::PathBuf;

use super::{Config, ConfigFaults, Flags};

/// Where a configuration comes from.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ConfigSource {
    /// A file, with variables from the process's environment.
    File {
        /// Its path.
        path: PathBuf,
        /// What `--listen` says, which comes before the file's own `listen`.
        listen: Option<String>,
    },
    /// Flags. They stay as they are; the file of origins that they may name does not.
    Flags(Flags),
}

impl ConfigSource {
    /// Reads and checks it.
    ///
    /// # Errors
    ///
    /// Every fault at once.
    pub fn load(&self) -> Result<Config, ConfigFaults> {
        match self {
            Self::File { path, listen } => Config::load_listening(path, listen.as_deref()),
            Self::Flags(flags) => Config::from_flags(flags.clone()),
        }
    }
}
