//! How an engine is started.

use std::time::Duration;

/// How an engine is started.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LaunchOptions {
    /// What starting the browser may take.
    pub launch_limit: Duration,
    /// What opening one page may take.
    pub page_load_limit: Duration,
}

impl Default for LaunchOptions {
    fn default() -> Self {
        // A cold start on a busy machine is slow.
        Self { launch_limit: Duration::from_secs(60), page_load_limit: Duration::from_secs(30) }
    }
}
