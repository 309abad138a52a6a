//! Typed access to a parsed TOML file that collects what is wrong instead of stopping at it.
//!
//! Knows values, spans and variables; what the keys mean is in the files beside it.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::code::Code;
use super::finding::{Finding, Place, Severity};
use super::inputs::{InputFile, Inputs};
use super::lint::Consultant;
use super::problem::Problem;
use super::source::Source;
use super::suggest::nearest;
use super::value_file;
use super::variables::{Environment, expand};

/// A value and where it stands.
pub(crate) type Value<'a> = Spanned<DeValue<'a>>;

/// A key and where it stands.
pub(crate) type Key<'a> = Spanned<DeString<'a>>;

/// A text value with its variables filled in.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) value: String,
    /// The same with the names of its variables.
    pub(crate) written: String,
    pub(crate) span: Range<usize>,
    /// The variables it took something from; then it is never shown.
    pub(crate) variables: Vec<String>,
}

impl Text {
    /// The text for a message, with the names of its variables in place of their values.
    pub(crate) fn shown(&self) -> &str {
        if self.variables.is_empty() { &self.value } else { &self.written }
    }
}

/// The entries of a list that could be read.
pub(crate) struct Texts {
    pub(crate) read: Vec<Text>,
    /// Whether these are all that were written.
    pub(crate) whole: bool,
}

impl Texts {
    fn of(entries: Vec<Option<Text>>) -> Self {
        let whole = entries.iter().all(Option::is_some);
        Self { read: entries.into_iter().flatten().collect(), whole }
    }
}

/// One pass over a file.
pub(crate) struct Reader<'a> {
    pub(crate) source: Source<'a>,
    environment: Environment<'a>,
    /// The files that were read on the way, the one this is about among them.
    pub(crate) inputs: Inputs,
    /// What relative paths begin at: the folder of the file.
    pub(crate) folder: &'a Path,
    /// What it is read for.
    pub(crate) purpose: Purpose,
    /// The policy that is being read, for what is found in it.
    pub(crate) policy: Option<String>,
    /// Who else is asked about each policy.
    pub(crate) consultant: Option<Consultant<'a>>,
    findings: Vec<(usize, Finding)>,
}

/// What a file is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be served on this machine.
    Serve,
    /// To be judged by itself, wherever it will be served.
    Lint,
}

/// What the machine lacks, and the file may be right about all the same.
const OF_THE_MACHINE: &[Code] = &[
    Code::VariableUnset,
    Code::VariableEmpty,
    Code::ValueFileUnreadable,
    Code::TlsFileUnreadable,
    Code::FilesMissing,
];

impl<'a> Reader<'a> {
    pub(crate) fn new(source: Source<'a>, environment: Environment<'a>) -> Self {
        Self {
            source,
            environment,
            inputs: Inputs::default(),
            folder: Path::new(""),
            purpose: Purpose::Serve,
            policy: None,
            consultant: None,
            findings: Vec::new(),
        }
    }

    /// What was found, in the order of the file, and the files that were read. Questions are for whoever has the file
    /// judged, and not for whoever serves it.
    pub(crate) fn finish(mut self) -> (Vec<Finding>, Vec<InputFile>) {
        if self.purpose == Purpose::Serve {
            self.findings.retain(|(_, finding)| finding.severity != Severity::Note);
        }
        self.findings.sort_by_key(|(position, _)| *position);
        let findings = self.findings.into_iter().map(|(_, finding)| finding).collect();
        (findings, self.inputs.into_files())
    }

    pub(crate) fn has_faults(&self) -> bool {
        self.findings.iter().any(|(_, finding)| finding.severity == Severity::Error)
    }

    pub(crate) fn fault(&mut self, span: &Range<usize>, problem: Problem) {
        self.report(Severity::Error, span, problem);
    }

    pub(crate) fn advise(&mut self, span: &Range<usize>, problem: Problem) {
        self.report(Severity::Warning, span, problem);
    }

    fn report(&mut self, severity: Severity, span: &Range<usize>, problem: Problem) {
        let is_elsewhere = self.purpose == Purpose::Lint && OF_THE_MACHINE.contains(&problem.code);
        let severity = if is_elsewhere { Severity::Note } else { severity };
        self.add(severity, span, problem.code.as_str(), problem.message, problem.help);
    }

    /// A fault in a text: where the environment supplied it, its words are withheld.
    pub(crate) fn fault_in(&mut self, text: &Text, problem: Problem) {
        let problem =
            if text.variables.is_empty() { problem } else { problem.without_value(&text.variables) };
        self.fault(&text.span, problem);
    }

    /// A fault of the file as a whole.
    pub(crate) fn fault_of_file(&mut self, problem: Problem) {
        let place = Place::File { name: self.source.name.to_owned() };
        let Problem { code, message, help } = problem;
        let code = code.as_str();
        let finding = Finding { severity: Severity::Error, code, message, place, help, policy: None };
        self.findings.push((0, finding));
    }

    pub(crate) fn add(
        &mut self,
        severity: Severity,
        span: &Range<usize>,
        code: &'static str,
        message: String,
        help: String,
    ) {
        let place = self.source.place(span);
        let policy = self.policy.clone();
        self.findings.push((span.start, Finding { severity, code, message, place, help, policy }));
    }

    /// A fault that was found outside of the file, before everything in it.
    pub(crate) fn fault_outside(&mut self, finding: Finding) {
        self.findings.insert(0, (0, finding));
    }

