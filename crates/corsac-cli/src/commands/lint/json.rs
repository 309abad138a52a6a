//! The findings as JSON, version 1. The shape is a promise: fields are added, never renamed or removed.

use std::path::Path;

use corsac_gateway::config::{Finding, Lint, Place, Severity};
use serde::Serialize;

#[cfg(test)]
use crate::schema;

/// What is wrong or unwise in the policies of a file.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "corsac lint --json"))]
struct Document<'a> {
    #[cfg_attr(test, schemars(schema_with = "schema::version"))]
    version: u8,
    /// The file, as it was typed.
    file: String,
    /// The name after `--policy`.
    policy: Option<&'a str>,
    /// How many findings are errors.
    errors: usize,
    /// How many are warnings.
    warnings: usize,
    /// How many are notes.
    notes: usize,
    /// In the order of the file.
    findings: Vec<Entry<'a>>,
}

/// One finding, and where it is.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Entry<'a> {
    /// What it is.
    #[cfg_attr(test, schemars(schema_with = "schema::identifier"))]
    code: &'a str,
    /// `error`: no gateway starts with it. `warning`: it works, and is probably not what was meant. `note`: a question to
    /// the author, or what this machine lacks.
    #[cfg_attr(test, schemars(schema_with = "schema::severity"))]
    severity: &'static str,
    /// What is wrong, in a sentence.
    message: &'a str,
    /// What to write instead; may have several lines.
    help: &'a str,
    /// The policy it is about, where it is about one.
    policy: Option<&'a str>,
    file: String,
    /// Counted from 1; nothing where it is about the file as a whole.
    line: Option<usize>,
    /// The first character, counted from 1.
    column: Option<usize>,
    /// The one behind the last.
    end_column: Option<usize>,
}

/// The document as text.
pub(super) fn json(lint: &Lint, file: &Path, policy: Option<&str>) -> String {
    let file = file.display().to_string();
    let document = Document {
        version: 1,
        policy,
        errors: lint.count(Severity::Error),
        warnings: lint.count(Severity::Warning),
        notes: lint.count(Severity::Note),
        findings: lint.findings().iter().map(|finding| entry(finding, &file)).collect(),
        file: file.clone(),
    };
    serde_json::to_string_pretty(&document)
        .unwrap_or_else(|error| format!("{{\"version\":1,\"error\":\"{error}\"}}"))
}

fn entry<'a>(finding: &'a Finding, file: &str) -> Entry<'a> {
    let (line, characters) = match &finding.place {
        Place::Span { line, characters, .. } => (Some(*line), Some(characters)),
        Place::File { .. } | Place::Flag { .. } => (None, None),
    };
    Entry {
        code: finding.code,
        severity: finding.severity.as_str(),
        message: &finding.message,
        help: &finding.help,
        policy: finding.policy.as_deref(),
        file: file.to_owned(),
        line,
        column: characters.map(|characters| characters.start),
        end_column: characters.map(|characters| characters.end),
    }
}

#[cfg(test)]
#[test]
fn the_schema_is_the_one_that_is_kept() {
    schema::assert_kept::<Document<'_>>("lint");
}
