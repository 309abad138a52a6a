//! `corsac lint` for programs: the JSON and the SARIF it prints.

mod common;

use std::process::Command;

use serde_json::{Value, json};

const FAULTY: &str = "../../vectors/cli/lint/faulty.toml";

fn lint(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_corsac"))
        .arg("lint")
        .args(arguments)
        .output()
        .expect("the binary starts");
    if arguments.contains(&"--json") {
        return common::document("lint", &output.stdout);
    }
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn the_json_has_every_finding_with_its_place() {
    let document = lint(&[FAULTY, "--json"]);
    assert_eq!(document["version"], 1);
    assert_eq!(document["file"], FAULTY);
    assert_eq!([&document["errors"], &document["warnings"], &document["notes"]], [1, 1, 1]);
    let findings = document["findings"].as_array().expect("a list");
    assert_eq!(findings.len(), 3);
    let fault = json!({
        "code": "origin-with-path",
        "severity": "error",
        "message": "An origin ends with its host or port; browsers never send a slash or path.",
        "help": "write https://app.example",
        "policy": "app",
        "file": FAULTY,
        "line": 3,
        "column": 18,
        "end_column": 40,
    });
    assert_eq!(findings[0], fault);
    assert_eq!(findings[1]["severity"], "warning");
    assert_eq!(findings[2]["severity"], "note");
}

#[test]
fn the_json_of_one_policy_says_which() {
    let document = lint(&[FAULTY, "--json", "--policy", "shop"]);
    assert_eq!(document["policy"], "shop");
    assert_eq!(document["findings"].as_array().map(Vec::len), Some(1));
}

#[test]
fn the_json_of_a_clean_file_has_no_findings() {
    let document = lint(&["../../vectors/cli/lint/clean.toml", "--json"]);
    assert_eq!(document["policy"], Value::Null);
    assert_eq!(document["findings"], json!([]));
}

#[test]
fn what_a_target_cannot_do_is_a_finding_like_others() {
    let file = "../../vectors/cli/export/policies.toml";
    let document = lint(&[file, "--json", "--target", "rack-cors"]);
    let findings = document["findings"].as_array().expect("a list");
    let fault = json!({
        "code": "target-refuses",
        "severity": "warning",
        "message": "Rails and Rack with rack-cors 1.1 and later cannot do this, `refuse_disallowed`: the package runs the application for every origin.",
        "help": "change it for this server, or choose another: corsac export --list",
        "policy": "strict",
        "file": file,
        "line": 12,
        "column": 21,
        "end_column": 25,
    });
    assert!(findings.contains(&fault), "{document:#}");
    let sarif = lint(&[file, "--sarif", "--target", "rack-cors"]);
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().expect("a list");
    let rule = rules.iter().find(|rule| rule["id"] == "target-refuses").expect("it is a rule");
    assert!(rule["help"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{rule}");
}

#[test]
fn the_sarif_places_every_result_and_names_its_rule() {
    let document = lint(&[FAULTY, "--sarif"]);
    assert_eq!(document["version"], "2.1.0");
    let run = &document["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "corsac");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let results = run["results"].as_array().expect("a list");
    let levels: Vec<&Value> = results.iter().map(|result| &result["level"]).collect();
    assert_eq!(levels, ["error", "warning", "note"]);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("a small one");
        let rule = &run["tool"]["driver"]["rules"][index];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["shortDescription"]["text"].as_str().is_some_and(|text| text.ends_with('.')));
    }
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["region"], json!({ "startLine": 3, "startColumn": 18, "endColumn": 40 }));
    let uri = place["artifactLocation"]["uri"].as_str().expect("a text");
    assert!(uri.starts_with("file:///") && uri.ends_with("vectors/cli/lint/faulty.toml"), "{uri}");
    let text = results[0]["message"]["text"].as_str().expect("a text");
    assert!(text.ends_with("\nwrite https://app.example"), "{text}");
}

#[test]
fn the_sarif_names_a_file_below_from_here() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("my policy.toml"), "[policies.app]\nallow_origins = []\n")
        .expect("written");
    let output = Command::new(env!("CARGO_BIN_EXE_corsac"))
        .args(["lint", "my policy.toml", "--sarif"])
        .current_dir(folder.path())
        .output()
        .expect("the binary starts");
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let place = &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "my%20policy.toml");
}
