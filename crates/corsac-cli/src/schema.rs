//! The JSON Schema of what `--json` prints: derived from the very types, kept in `docs/schema`, named in `docs/json.md`.
//!
//! For tests alone; `CORSAC_BLESS=1` writes the files anew. Whoever adds a form of JSON derives
//! [`schemars::JsonSchema`] in tests and calls [`assert_kept`].

use std::path::{Path, PathBuf};

use corsac_browser::FailureId;
use corsac_diagnosis::Cause;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

/// Holds the schema of `T` against `docs/schema/NAME.json`, and every property against the words of `docs/json.md`.
pub(crate) fn assert_kept<T: JsonSchema>(name: &str) {
    // As draft 2020-12; of what is written, not of what is read: every field is always there.
    let schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
    let written = format!("{:#}\n", ordered(schema.as_value()));
    let path = docs().join(format!("schema/{name}.json"));
    if std::env::var_os("CORSAC_BLESS").is_some() {
        std::fs::write(&path, &written).expect("the folder can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let place = path.display();
    assert!(
        kept == written,
        "{place} is out of date; to write it anew: CORSAC_BLESS=1 cargo test -p corsac-cli"
    );
    let page = std::fs::read_to_string(docs().join("json.md")).expect("the page is there");
    let mut unnamed = Vec::new();
    properties(schema.as_value(), &mut |property| {
        // `version`, or `messages[].text`.
        if !["`", "."].iter().any(|before| page.contains(&format!("{before}{property}`"))) {
            unnamed.push(property.to_owned());
        }
    });
    assert!(unnamed.is_empty(), "docs/json.md does not name {unnamed:?} of {name}");
}

/// What a reader looks for first, first.
fn ordered(schema: &Value) -> Value {
    let object = schema.as_object().expect("a root schema is an object");
    let first = ["$schema", "title", "description"];
    let head = first.iter().filter_map(|key| object.get_key_value(*key));
    let rest = object.iter().filter(|(key, _)| !first.contains(&key.as_str()));
    head.chain(rest).map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn properties(schema: &Value, see: &mut dyn FnMut(&str)) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                if key == "properties" {
                    value.as_object().into_iter().flatten().for_each(|(name, _)| see(name));
                }
                properties(value, see);
            }
        }
        Value::Array(array) => array.iter().for_each(|value| properties(value, see)),
        _ => {}
    }
}

/// Identifiers are kebab-case; more may come, so that those of today are examples.
const IDENTIFIER: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";

fn words(words: &[&str]) -> Schema {
    json_schema!({ "enum": words })
}

fn or_null(mut schema: Schema) -> Schema {
    let object = schema.ensure_object();
    if let Some(Value::Array(words)) = object.get_mut("enum") {
        words.push(Value::Null);
    }
    if object.contains_key("type") {
        object.insert("type".into(), json!(["string", "null"]));
    }
    schema
}

fn known(examples: Vec<&str>) -> Schema {
    json_schema!({ "type": "string", "pattern": IDENTIFIER, "examples": examples })
}

pub(crate) fn version(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "const": 1 })
}

pub(crate) fn identifier(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": IDENTIFIER })
}

pub(crate) fn identifier_or_null(generator: &mut SchemaGenerator) -> Schema {
    or_null(identifier(generator))
}

pub(crate) fn verdict(_: &mut SchemaGenerator) -> Schema {
    words(&["allowed", "blocked", "not-cors", "unreachable"])
}

pub(crate) fn verdict_or_null(generator: &mut SchemaGenerator) -> Schema {
    or_null(verdict(generator))
}

pub(crate) fn failure(_: &mut SchemaGenerator) -> Schema {
    known(FailureId::ALL.iter().map(|failure| failure.as_str()).collect())
}

pub(crate) fn failure_or_null(generator: &mut SchemaGenerator) -> Schema {
    or_null(failure(generator))
}

pub(crate) fn identifiers(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": identifier(generator) })
}

pub(crate) fn failures(generator: &mut SchemaGenerator) -> Schema {
    identifiers(generator)
}

pub(crate) fn cause_or_null(_: &mut SchemaGenerator) -> Schema {
    or_null(known(Cause::ALL.iter().map(|cause| cause.as_str()).collect()))
}

pub(crate) fn confidence(_: &mut SchemaGenerator) -> Schema {
    words(&["observed", "inferred", "unknown"])
}

pub(crate) fn reached(_: &mut SchemaGenerator) -> Schema {
    words(&["yes", "preflight-only", "no", "unknown"])
}

pub(crate) fn part(_: &mut SchemaGenerator) -> Schema {
    words(&["status", "header", "no-header", "body", "no-response", "request-header", "ignored-line"])
}

pub(crate) fn role(_: &mut SchemaGenerator) -> Schema {
    words(&["wrong", "beside"])
}

pub(crate) fn kind(_: &mut SchemaGenerator) -> Schema {
    words(&["preflight", "actual"])
}

pub(crate) fn severity(_: &mut SchemaGenerator) -> Schema {
    words(&["error", "warning", "note"])
}

pub(crate) fn recorded_verdict(_: &mut SchemaGenerator) -> Schema {
    words(&["allowed", "blocked", "unreachable", "unclear", "not-cors"])
}

pub(crate) fn recorded_kind(_: &mut SchemaGenerator) -> Schema {
    words(&["cors", "no-cors", "navigation", "other"])
}

pub(crate) fn claim(_: &mut SchemaGenerator) -> Schema {
    words(&["mode", "page", "response", "credentials", "preflight", "verdict", "failure", "cause"])
}
