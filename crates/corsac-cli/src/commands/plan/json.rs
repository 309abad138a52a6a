//! What a browser would send as JSON, version 1. The shape is a promise: fields are added, never renamed or removed.

use corsac_browser::{Pending, Verdict};
use serde::Serialize;

use crate::report::{RequestEntry, kind};
#[cfg(test)]
use crate::schema;

/// What a browser would send for one call, if every answer granted what was asked for.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "corsac plan --json"))]
struct Document {
    #[cfg_attr(test, schemars(schema_with = "schema::version"))]
    version: u8,
    /// The page's origin.
    page: String,
    /// Why the browser would send nothing, where it would not.
    #[cfg_attr(test, schemars(schema_with = "schema::failure_or_null"))]
    failure: Option<&'static str>,
    /// Every request, in order.
    requests: Vec<PlannedRequest>,
    /// Headers that the script sets and the browser drops.
    dropped_headers: Vec<DroppedHeader>,
}

/// A request that would be sent.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PlannedRequest {
    #[cfg_attr(test, schemars(schema_with = "schema::kind"))]
    kind: &'static str,
    /// Why it is a preflight, in words; empty where it is none.
    because: Vec<String>,
    request: RequestEntry,
    /// The same by hand; has the secrets that were typed.
    curl: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct DroppedHeader {
    name: String,
    /// Why, in words.
    reason: String,
}

impl PlannedRequest {
    pub(super) fn of(pending: &Pending, curl: String) -> Self {
        let request = pending.request();
        Self {
            kind: kind(request.kind),
            because: pending.preflight_reasons().iter().map(ToString::to_string).collect(),
            request: RequestEntry::of(request),
            curl,
        }
    }
}

/// The document as text.
pub(super) fn json(page: String, requests: Vec<PlannedRequest>, verdict: &Verdict) -> String {
    let dropped = verdict.dropped_headers.iter();
    let document = Document {
        version: 1,
        page,
        failure: verdict.failure().map(|failure| failure.id.as_str()),
        requests,
        dropped_headers: dropped
            .map(|dropped| DroppedHeader { name: dropped.name.clone(), reason: dropped.reason.to_string() })
            .collect(),
    };
    serde_json::to_string_pretty(&document)
        .unwrap_or_else(|error| format!("{{\"version\":1,\"error\":\"{error}\"}}"))
}

#[cfg(test)]
#[test]
fn the_schema_is_the_one_that_is_kept() {
    schema::assert_kept::<Document>("plan");
}
