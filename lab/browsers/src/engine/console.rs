//! Lines of a console, and the mark that tells where those asked for end.
//!
//! Every engine hands its lines over in the order in which the page's process made them, but later: a script may
//! have its answer before the console has its line. So a mark is printed, and lines are taken until it arrives.

/// A line that the console printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleLine {
    /// The message, without what a driver puts before it.
    pub text: String,
    /// How grave it is, in the engine's words.
    pub level: String,
    /// Where it comes from, in the engine's words.
    pub source: String,
    /// What it is about or comes from, where the engine says so beside the text: of a resource that could not be
    /// loaded, Chromium names the address only here.
    pub url: Option<String>,
}

/// A text that no page prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark(String);

impl Mark {
    pub(super) fn new(number: u64) -> Self {
        Self(format!("corsac-lab-mark-{number}-end"))
    }

    /// The statement that prints it.
    pub(super) fn script(&self) -> String {
        format!("console.info('{}');", self.0)
    }

    pub(super) fn is(&self, line: &ConsoleLine) -> bool {
        line.text == self.0
    }
}
