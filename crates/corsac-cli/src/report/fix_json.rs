//! A fix in JSON, the same for a check and for a recording.

use corsac_diagnosis::Fix;
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
    snippet: &'a str,
}

impl<'a> FixEntry<'a> {
    pub(super) fn of(fix: &'a Fix) -> Self {
        Self { target: fix.target, title: &fix.title, snippet: &fix.snippet }
    }
}
