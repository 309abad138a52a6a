//! What settles a message, as it is told: a command, or where to look.
//!
//! Plain data.

/// What tells what a message means and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settles {
    /// A command.
    Command(Command),
    /// No command can: where to look, in a sentence or two.
    Look(&'static str),
}

/// A command to be typed into a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The whole line, quoted where a shell needs it.
    pub line: String,
    /// The words of it in capitals that a person must replace, since the message does not tell them.
    pub blanks: Vec<&'static str>,
    /// What the person who types it should know, in sentences; may be empty.
    pub notes: Vec<&'static str>,
}
