//! One thing that is wrong or unwise in a configuration, and how it is printed: what, where, what to do.
//!
//! Holds its own line of source, so that it can be shown long after the text is gone. Never holds the value of an
//! environment variable: the source line has only its name.

use std::fmt;
use std::ops::Range;

use corsac::{AdviceCode, FaultCode};

use super::code::Code;
use super::inputs::InputFile;
use super::source::printable;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The gateway does not start.
    Error,
    /// It works, but is probably not what was meant.
    Warning,
    /// It may well be what was meant, and only the author can say; or it depends on the machine, and not on the file.
    /// Told by [`Lint`](super::Lint) alone.
    Note,
}

impl Severity {
    /// In a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the file as a whole.
    File {
        /// The file's name.
        name: String,
    },
    /// At some characters of a line.
    Span {
        /// The file's name.
        name: String,
        /// The line, counted from 1.
        line: usize,
        /// The character in the line, counted from 1.
        column: usize,
        /// How many characters are meant; at least one.
        width: usize,
        /// The same characters in the line as it is in the file, counted from 1: what is shown has tabs spread out and
        /// passwords taken out.
        characters: Range<usize>,
        /// The line itself, fit for a terminal.
        text: String,
    },
    /// In a flag of the command line.
    Flag {
        /// The flag and its value, as they were typed.
        text: String,
    },
}

/// In one line, without the line it is about.
impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { name } => formatter.write_str(name),
            Self::Flag { text } => formatter.write_str(text),
            Self::Span { name, line, column, .. } => write!(formatter, "{name}:{line}:{column}"),
        }
    }
}

/// One fault or advice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The stable identifier: a [`Code`], or a code of the policy engine.
    pub code: &'static str,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Where it is.
    pub place: Place,
    /// What to do about it.
    pub help: String,
    /// The policy of the file that it is about, if it is about one.
    pub policy: Option<String>,
}

impl Finding {
    /// What its code means, in a sentence.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        let own = Code::ALL.iter().map(|code| (code.as_str(), code.meaning()));
        let faults = FaultCode::ALL.iter().map(|code| (code.as_str(), code.meaning()));
        let advice = AdviceCode::ALL.iter().map(|code| (code.as_str(), code.meaning()));
        let mut all = own.chain(faults).chain(advice);
        all.find(|(code, _)| *code == self.code).map_or("", |(_, meaning)| meaning)
    }

    /// Writes it to the log, as one event.
    pub fn log(&self) {
        let Self { code, message, place, help, .. } = self;
        match self.severity {
            Severity::Error => tracing::error!(code, %place, help, "{message}"),
            Severity::Warning => tracing::warn!(code, %place, help, "{message}"),
            Severity::Note => tracing::info!(code, %place, help, "{message}"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = self.severity.as_str();
        // Names and values of the file stand in messages too.
        writeln!(formatter, "{severity}[{}]: {}", self.code, printable(&self.message))?;
        match &self.place {
            Place::File { name } => write!(formatter, "  --> {name}")?,
            Place::Flag { text } => write!(formatter, "  --> {text}")?,
            Place::Span { name, line, column, width, text, .. } => {
                let gutter = " ".repeat(line.to_string().len());
                let indent = " ".repeat(column - 1);
                let marks = "^".repeat(*width);
                writeln!(formatter, "{gutter}--> {name}:{line}:{column}")?;
                writeln!(formatter, "{gutter} |")?;
                writeln!(formatter, "{line} | {text}")?;
                write!(formatter, "{gutter} | {indent}{marks}")?;
            }
        }
        for (index, line) in self.help.lines().enumerate() {
            let begin = if index == 0 { "= help:" } else { "       " };
            write!(formatter, "\n   {begin} {}", printable(line))?;
        }
        Ok(())
    }
}

/// Everything that is wrong with a configuration, with the advice beside it, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFaults {
    findings: Vec<Finding>,
    inputs: Vec<InputFile>,
}

impl ConfigFaults {
    /// There is at least one error among the findings.
    pub(crate) fn new(findings: Vec<Finding>, inputs: Vec<InputFile>) -> Self {
        Self { findings, inputs }
    }

    /// The faults and the advice, in the order of the file.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The files that were read, or were to be.
    #[must_use]
    pub fn inputs(&self) -> &[InputFile] {
        &self.inputs
    }
}

impl fmt::Display for ConfigFaults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n\n")?;
            }
            finding.fmt(formatter)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigFaults {}
