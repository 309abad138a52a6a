//! The files that are read, and the programs that read them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use corsac::{MaxAgeConfig, PolicyConfig};
use corsac_export::{Context, export, target};
use corsac_vectors::PolicyCase;
use libtest_mimic::Failed;
use serde_json::Value;
use tempfile::TempDir;

/// A policy, and the file with its lines.
pub(crate) struct Exported {
    pub(crate) config: PolicyConfig,
    pub(crate) file: PathBuf,
}

impl Exported {
    /// That something in it was read as something else, with all that it takes to see why.
    pub(crate) fn is_read_otherwise(&self, what: &impl std::fmt::Display) -> String {
        let Self { config, file } = self;
        let lines = fs::read_to_string(file).unwrap_or_else(|error| error.to_string());
        format!("{what}\n{config:?}\n{lines}")
    }

    pub(crate) fn max_age(&self) -> Option<i64> {
        match self.config.max_age {
            Some(MaxAgeConfig::Seconds(seconds)) => Some(seconds),
            // A checked policy has seconds.
            Some(MaxAgeConfig::Text(_)) | None => None,
        }
    }
}

/// The lines for every policy that a target can express, in a folder that is there as long as it is held.
pub(crate) fn exported(name: &str) -> Result<(TempDir, Vec<Exported>), Failed> {
    let target = target(name).expect("it is a target");
    let folder = tempfile::Builder::new().prefix("corsac-lab-read-").tempdir()?;
    let mut all = Vec::new();
    for config in policies()? {
        let policy = config.into_policy().map_err(|faults| faults.to_string())?;
        // What it refuses, it need not write.
        if let Ok(exported) = export(target, &policy, &Context::default()) {
            let file = folder.path().join(format!("policy_{}.{}", all.len(), target.extension()));
            fs::write(&file, exported.text)?;
            all.push(Exported { config: policy.to_config(), file });
        }
    }
    if all.len() < 20 {
        return Err(format!("it expresses no more than {} policies", all.len()).into());
    }
    Ok((folder, all))
}

/// The policies of the shared vectors, each once, and the hostile one.
pub(crate) fn policies() -> Result<Vec<PolicyConfig>, Failed> {
    let mut all = vec![hostile()];
    for case in corsac_vectors::load::<PolicyCase>("policy") {
        let config: PolicyConfig = case.policy.try_into()?;
        if !all.contains(&config) {
            all.push(config);
        }
    }
    Ok(all)
}

/// A policy whose names have every letter that a name may have, and what begins a value in one language or another.
fn hostile() -> PolicyConfig {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    PolicyConfig {
        allow_origins: texts(&["https://app.example", "https://*.dev.example", "http://localhost:*"]),
        allow_methods: texts(&["PUT", "M!#$%&'*+-.^_`|~"]),
        allow_headers: texts(&["X-!#$%&'*+-.^_`|~", "X-#$0", "X-$a", "X-'", "X-`", "X-%s"]),
        expose_headers: texts(&["X-!#$%&'*+-.^_`|~"]),
        ..PolicyConfig::default()
    }
}

/// Has a program read the files, and takes its list: an entry for each.
pub(crate) fn read(command: &mut Command, all: &[Exported]) -> Result<Vec<Value>, Failed> {
    let output = command.args(all.iter().map(|exported| &exported.file)).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let list: Vec<Value> = serde_json::from_slice(&output.stdout)?;
    if list.len() == all.len() { Ok(list) } else { Err(format!("{} entries", list.len()).into()) }
}

/// A program of `lab/exports`.
pub(crate) fn reader(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("exports").join(name)
}

/// The texts of a list; none where it is no list.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Names, whatever their case and order.
pub(crate) fn names(names: &[String]) -> BTreeSet<String> {
    names.iter().map(|name| name.to_ascii_lowercase()).collect()
}

/// The same where a star stands for all others.
pub(crate) fn names_or_star(list: &[String]) -> BTreeSet<String> {
    if has_star(list) { BTreeSet::from(["*".to_owned()]) } else { names(list) }
}

pub(crate) fn has_star(names: &[String]) -> bool {
    names.iter().any(|name| name == "*")
}

pub(crate) fn none_of(wrong: &[String]) -> Result<(), Failed> {
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n\n").into()) }
}
