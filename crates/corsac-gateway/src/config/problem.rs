//! What is wrong with one value, before anybody knows where the value came from: a file or a flag.
//!
//! Knows no places; [`Reader`](super::reader::Reader) and [`flags`](super::flags) add theirs.

use super::code::Code;
use super::variables::places;

/// How a setting was written, and so how it is to be written instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As a value in a file.
    Value,
    /// As a flag of the command line, with its dashes.
    Flag(&'static str),
}

impl Form {
    /// What to write for this value.
    pub(crate) fn write(self, value: &str) -> String {
        match self {
            Self::Value => format!("write {}", self.spell(value)),
            Self::Flag(_) => format!("pass {}", self.spell(value)),
        }
    }

    /// The value as it is written.
    pub(crate) fn spell(self, value: &str) -> String {
        match self {
            Self::Value => format!("\"{value}\""),
            Self::Flag(flag) => format!("{flag} {value}"),
        }
    }
}

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
        let help = format!("look at {}", places(variables));
        Self { code: self.code, message: self.code.meaning().to_owned(), help }
    }
}
