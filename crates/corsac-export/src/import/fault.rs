//! Why a configuration cannot become a policy: where, what, and what to do.

use std::fmt;

/// Where something stands in a text: counted from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
    /// How many characters are meant; at least one.
    pub width: usize,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Where; none where it is about the text as a whole.
    pub place: Option<Place>,
    /// What, in a sentence.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Fault {
    pub(crate) fn new(place: Place, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { place: Some(place), message: message.into(), help: help.into() }
    }

    pub(crate) fn of_text(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { place: None, message: message.into(), help: help.into() }
    }

    /// It as people read it, with the line it is about.
    #[must_use]
    pub fn shown<'a>(&'a self, file: &'a str, text: &'a str) -> impl fmt::Display + 'a {
        Shown { fault: self, file, text }
    }
}

/// All reasons, in the order of the text; there is at least one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("\n"))]
pub struct ImportFaults {
    faults: Vec<Fault>,
    is_of_the_file: bool,
}

impl ImportFaults {
    /// The text holds no configuration that could be read.
    pub(crate) fn of_the_file(fault: Fault) -> Self {
        Self { faults: vec![fault], is_of_the_file: true }
    }

    /// It holds one, which says what no policy says.
    pub(crate) fn of_the_configuration(faults: Vec<Fault>) -> Self {
        Self { faults, is_of_the_file: false }
    }

    /// The reasons.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether it is the wrong file, or was read as the wrong format, rather than a configuration that no policy equals.
    ///
    /// ```
    /// use corsac_export::import;
    ///
    /// assert!(import("just words", None).is_err_and(|faults| faults.is_of_the_file()));
    /// let rules = r#"{"CORSRules": [{"AllowedOrigins": ["https://*"], "AllowedMethods": ["GET"]}]}"#;
    /// assert!(import(rules, None).is_err_and(|faults| !faults.is_of_the_file()));
    /// ```
    #[must_use]
    pub fn is_of_the_file(&self) -> bool {
        self.is_of_the_file
    }
}

struct Shown<'a> {
    fault: &'a Fault,
    file: &'a str,
    text: &'a str,
}

/// How much of a line is shown: files made by programs have everything on one.
const LONGEST: usize = 100;

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { place, message, help } = self.fault;
        writeln!(formatter, "error: {message}")?;
        let Some(Place { line, column, width }) = place else {
            return write!(formatter, "  --> {}\n   = help: {help}", self.file);
        };
        let gutter = " ".repeat(line.to_string().len());
        writeln!(formatter, "{gutter}--> {}:{line}:{column}", self.file)?;
        // A byte order mark is no character of the first line.
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(self.text);
        if let Some(own) = text.lines().nth(line - 1) {
            let skipped = (column - 1).saturating_sub(LONGEST / 2);
            let skipped = if own.chars().count() > LONGEST { skipped } else { 0 };
            let part: String = own.chars().skip(skipped).take(LONGEST).map(flat).collect();
            let before = column - 1 - skipped;
            let marks = (*width).min(part.chars().count().saturating_sub(before)).max(1);
            writeln!(formatter, "{gutter} |")?;
            writeln!(formatter, "{line} | {part}")?;
            writeln!(formatter, "{gutter} | {}{}", " ".repeat(before), "^".repeat(marks))?;
        }
        write!(formatter, "{gutter}  = help: {help}")
    }
}

/// A tab is as wide as a space here, so that the marks stand where they should.
fn flat(letter: char) -> char {
    if letter == '\t' { ' ' } else { letter }
}
