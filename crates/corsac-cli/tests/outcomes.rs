//! What no CORS header decides: same origin, and no answer at all.

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::thread;

/// Answers every connection with these bytes, and closes it.
fn answering(bytes: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            // Whoever hangs up early has seen enough.
            let _ = stream.read(&mut request);
            let _ = stream.write_all(bytes);
        }
    });
    address
}

struct Outcome {
    exit: Option<i32>,
    report: serde_json::Value,
}

fn check(arguments: &[&str]) -> Outcome {
    let output = Command::new(env!("CARGO_BIN_EXE_corsac"))
        .args(["check", "--json", "--timeout", "5"])
        .args(arguments)
        .output()
        .expect("the binary starts");
    let report = common::document("check", &output.stdout);
    Outcome { exit: output.status.code(), report }
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";

#[test]
fn a_same_origin_call_is_not_cors() {
    let url = format!("http://{}/x", answering(OK));
    let outcome = check(&[&url, "--origin", &url, "-X", "PUT"]);
    assert_eq!(outcome.exit, Some(0));
    assert_eq!(outcome.report["verdict"], "not-cors");
    assert_eq!(outcome.report["cause"], "not-cors");
    assert_eq!(outcome.report["exchange"].as_array().map(Vec::len), Some(1), "no preflight");
}

#[test]
fn a_server_that_is_down_is_unreachable() {
    let address =
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let outcome = check(&[&format!("http://{address}/"), "--origin", "https://app.example"]);
    assert_eq!(outcome.exit, Some(3));
    assert_eq!(outcome.report["verdict"], "unreachable");
    assert_eq!(outcome.report["cause"], "unreachable");
    assert_eq!(outcome.report["unreachable"]["kind"], "connect-refused");
}

#[test]
fn tls_that_fails_is_unreachable() {
    let outcome = check(&[&format!("https://{}/", answering(OK)), "--origin", "https://app.example"]);
    assert_eq!(outcome.exit, Some(3));
    assert_eq!(outcome.report["unreachable"]["kind"], "tls");
}

#[test]
fn garbage_is_unreachable_and_says_so() {
    let outcome = check(&[&format!("http://{}/", answering(b"\x00\x01\x02 what?\n"))]);
    assert_eq!(outcome.exit, Some(3));
    assert_eq!(outcome.report["unreachable"]["kind"], "malformed");
}

#[test]
fn a_header_line_without_a_colon_is_named() {
    let address = answering(b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin *\r\nContent-Length: 0\r\n\r\n");
    let outcome = check(&[&format!("http://{address}/"), "--origin", "https://app.example"]);
    assert_eq!(outcome.exit, Some(1));
    assert_eq!(outcome.report["failure"], "acao-missing");
    assert_eq!(outcome.report["cause"], "malformed-cors-header");
}

#[test]
fn secrets_are_not_shown() {
    let address = answering(b"HTTP/1.1 200 OK\r\nSet-Cookie: sid=topsecret\r\nContent-Length: 0\r\n\r\n");
    let url = format!("http://{address}/");
    let arguments =
        ["-H", "Authorization: Bearer topsecret", "--cookie", "a=topsecret", "--credentials", "include"];
    for more in [&["--json"][..], &["--verbose"][..]] {
        let output = Command::new(env!("CARGO_BIN_EXE_corsac"))
            .args(["check", &url, "--origin", &url])
            .args(arguments)
            .args(more)
            .output()
            .expect("the binary starts");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("(hidden)") && !said.contains("topsecret"), "{said}");
    }
}

#[test]
fn secrets_in_a_url_are_not_shown_where_it_is_quoted() {
    // The console of a real browser quotes the whole of it.
    let url = format!("http://{}/?key=topsecret", answering(OK));
    for more in [&["--json"][..], &["--verbose"][..]] {
        let output = Command::new(env!("CARGO_BIN_EXE_corsac"))
            .args(["check", &url, "--origin", "https://app.example"])
            .args(more)
            .output()
            .expect("the binary starts");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("key=hidden") && !said.contains("topsecret"), "{said}");
    }
}

#[test]
fn a_server_cannot_write_to_the_terminal() {
    let address = answering(
        b"HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\n\
          Access-Control-Allow-Methods: GET\x1b]52;c;ZXZpbA==\x07\r\n\r\n",
    );
    let output = Command::new(env!("CARGO_BIN_EXE_corsac"))
        .args([
            "check",
            &format!("http://{address}/"),
            "--origin",
            "https://app.example",
            "-X",
            "PUT",
            "--verbose",
        ])
        // As on a terminal: a pipe would hide what gets through.
        .env("CLICOLOR_FORCE", "1")
        .output()
        .expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("malformed-cors-header"), "{said}");
    assert!(!said.contains("\x1b]52") && !said.contains('\x07'), "{said:?}");
}

#[test]
fn a_reader_who_leaves_does_not_change_the_verdict() {
    let url = format!("http://{}/", answering(OK));
    let mut child = Command::new(env!("CARGO_BIN_EXE_corsac"))
        .args(["check", &url, "--origin", "https://app.example"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
}
