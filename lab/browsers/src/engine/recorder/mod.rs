//! Real browsers with their developer tools open: they visit a page, and hand over the HAR that they would save.
//!
//! The text comes from each browser's own exporter, asked as its menu asks it. Knows no page.

mod chromium;
mod firefox;
mod webkit;

use std::time::Duration;

use corsac_browser::Browser;
use tokio::time::timeout;

use super::EngineError;
use super::processes::Processes;
use super::session::{Failure, Trouble};

/// What a whole recording may take: far more than it should, for machines that are busy.
const LIMIT: Duration = Duration::from_secs(180);

/// How long to wait before something is looked at again.
const GLANCE: Duration = Duration::from_millis(50);

/// A file that a browser's developer tools export.
#[derive(Debug, Clone)]
pub struct Export {
    /// What it is called, such as `chromium-sanitized`.
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

/// What is visited, and how the end of it is known.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Another page of the same origin, for tools that have to see something before they see all.
    pub ready: String,
    /// The page.
    pub url: String,
    /// Its title when it is done.
    pub title: String,
    /// What the URL of its last request ends with, and how many such requests there are.
    pub last: (String, usize),
}

/// Has a browser make the visit with its developer tools open, and gives what these export.
///
/// # Errors
///
/// If a part of it is missing, or it does not come to an end.
pub async fn record(browser: Browser, visit: &Visit) -> Result<Vec<Export>, EngineError> {
    let refused = |why: String| EngineError::Protocol { browser, task: "record a visit", why };
    let mut processes = Processes::new().map_err(|error| refused(error.to_string()))?;
    let recorded = timeout(LIMIT, async {
        match browser {
            Browser::Chromium => chromium::record(&mut processes, visit).await,
            Browser::Firefox => firefox::record(&mut processes, visit).await,
            Browser::Webkit => webkit::record(&mut processes, visit).await,
            _ => Err(Failure::NotStarted("it is no browser".to_owned())),
        }
    });
    let outcome = match recorded.await {
        Ok(Ok(exports)) => Ok(exports),
        Ok(Err(Failure::Missing(missing))) => Err(missing),
        Ok(Err(Failure::NotStarted(why))) => Err(refused(format!("{why}\n{}", processes.said()))),
        Err(_) => Err(EngineError::Hung { browser, task: "record a visit", limit: LIMIT }),
    };
    // Waiting for its end keeps a thread waiting.
    let _ = tokio::task::spawn_blocking(move || drop(processes)).await;
    outcome
}

fn failure(trouble: Trouble) -> Failure {
    let (Trouble::Crashed(why) | Trouble::Refused(why)) = trouble;
    Failure::NotStarted(why)
}
