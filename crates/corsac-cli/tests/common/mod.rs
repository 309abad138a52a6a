//! JSON that the binary printed, held against its schema in `docs/schema`.

use std::path::Path;

use serde_json::Value;

/// The document, which must be as its schema says; `form` is the verb that printed it.
pub(crate) fn document(form: &str, printed: &[u8]) -> Value {
    let document: Value = serde_json::from_slice(printed)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(printed)));
    let faults = faults(form, &document);
    assert!(faults.is_empty(), "{form}: {faults:#?} in {document:#}");
    document
}

/// What a schema has against a document.
pub(crate) fn faults(form: &str, document: &Value) -> Vec<String> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema").join(form).with_extension("json");
    let kept = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let schema: Value = serde_json::from_slice(&kept).expect("a schema is JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("a schema of draft 2020-12");
    validator.iter_errors(document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}
