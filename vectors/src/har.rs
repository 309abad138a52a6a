//! What must be said of each call of a recording: `har/*.toml`, beside the recordings.
//!
//! Compares lines of text; knows nothing of how they came about.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    call: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    call: String,
    verdict: String,
    #[serde(default)]
    failure: Option<String>,
    #[serde(default)]
    cause: Option<String>,
    grade: String,
    claims: BTreeMap<String, String>,
}

/// What is expected of each call of the recording of that name, as lines.
///
/// # Panics
///
/// If the file cannot be read.
#[must_use]
pub fn expected(name: &str) -> Vec<String> {
    let calls = crate::read::<File>(format!("har/{name}.toml").as_ref()).call;
    calls
        .iter()
        .map(|call| {
            let claims = call.claims.iter().map(|(about, grade)| (about.as_str(), grade.as_str()));
            let (failure, cause) = (call.failure.as_deref(), call.cause.as_deref());
            line(&call.call, &call.verdict, failure, cause, &call.grade, claims)
        })
        .collect()
}

/// A call in one line.
pub fn line<'a>(
    call: &str,
    verdict: &str,
    failure: Option<&str>,
    cause: Option<&str>,
    grade: &str,
    claims: impl Iterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut line = format!(
        "{call}: {verdict}, failure {}, cause {}, {grade};",
        failure.unwrap_or("none"),
        cause.unwrap_or("none")
    );
    for (about, grade) in claims.collect::<BTreeMap<_, _>>() {
        let _ = write!(line, " {about} {grade}");
    }
    line
}

/// Where what was found is not what is expected.
#[must_use]
pub fn differences(name: &str, expected: &[String], found: &[String]) -> Vec<String> {
    let mut differences: Vec<String> = expected
        .iter()
        .zip(found)
        .filter(|(expected, found)| expected != found)
        .map(|(expected, found)| format!("{name}: {found}\n  instead of {expected}"))
        .collect();
    if expected.len() != found.len() {
        differences.push(format!("{name}: {} calls instead of {}", found.len(), expected.len()));
    }
    differences
}
