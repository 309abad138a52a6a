//! `corsac explain`: what is typed or piped, right and wrong; and that what it prints can be typed.

mod common;

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    stdin: String,
    exit: i32,
    #[serde(default)]
    stdout: Vec<String>,
    #[serde(default)]
    stdout_lacks: Vec<String>,
    #[serde(default)]
    stderr: Vec<String>,
}

fn explain(arguments: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_corsac"))
        .arg("explain")
        .args(arguments)
        .env("COLUMNS", "200")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // It may end without having read what it was not asked to read.
    let _ = child.stdin.take().expect("it is piped").write_all(stdin.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn json(arguments: &[&str], stdin: &str) -> Value {
    common::document("explain", &explain(arguments, stdin).stdout)
}

#[test]
fn every_case_ends_as_it_should() {
    let mut differences = Vec::new();
    for case in corsac_vectors::read::<File>("cli/explain.toml".as_ref()).case {
        let arguments: Vec<&str> = case.args.iter().map(String::as_str).collect();
        let output = explain(&arguments, &case.stdin);
        // Long lines are wrapped; the words count.
        let words = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).lines().map(str::trim).collect::<Vec<_>>().join(" ")
        };
        let (stdout, stderr) = (words(&output.stdout), words(&output.stderr));
        let name = format!("{} < {:?}", case.args.join(" "), case.stdin);
        if output.status.code() != Some(case.exit) {
            let found = output.status.code();
            differences.push(format!("{name}: exit {found:?} instead of {}\n{stderr}", case.exit));
        }
        for (stream, wanted) in [(&stdout, &case.stdout), (&stderr, &case.stderr)] {
            for text in wanted.iter().filter(|text| !stream.contains(text.as_str())) {
                differences.push(format!("{name}: lacks {text:?} in\n{stream}"));
            }
        }
        for text in case.stdout_lacks.iter().filter(|text| stdout.contains(text.as_str())) {
            differences.push(format!("{name}: has {text:?} in\n{stdout}"));
        }
        if output.stdout.contains(&0x1b) || output.stdout.contains(&0x07) {
            differences.push(format!("{name}: writes what a terminal would obey"));
        }
    }
    corsac_vectors::assert_none(&differences);
}

#[test]
fn the_json_of_a_message_has_all_that_is_known() {
    let line = "GET https://api.example/a net::ERR_FAILED\nAccess to fetch at 'https://api.example/a' from origin \
                'https://app.example' has been blocked by CORS policy: Request header field x-a is not allowed by \
                Access-Control-Allow-Headers in preflight response.";
    let document = json(&["--json", "-"], line);
    assert_eq!(document["version"], 1);
    let [message] = &document["messages"].as_array().expect("a list")[..] else { panic!("{document}") };
    assert_eq!(message["engine"], "chromium");
    assert_eq!(message["failures"], serde_json::json!(["preflight-header-not-allowed"]));
    assert_eq!(message["values"]["header"], "x-a");
    assert_eq!(message["values"]["origin"], "https://app.example");
    assert_eq!(message["count"], 1);
    assert_eq!(message["older"], Value::Null);
    assert_eq!(message["look"], Value::Null);
    let command = "corsac check https://api.example/a --origin https://app.example -H 'x-a: test'";
    assert_eq!(message["command"]["line"], command);
    assert_eq!(message["command"]["blanks"], serde_json::json!([]));
}

#[test]
fn the_json_of_an_identifier_is_its_pages() {
    let document = json(&["--json", "mixed-content"], "");
    assert_eq!(document["version"], 1);
    let pages = document["pages"].as_array().expect("a list");
    let families: Vec<&Value> = pages.iter().map(|page| &page["family"]).collect();
    assert_eq!(families, ["failure", "cause"]);
    assert!(
        pages[0]["consoles"]["chromium"][0].as_str().is_some_and(|line| line.starts_with("Mixed Content"))
    );
    assert_eq!(json(&["--json", "route-overlap"], "")["identifiers"][0]["family"], "file");
}

#[test]
fn the_json_of_nothing_is_every_identifier() {
    let document = json(&["--json"], "");
    assert_eq!(document["version"], 1);
    let identifiers = document["identifiers"].as_array().expect("a list");
    assert!(identifiers.len() > 150, "only {}", identifiers.len());
    for identifier in identifiers {
        let id = identifier["id"].as_str().expect("a text");
        assert!(explain(&[id], "").status.success(), "{id} cannot be explained");
    }
}

#[derive(Deserialize)]
struct Pasted {
    case: Vec<PastedCase>,
}

#[derive(Deserialize)]
struct PastedCase {
    id: String,
    text: String,
}

/// The commands go through a shell into `corsac plan`, which takes the same call and touches no network.
#[cfg(unix)]
#[test]
fn the_commands_that_are_printed_can_be_typed() {
    let mut count = 0;
    for case in corsac_vectors::read::<Pasted>("console/pasted.toml".as_ref()).case {
        let output = explain(&["--json", "-"], &case.text);
        if !output.status.success() {
            continue;
        }
        let document: Value = common::document("explain", &output.stdout);
        for message in document["messages"].as_array().expect("a list") {
            let Some(line) = message["command"]["line"].as_str() else { continue };
            count += 1;
            let line = line
                .replacen("corsac check URL ", "corsac check https://api.example/ ", 1)
                .replacen("--origin ORIGIN", "--origin https://app.example", 1)
                .replacen("corsac check", "\"$CORSAC\" plan", 1)
                // `plan` has no answer to read.
                .replacen(" --read-header X-Total-Count", "", 1);
            let planned = Command::new("sh")
                .args(["-c", &line])
                .env("CORSAC", env!("CARGO_BIN_EXE_corsac"))
                .output()
                .expect("there is a shell");
            // 1 is a call that no browser would send.
            let told = String::from_utf8_lossy(&planned.stderr);
            assert!(matches!(planned.status.code(), Some(0 | 1)), "{}: {line}\n{told}", case.id);
        }
    }
    assert!(count > 35, "only {count} commands");
}
