//! What can come of a browser instead of an answer. None of it is ever agreement.

use std::time::Duration;

use corsac_browser::Browser;

use super::Part;

/// A browser did not do what it was told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// A program that the engine takes is not on this machine.
    #[error("{part} is not on this machine; to get it, run `{how_to_get}`")]
    Missing {
        /// What is missing.
        part: Part,
        /// The command that brings it.
        how_to_get: &'static str,
    },
    /// It never came so far as to take orders.
    #[error("{browser} did not start: {why}\n{said}")]
    NotStarted {
        /// The browser.
        browser: Browser,
        /// What went wrong.
        why: String,
        /// What its processes wrote.
        said: String,
    },
    /// It is gone, or the page's process is.
    #[error("{browser} crashed while it was to {task}: {why}")]
    Crashed {
        /// The browser.
        browser: Browser,
        /// What it was doing.
        task: &'static str,
        /// How that came to be known.
        why: String,
    },
    /// It did not answer in time. Only closing the session is of use now.
    #[error("{browser} hung: it was to {task} within {limit:?}")]
    Hung {
        /// The browser.
        browser: Browser,
        /// What it was doing.
        task: &'static str,
        /// The time it had.
        limit: Duration,
    },
    /// The script ended with an exception.
    #[error("in {browser}, the script threw: {exception}")]
    Threw {
        /// The browser.
        browser: Browser,
        /// The exception, in the engine's words.
        exception: String,
    },
    /// It refused an order, or answered what is no answer to it.
    #[error("{browser} would not {task}: {why}")]
    Protocol {
        /// The browser.
        browser: Browser,
        /// What it was to do.
        task: &'static str,
        /// What it said.
        why: String,
    },
}
