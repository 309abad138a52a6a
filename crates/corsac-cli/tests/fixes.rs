//! How a fix is printed: for a person who pastes it, and for a program.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::thread;

use serde_json::Value;

/// A server that knows nothing of CORS, and does not say what it is.
fn silent_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            // Whoever hangs up early has seen enough.
            let _ = stream.read(&mut request);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
        }
    });
    format!("http://{address}/items")
}

fn check(arguments: &[&str]) -> Output {
    let url = silent_server();
    Command::new(env!("CARGO_BIN_EXE_corsac"))
        .args([
            "check",
            &url,
            "--origin",
            "https://app.example",
            "-X",
            "PUT",
            "-H",
            "Content-Type: application/json",
        ])
        .args(arguments)
        .output()
        .expect("the binary starts")
}

fn json(arguments: &[&str]) -> Value {
    let output = check(&[arguments, &["--json"]].concat());
    serde_json::from_slice(&output.stdout).expect("the report is JSON")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it prints text")
}

fn of<'a>(report: &'a Value, target: &str) -> &'a Value {
    let fixes = report["fixes"].as_array().expect("there are fixes");
    fixes.iter().find(|fix| fix["target"] == target).unwrap_or_else(|| panic!("{target}: {report:#}"))
}

#[test]
fn a_program_gets_every_step_with_its_place_its_file_and_its_lines() {
    let report = json(&["--stack", "fastapi"]);
    let fix = of(&report, "fastapi");
    let steps = fix["steps"].as_array().expect("there are steps");
    assert_eq!(steps[0]["file"], "cors_policy.py");
    assert_eq!(steps[1]["file"], Value::Null);
    let lines: Vec<&str> =
        steps[1]["lines"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert_eq!(lines, ["from cors_policy import with_cors", "", "app = with_cors(app)"]);
    let snippet = fix["snippet"].as_str().expect("the steps as one text");
    for step in steps {
        let place = step["place"].as_str().expect("a place");
        assert!(snippet.contains(&format!(". {place}")), "{place}: {snippet}");
        for line in step["lines"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            assert!(snippet.lines().any(|own| own == line), "{line}: {snippet}");
        }
    }
}

#[test]
fn what_a_person_pastes_has_no_indentation_of_ours() {
    let output = check(&["--stack", "fastapi"]);
    let printed = text(&output.stdout);
    for line in [
        "from starlette.middleware.cors import CORSMiddleware",
        "app = with_cors(app)",
        "    cors = CORSMiddleware(",
    ] {
        assert!(printed.lines().any(|own| own == line), "{line}\n{printed}");
    }
    let report = json(&["--stack", "caddy"]);
    let lines = of(&report, "caddy")["steps"][0]["lines"].as_array().expect("lines").clone();
    let printed = text(&check(&["--stack", "caddy"]).stdout);
    for line in lines.iter().filter_map(Value::as_str) {
        assert!(printed.lines().any(|own| own == line), "{line:?}\n{printed}");
    }
}

#[test]
fn where_the_server_does_not_say_what_it_is_the_names_of_stacks_are_told_and_not_their_lines() {
    let report = json(&[]);
    let targets: Vec<&str> =
        report["fixes"].as_array().into_iter().flatten().filter_map(|fix| fix["target"].as_str()).collect();
    assert_eq!(targets, ["http", "corsac"]);
    let output = check(&[]);
    let talk = text(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(talk.contains("--stack NAME prints the lines for one of express, "), "{talk}");
    for name in ["nginx", "spring", "django", "s3"] {
        assert!(talk.contains(&format!(" {name}")), "{name}: {talk}");
    }
    // Every name that is told is one that `--stack` takes, and has lines.
    let names = talk.rsplit("one of ").next().expect("the names come last");
    for name in names.split(", ").map(str::trim) {
        let report = json(&["--stack", name]);
        assert_eq!(report["stack"], *name);
        assert_ne!(report["fixes"][0]["target"], "http", "{name}");
    }
}

#[test]
fn a_stack_without_lines_is_told_what_to_send_and_why() {
    let report = json(&["--stack", "php"]);
    let fix = of(&report, "http");
    assert!(fix["title"].as_str().is_some_and(|title| title.starts_with("There are no lines for PHP.")));
    let header = |line: &Value| line == "Access-Control-Allow-Methods: PUT";
    assert!(fix["steps"][0]["lines"].as_array().is_some_and(|lines| lines.iter().any(header)), "{fix:#}");
}
