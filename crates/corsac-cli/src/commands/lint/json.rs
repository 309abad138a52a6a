//! The findings as JSON, version 1. The shape is a promise: fields are added, never renamed or removed.

use std::path::Path;

use corsac_gateway::config::{Finding, Lint, Place, Severity};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    version: u8,
    file: String,
    policy: Option<&'a str>,
    errors: usize,
    warnings: usize,
    notes: usize,
    findings: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'a str,
    severity: &'static str,
    message: &'a str,
    help: &'a str,
    policy: Option<&'a str>,
    file: String,
    line: Option<usize>,
    column: Option<usize>,
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
