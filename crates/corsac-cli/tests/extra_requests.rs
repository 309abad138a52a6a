//! What `corsac check` sends beside the call, as a person and a program see it; and that it can be forbidden.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::thread;

/// A server that answers by method, and the request lines it was sent.
struct Api {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Api {
    fn new(answer: impl Fn(&str, &[String]) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&asked);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                let Some(line) = head.first() else { continue };
                let method = line.split(' ').next().unwrap_or_default().to_owned();
                record.lock().expect("nothing panics while it is held").push(method.clone());
                let answer = answer(&method, &head);
                // Whoever hangs up early has seen enough.
                let _ = write!(stream, "HTTP/1.1 {answer}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
                // In order: a body that nobody reads would have the answer thrown away.
                let _ = stream.shutdown(Shutdown::Write);
                let _ = std::io::copy(&mut stream, &mut std::io::sink());
            }
        });
        Self { address, asked }
    }

    fn check(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_corsac"))
            .args(["check", &format!("http://{}/items", self.address), "--origin", "http://localhost:5173"])
            .args(arguments)
            .env("COLUMNS", "200")
            .output()
            .expect("the binary starts")
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nothing panics while it is held").clone()
    }
}

/// A server that handles no OPTIONS.
fn without_options() -> Api {
    Api::new(|method, _| if method == "OPTIONS" { "404 No".into() } else { "200 OK".into() })
}

fn json(output: &Output) -> serde_json::Value {
    common::document("check", &output.stdout)
}

#[test]
fn a_person_sees_what_was_asked_and_what_it_proved() {
    let api = without_options();
    let output = api.check(&["-X", "DELETE"]);
    let said = String::from_utf8_lossy(&output.stdout);
    for words in [
        "error[options-not-handled]: ",
        "corsac    also asked, to tell causes apart: a plain GET",
        "  > GET /items",
        "  = the path exists: GET is answered 200",
        "stops: the DELETE itself was never sent",
    ] {
        assert!(said.contains(words), "{words:?} is not in\n{said}");
    }
    assert_eq!(api.asked(), ["OPTIONS", "GET"]);
}

#[test]
fn a_program_sees_the_same() {
    let api = without_options();
    let report = json(&api.check(&["-X", "DELETE", "--json"]));
    assert_eq!((&report["version"], &report["confidence"]), (&1.into(), &"observed".into()));
    assert_eq!(report["reached_server"], "preflight-only");
    assert!(
        report["side_effects"].as_str().is_some_and(|text| text.contains("DELETE itself was never sent"))
    );
    let extra = report["extra"].as_array().expect("a list");
    assert_eq!(extra.len(), 1);
    assert_eq!(extra[0]["browser"], serde_json::Value::Null);
    assert_eq!(extra[0]["question"]["id"], "plain-get");
    assert_eq!(extra[0]["question"]["shows"], "the path exists: GET is answered 200");
    assert_eq!(extra[0]["request"]["method"], "GET");
    assert_eq!(extra[0]["response"]["status"], 200);
}

#[test]
fn nothing_more_is_sent_where_that_is_forbidden() {
    let api = without_options();
    let report = json(&api.check(&["-X", "DELETE", "--json", "--no-extra-requests"]));
    assert_eq!(api.asked(), ["OPTIONS"]);
    assert_eq!(
        (&report["cause"], &report["confidence"]),
        (&"options-not-handled".into(), &"inferred".into())
    );
    assert_eq!(report["extra"].as_array().map(Vec::len), Some(0));
}

#[test]
fn other_browsers_are_not_asked_for_either_where_that_is_forbidden() {
    // The header is safelisted in Chromium alone, so the others would ask for permission first.
    let api = Api::new(|_, _| "200 OK\r\nAccess-Control-Allow-Origin: *".into());
    let arguments = ["-H", "DPR: 1", "--json", "--no-extra-requests"];
    let report = json(&api.check(&arguments));
    assert_eq!(api.asked(), ["GET"]);
    let note = report["browsers"]["firefox"]["note"].as_str().unwrap_or_default();
    assert!(note.contains("--no-extra-requests forbids it"), "{note}");
}

#[test]
fn a_post_that_failed_is_told_to_have_arrived_and_is_not_sent_again() {
    let api = Api::new(|method, _| if method == "POST" { "500 Oh".into() } else { "204 Yes".into() });
    let report = json(&api.check(&["--body", "a=1", "--json"]));
    assert_eq!(report["reached_server"], "yes");
    assert!(report["side_effects"].as_str().is_some_and(|text| text.contains("may have acted on it")));
    assert_eq!(api.asked(), ["POST", "OPTIONS"]);
}

#[test]
fn a_header_that_is_not_exposed_fails_the_check() {
    let api = Api::new(|_, _| "200 OK\r\nAccess-Control-Allow-Origin: *\r\nX-Total-Count: 3".into());
    let output = api.check(&["--read-header", "x-total-count", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json(&output)["cause"], "header-not-exposed");
    let output = api.check(&["--read-header", "content-length", "--json"]);
    assert_eq!((output.status.code(), &json(&output)["cause"]), (Some(0), &serde_json::Value::Null));
}

#[test]
fn the_network_of_the_page_counts_once_it_is_told() {
    let api = Api::new(|_, _| "200 OK\r\nAccess-Control-Allow-Origin: *".into());
    let check = |origin: &str, more: &[&str]| {
        let output = api.check(&[&["--json"], more].concat());
        assert_eq!(output.status.code(), Some(0), "a page on this machine is near enough");
        Command::new(env!("CARGO_BIN_EXE_corsac"))
            .args(["check", &format!("http://{}/", api.address), "--origin", origin, "--json"])
            .args(more)
            .output()
            .expect("the binary starts")
    };
    let output = check("http://app.example", &["--page-address-space", "public"]);
    let report = json(&output);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!((&report["verdict"], &report["failure"]), (&"blocked".into(), &"lna-insecure-context".into()));
    assert_eq!((&report["cause"], &report["reached_server"]), (&"local-network-access".into(), &"no".into()));
    let output = check("http://app.example", &[]);
    assert_eq!((output.status.code(), &json(&output)["cause"]), (Some(0), &serde_json::Value::Null));
}

#[test]
fn no_secret_is_shown_of_what_was_asked() {
    let api = Api::new(|_, _| "401 Who?".into());
    let arguments = ["-H", "Authorization: Bearer topsecret"];
    for more in [&["--json"][..], &["--verbose"][..]] {
        let output = api.check(&[&arguments[..], more].concat());
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("(hidden)") && !said.contains("topsecret"), "{said}");
    }
    assert_eq!(api.asked(), ["OPTIONS"; 4], "the preflight, and once more with the token");
}

#[test]
fn the_page_s_own_policy_is_not_the_server_s_doing() {
    let api = Api::new(|_, _| "200 OK\r\nAccess-Control-Allow-Origin: *".into());
    let output = api.check(&["--page-csp", "default-src 'self'", "--json"]);
    let report = json(&output);
    assert_eq!((output.status.code(), &report["failure"]), (Some(1), &"csp-connect-src".into()));
    assert_eq!((&report["cause"], &report["reached_server"]), (&"not-cors".into(), &"no".into()));
    let listed = format!("connect-src http://{}", api.address);
    let output = api.check(&["--page-csp", "default-src *", "--page-csp", &listed, "--json"]);
    assert_eq!(output.status.code(), Some(0));
}
