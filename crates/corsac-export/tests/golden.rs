//! Every target's lines for five policies, letter for letter: `tests/golden/TARGET/POLICY.EXTENSION`, or why there are none:
//! `POLICY.refused.txt`. And for one of them, what to do to a server that is there already: `steps.txt`.
//!
//! `CORSAC_BLESS=1` writes them anew, for a person to read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use corsac::{MaxAgeConfig, Policy, PolicyConfig};
use corsac_export::{Context, Export, Refusal, Target, export, page, steps_as_text, targets};

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn policies() -> Vec<(&'static str, Policy)> {
    let one = PolicyConfig {
        allow_origins: texts(&["https://app.example"]),
        allow_methods: texts(&["PUT"]),
        allow_headers: texts(&["Content-Type"]),
        ..PolicyConfig::default()
    };
    let credentials = PolicyConfig {
        allow_origins: texts(&["https://app.example", "https://admin.example:8443"]),
        allow_credentials: true,
        allow_methods: texts(&["PUT", "DELETE"]),
        allow_headers: texts(&["Authorization", "Content-Type"]),
        max_age: Some(MaxAgeConfig::Text("10m".into())),
        ..PolicyConfig::default()
    };
    let patterns = PolicyConfig {
        allow_origins: texts(&[
            "https://*.app.example",
            "http://localhost:*",
            "https://*.dev.example:*",
            "http://[::1]:*",
        ]),
        allow_headers: texts(&["Content-Type"]),
        ..PolicyConfig::default()
    };
    let public = PolicyConfig {
        allow_origins: texts(&["*"]),
        allow_headers: texts(&["Content-Type", "X-Api-Key"]),
        expose_headers: texts(&["*"]),
        max_age: Some(MaxAgeConfig::Seconds(7200)),
        ..PolicyConfig::default()
    };
    let everything = PolicyConfig {
        allow_origins: texts(&[
            "https://app.example",
            "https://*.app.example",
            "http://localhost:*",
            "tauri://localhost",
            "https://xn--bcher-kva.example:8443",
        ]),
        allow_credentials: true,
        allow_methods: texts(&["PUT", "PATCH", "DELETE", "QUERY"]),
        allow_headers: texts(&["Authorization", "Content-Type", "X-Request-Id"]),
        expose_headers: texts(&["X-Request-Id", "X-Total"]),
        max_age: Some(MaxAgeConfig::Text("2h".into())),
        ..PolicyConfig::default()
    };
    [
        ("one-origin", one),
        ("credentials", credentials),
        ("patterns", patterns),
        ("public", public),
        ("everything", everything),
    ]
    .into_iter()
    .map(|(name, config)| (name, config.into_policy().expect("the policy is sound")))
    .collect()
}

/// Holds a text against a file, or writes it.
fn hold(path: &Path, text: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("CORSAC_BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    } else if fs::read_to_string(path).ok().as_deref() != Some(text) {
        wrong.push(format!("{}\n{text}", path.display()));
    }
}

/// A refusal with all that it has to say.
fn told(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Unable { lacks, .. } => {
            lacks.iter().fold(format!("{refusal}:\n"), |text, lack| format!("{text}- {lack}\n"))
        }
        Refusal::Unwritable { .. } => format!("{refusal}\n"),
    }
}

#[test]
fn every_target_writes_what_was_read_and_found_good() {
    let mut wrong = Vec::new();
    for target in targets() {
        for (name, policy) in policies() {
            let folder = PathBuf::from("tests/golden").join(target.name());
            let written = folder.join(format!("{name}.{}", target.extension()));
            let refused = folder.join(format!("{name}.refused.txt"));
            let (file, text, other) = match export(*target, &policy, &Context::default()) {
                Ok(exported) => {
                    for warning in &exported.warnings {
                        assert!(exported.text.contains(&warning.to_string()), "{}: {warning}", target.name());
                    }
                    (written, exported.text, refused)
                }
                Err(refusal) => (refused, told(&refusal), written),
            };
            hold(&file, &text, &mut wrong);
            assert!(!other.exists(), "{} is out of date: remove it", other.display());
        }
    }
    assert!(wrong.is_empty(), "CORSAC_BLESS=1 writes them:\n{}", wrong.join("\n\n"));
}

/// The steps for the policy with credentials, where a target knows them; else for that of one origin; and the whole file.
fn exported_for_steps(target: &dyn Target) -> Export {
    let mut policies = policies();
    policies.swap(0, 1);
    let mut exported = policies.iter().map(|(_, policy)| export(target, policy, &Context::default()));
    exported.find_map(Result::ok).expect("it can do one of them")
}

#[test]
fn every_target_says_what_to_do_to_a_server_that_is_there() {
    let mut wrong = Vec::new();
    for target in targets() {
        let steps = exported_for_steps(*target).steps;
        for step in &steps {
            let place = &step.place;
            assert!(
                !place.ends_with(['.', ':']),
                "{}: the printer ends the sentence: {place}",
                target.name()
            );
            assert!(step.lines.iter().all(|line| !line.contains('\n')), "{}: {place}", target.name());
        }
        let file = PathBuf::from("tests/golden").join(target.name()).join("steps.txt");
        hold(&file, &steps_as_text(&steps, target.comment()), &mut wrong);
    }
    assert!(wrong.is_empty(), "CORSAC_BLESS=1 writes them:\n{}", wrong.join("\n\n"));
}

#[test]
fn the_steps_say_of_a_policy_what_the_whole_file_says() {
    let is_about_the_policy = |line: &&str| {
        ["example", "PUT", "DELETE", "uthorization", "ontent-", "600", "redentials"]
            .iter()
            .any(|word| line.contains(word))
    };
    for target in targets() {
        let exported = exported_for_steps(*target);
        let steps = exported.steps.iter().flat_map(|step| &step.lines).map(|line| line.trim());
        let whole = exported.text.lines().filter(|line| !line.starts_with(target.comment())).map(str::trim);
        let about = |lines: Vec<&str>| -> Vec<String> {
            lines.into_iter().filter(is_about_the_policy).map(str::to_owned).collect()
        };
        let (mut steps, whole) = (about(steps.collect()), about(whole.collect()));
        // A line may be wanted in several places.
        let mut seen = BTreeSet::new();
        steps.retain(|line| seen.insert(line.clone()) || whole.iter().filter(|own| *own == line).count() > 1);
        assert_eq!(steps, whole, "{}", target.name());
    }
}

#[test]
fn the_page_is_what_the_ledger_says() {
    let mut wrong = Vec::new();
    hold("../../docs/exports.md".as_ref(), &page(), &mut wrong);
    assert!(wrong.is_empty(), "CORSAC_BLESS=1 writes it:\n{}", wrong.join("\n\n"));
}