    /// Drops what was concluded from the absence of something, where a part of the file could not be read.
    pub(crate) fn forget(&mut self, codes: &[&str]) {
        self.findings.retain(|(_, finding)| !codes.contains(&finding.code));
    }

    /// Drops what was found on the lines of these bytes, where a syntax error already says what is wrong.
    pub(crate) fn silence_lines_of(&mut self, bytes: &[usize]) {
        let source = self.source;
        let lines: Vec<usize> = bytes.iter().map(|byte| source.line_of(*byte)).collect();
        self.findings.retain(|(position, finding)| {
            finding.code == Code::TomlSyntax.as_str() || !lines.contains(&source.line_of(*position))
        });
    }

    /// An unknown key; gives back the known one that was probably meant.
    pub(crate) fn unknown_key<'k>(
        &mut self,
        key: &Key<'_>,
        of: &str,
        known: &[&'k str],
        elsewhere: &[(&[&str], &str)],
    ) -> Option<&'k str> {
        let written = key.get_ref();
        let meant = nearest(written, known.iter().copied());
        let home = || elsewhere.iter().find(|(keys, _)| keys.contains(&written.as_ref()));
        let help = match (meant, home()) {
            (_, Some((_, home))) => format!("`{written}` belongs in {home}"),
            (Some(meant), None) => format!("did you mean `{meant}`?"),
            (None, None) => format!("the keys of {of} are {}", list(known)),
        };
        let message = format!("`{written}` is not a key of {of}.");
        self.fault(&key.span(), Problem::new(Code::UnknownKey, message, help));
        meant
    }

    pub(crate) fn wrong_type(&mut self, value: &Value<'_>, what: &str, wanted: &str, example: &str) {
        let message = format!("{what} is {wanted}, not {}.", kind(value.get_ref()));
        self.fault(&value.span(), Problem::new(Code::WrongType, message, format!("write {example}")));
    }

    pub(crate) fn table<'v, 'i>(
        &mut self,
        value: &'v Value<'i>,
        what: &str,
        example: &str,
    ) -> Option<&'v DeTable<'i>> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(table);
        }
        self.wrong_type(value, what, "a table", example);
        None
    }

    pub(crate) fn array<'v, 'i>(
        &mut self,
        value: &'v Value<'i>,
        what: &str,
        example: &str,
    ) -> Option<&'v DeArray<'i>> {
        if let DeValue::Array(array) = value.get_ref() {
            return Some(array);
        }
        self.wrong_type(value, what, "a list of tables", example);
        None
    }

    pub(crate) fn boolean(&mut self, value: &Value<'_>, what: &str) -> Option<bool> {
        if let DeValue::Boolean(boolean) = value.get_ref() {
            return Some(*boolean);
        }
        self.wrong_type(value, what, "true or false", "true or false, without quotes");
        None
    }

    /// A text with its variables filled in; nothing where one is unset, which is reported.
    pub(crate) fn text(&mut self, value: &Value<'_>, what: &str, example: &str) -> Option<Text> {
        let DeValue::String(written) = value.get_ref() else {
            self.wrong_type(value, what, "a text", example);
            return None;
        };
        let span = value.span();
        let files = |path: &str| value_file::read(&self.inputs, self.folder, path);
        let expanded = expand(written, self.environment, &files);
        let mut usable = true;
        for (code, bytes, message) in expanded.problems {
            let place = self.inside(&span, &written[bytes]);
            match code {
                Code::VariableEmpty => {
                    self.advise(&place, Problem::new(code, message, "give it a value, or remove it here"));
                }
                Code::VariableUnset => {
                    usable = false;
                    let help = "set it where the gateway is started; a plain `${` is written `$${`";
                    self.fault(&place, Problem::new(code, message, help));
                }
                Code::ValueFileUnreadable => {
                    usable = false;
                    let help =
                        "write the path of a file with the value and nothing else, relative to this file";
                    self.fault(&place, Problem::new(code, message, help));
                }
                _ => {
                    usable = false;
                    let help = "write ${NAME}, with letters, digits and `_`; a plain `${` is written `$${`";
                    self.fault(&place, Problem::new(code, message, help));
                }
            }
        }
        let written = written.to_string();
        usable.then_some(Text { value: expanded.text, written, span, variables: expanded.variables })
    }

    /// One text or a list of them. Each entry that is no text is reported, and the others are still read.
    pub(crate) fn texts(&mut self, value: &Value<'_>, what: &str, example: &str) -> Texts {
        match value.get_ref() {
            DeValue::String(_) => Texts::of(vec![self.text(value, what, example)]),
            DeValue::Array(entries) => Texts::of(
                entries
                    .iter()
                    .map(|entry| self.text(entry, &format!("An entry of {what}"), example))
                    .collect(),
            ),
            _ => {
                self.wrong_type(value, what, "a text or a list of texts", example);
                Texts { read: Vec::new(), whole: false }
            }
        }
    }

    /// Where a piece of a value stands in the file; the whole value, if it was written with escapes.
    fn inside(&self, span: &Range<usize>, piece: &str) -> Range<usize> {
        let raw = self.source.text.get(span.clone()).unwrap_or_default();
        raw.find(piece)
            .map_or_else(|| span.clone(), |found| span.start + found..span.start + found + piece.len())
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn list(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}
