//! Origins as JSON, version 1. The shape is a promise: fields are added, never renamed or removed.

use corsac::Origin;
use serde::Serialize;

#[cfg(test)]
use crate::schema;

/// The origin of a URL, or of two, and how they relate.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "corsac origin --json"))]
struct Document {
    #[cfg_attr(test, schemars(schema_with = "schema::version"))]
    version: u8,
    /// The origin of each URL, `null` where it is opaque: what a browser sends as `Origin`.
    origins: Vec<String>,
    /// Nothing where there is one URL.
    same_origin: Option<bool>,
    /// Nothing where there is one URL.
    same_site: Option<bool>,
    /// In what two origins differ, in words.
    differences: Vec<String>,
}

/// The document as text.
pub(super) fn json(one: &Origin, two: Option<&Origin>, differences: Vec<String>) -> String {
    let document = Document {
        version: 1,
        origins: std::iter::once(one).chain(two).map(ToString::to_string).collect(),
        same_origin: two.map(|two| one.is_same_origin(two)),
        same_site: two.map(|two| one.is_same_site(two)),
        differences,
    };
    serde_json::to_string_pretty(&document)
        .unwrap_or_else(|error| format!("{{\"version\":1,\"error\":\"{error}\"}}"))
}

#[cfg(test)]
#[test]
fn the_schema_is_the_one_that_is_kept() {
    schema::assert_kept::<Document>("origin");
}
