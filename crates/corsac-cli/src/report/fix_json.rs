//! A fix in JSON, the same for a check and for a recording.

use corsac_diagnosis::{Fix, Step};
use serde::Serialize;

#[cfg(test)]
use crate::schema;

/// Lines that mend it, for one kind of server.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct FixEntry<'a> {
    /// `http`: what any server must send; `corsac`: the gateway; else a stack.
    #[cfg_attr(test, schemars(schema_with = "schema::identifier"))]
    target: &'a str,
    title: &'a str,
    /// The steps as one text.
    snippet: String,
    steps: Vec<StepEntry<'a>>,
    notes: &'a [String],
}

/// One place to change.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct StepEntry<'a> {
    place: &'a str,
    /// The name of the file, where the lines are the whole of one.
    file: Option<&'a str>,
    lines: &'a [String],
}

impl<'a> FixEntry<'a> {
    pub(super) fn of(fix: &'a Fix) -> Self {
        let step = |step: &'a Step| StepEntry { place: &step.place, file: step.file, lines: &step.lines };
        Self {
            target: fix.target,
            title: &fix.title,
            snippet: fix.snippet(),
            steps: fix.steps.iter().map(step).collect(),
            notes: &fix.notes,
        }
    }
}
