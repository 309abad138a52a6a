//! JSON that the binary printed, held against its schema in `docs/schema`.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::Value;

/// Reading a schema takes longer than a document.
static READ: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

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
    let mut read = READ.lock().expect("a schema that cannot be read ends the test");
    let validator = Arc::clone(read.entry(form.to_owned()).or_insert_with(|| Arc::new(validator(form))));
    drop(read);
    validator.iter_errors(document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

fn validator(form: &str) -> Validator {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema").join(form).with_extension("json");
    let kept = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let schema: Value = serde_json::from_slice(&kept).expect("a schema is JSON");
    jsonschema::draft202012::new(&schema).expect("a schema of draft 2020-12")
}
