//! What an engine is given time for.

use std::time::Duration;

/// How an engine is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchOptions {
    /// What starting the browser may take.
    pub launch_limit: Duration,
    /// What opening one page may take.
    pub page_load_limit: Duration,
    /// What the console's lines may take to arrive.
    pub console_limit: Duration,
    /// What Chromium is told on its command line beside the lab's own arguments; the others have no use for it.
    pub arguments: Vec<String>,
}

impl Default for LaunchOptions {
    fn default() -> Self {
        // A cold start on a busy machine is slow.
        Self {
            launch_limit: Duration::from_secs(60),
            page_load_limit: Duration::from_secs(30),
            console_limit: Duration::from_secs(15),
            arguments: Vec::new(),
        }
    }
}
