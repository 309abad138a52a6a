//! One browser, from its start to its end.

use std::time::Duration;

use corsac_browser::Browser;
use serde_json::Value;

use super::{EngineError, LaunchOptions};

/// A running browser with one page. Its processes and its folder go when it does.
#[derive(Debug)]
pub struct Session {
    browser: Browser,
    version: String,
}

/// A line that the console printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleLine {
    /// The message, without what the engine's own output puts before it.
    pub text: String,
    /// How grave it is, in the engine's words.
    pub level: String,
    /// Where it comes from, in the engine's words.
    pub source: String,
}

impl Session {
    /// Starts a browser.
    ///
    /// # Errors
    ///
    /// If a part of it is missing, or it does not start in time.
    pub async fn launch(_browser: Browser, _options: &LaunchOptions) -> Result<Self, EngineError> {
        std::future::pending().await
    }

    /// Which browser it is.
    #[must_use]
    pub fn browser(&self) -> Browser {
        self.browser
    }

    /// Its version, such as `156.0.8078.79`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Opens a page, in place of the one before.
    ///
    /// # Errors
    ///
    /// If it is not loaded in time.
    pub async fn open(&mut self, _url: &str) -> Result<(), EngineError> {
        std::future::pending().await
    }

    /// Runs a script in the page and hands over its value. The script is the body of an asynchronous function.
    ///
    /// # Errors
    ///
    /// If it throws, or is not done in time.
    pub async fn evaluate(&mut self, _script: &str, _limit: Duration) -> Result<Value, EngineError> {
        std::future::pending().await
    }

    /// What the console printed since the last call, in order.
    ///
    /// # Errors
    ///
    /// If the browser does not hand it over.
    pub async fn console(&mut self) -> Result<Vec<ConsoleLine>, EngineError> {
        std::future::pending().await
    }

    /// Ends the browser and waits until nothing of it is left.
    pub async fn close(self) {}
}
