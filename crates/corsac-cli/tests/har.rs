//! `corsac har` as people and programs see it: the table as a whole, the JSON, and what comes through stdin.

mod common;

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const RECORDING: &str = "../../vectors/har/chromium.har";

fn har(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_corsac"))
        .arg("har")
        .args(arguments)
        .env("COLUMNS", "80")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // It ends without reading where the file is another one.
    let _ = process.stdin.take().expect("stdin is piped").write_all(stdin);
    process.wait_with_output().expect("it ends")
}

fn json(arguments: &[&str]) -> Value {
    common::document("har", &har(arguments, b"").stdout)
}

#[test]
fn the_table_is_the_screen_that_is_kept() {
    let kept = corsac_vectors::folder().join("cli/har/table.txt");
    let printed = String::from_utf8(har(&[RECORDING], b"").stdout).expect("text");
    let expected = std::fs::read_to_string(&kept).expect("the screen");
    assert_eq!(printed, expected, "{}", kept.display());
}

#[test]
fn the_json_has_every_call_with_its_claims() {
    let document = json(&[RECORDING, "--json"]);
    assert_eq!(document["version"], 1);
    assert_eq!(document["entries"], 19);
    assert_eq!(document["damage"], Value::Null);
    let calls = document["calls"].as_array().expect("a list");
    assert_eq!(calls.len(), 10);
    let guarded = &calls[1];
    assert_eq!(guarded["verdict"], "blocked");
    assert_eq!(guarded["failure"], "preflight-acao-missing");
    assert_eq!(guarded["page"], "http://localhost:5173");
    assert_eq!(guarded["exchange"][0]["kind"], "preflight");
    assert_eq!(guarded["exchange"][0]["response"]["status"], 401);
    for call in calls {
        for claim in call["claims"].as_array().expect("a list") {
            assert!(["observed", "inferred", "unknown"].contains(&claim["grade"].as_str().expect("a grade")));
            assert!(claim["because"].as_str().is_some_and(|because| !because.is_empty()), "{claim}");
        }
        assert!(!call.to_string().contains("Bearer example"), "{call}");
    }
    let count = |word: &str| document[word].as_u64().expect("a number");
    assert_eq!([count("blocked"), count("unreachable"), count("unclear"), count("allowed")], [7, 1, 0, 3]);
}

#[test]
fn one_call_is_json_too_and_has_the_command_that_makes_it_anew() {
    let document = json(&[RECORDING, "--entry", "4", "--json"]);
    assert_eq!(document["calls"].as_array().map(Vec::len), Some(1));
    let check = document["calls"][0]["check"].as_str().expect("a command");
    assert!(
        check.starts_with(
            "corsac check http://localhost:3000/guarded --origin http://localhost:5173 -X PUT -H "
        ),
        "{check}"
    );
}

#[test]
fn stdin_is_read_and_a_file_that_was_cut_off_as_far_as_it_goes() {
    let text = std::fs::read(RECORDING).expect("the recording");
    let output = har(&["-"], &text[..text.len() / 2]);
    assert_eq!(output.status.code(), Some(1));
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(stdout.starts_with("stdin: "), "{stdout}");
    assert!(stderr.contains("the file is cut off in line "), "{stderr}");
}
