//! Exit codes: what a script learns without reading a word.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// As hoped.
    AsHoped,
    /// The browser blocks the call.
    Blocked,
    /// A file has what should be looked at.
    Findings,
    /// What was typed, or a configuration, cannot be used.
    Usage,
    /// The target gave no answer.
    Unreachable,
    /// Corsac itself failed.
    Internal,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::AsHoped => 0,
            Exit::Blocked | Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Unreachable => 3,
            Exit::Internal => 4,
        })
    }
}
