//! What is wrong with one value, before anybody knows where the value came from: a file or a flag.
//!
//! Knows no places; [`Reader`](super::reader::Reader) and [`flags`](super::flags) add theirs.

use super::code::Code;

/// A fault or advice without its place.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Problem {
    pub(crate) fn new(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: help.into() }
    }

    /// The same without its words, for a value that came out of the environment and is not to be shown.
    pub(crate) fn without_value(self, variables: &[String]) -> Self {
        let help = format!("look at what {} is set to", variables.join(" and "));
        Self { code: self.code, message: self.code.meaning().to_owned(), help }
    }
}
