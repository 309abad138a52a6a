//! An authentication behind exported lines: browsers send preflights without credentials, and a page must be able to read
//! that its call was refused for the lack of them.
//!
//! How it is turned on is the server's own affair; what must come out is the same for all.

use corsac_export::{Context, export, target};
use corsac_lab::{Answer, Ask, ask_at, free_port};
use corsac_vectors::PolicyCase;
use libtest_mimic::Failed;

use super::application;
use super::served::{Served, Text};
use super::servers::Server;

/// What a caller who is known sends: the user `lab` with the password `open`.
pub(crate) const AUTHORIZATION: &str = "Basic bGFiOm9wZW4=";

const PAGE: &str = "https://app.example";
const STRANGER: &str = "https://other.example";

/// The policy under which a page may sign in.
fn policy() -> Result<corsac::Policy, corsac::Faults> {
    corsac::Policy::builder()
        .allow_origins([PAGE])
        .allow_credentials(true)
        .allow_methods(["PUT"])
        .allow_headers(["Authorization", "Content-Type"])
        .into_policy()
}

/// Whether anybody can ask who is there, behind the lines: the server itself, or the lab's application.
pub(crate) fn is_possible(server: &dyn Server) -> bool {
    server.authenticates() || server.listens()
}

/// Asks as a page does that has yet to sign in, as one that has, and as a stranger's.
pub(crate) fn comes_after(server: &dyn Server) -> Result<(), Failed> {
    let cases: Vec<PolicyCase> = corsac_vectors::load("policy");
    let plain = cases
        .iter()
        .position(|case| case.inner.status == 200 && case.inner.headers.is_empty())
        .ok_or("no case has a service that says nothing of its own")?;
    if server.listens() {
        application::start(&cases);
    }
    let port = server.listens().then(free_port);
    let context = Context {
        name: "p0".into(),
        listen: port.map_or_else(String::new, |port| format!("127.0.0.1:{port}")),
        upstream: application::address().to_string(),
    };
    let lines = export(target(server.target()).expect("it is a target"), &policy()?, &context)?.text;
    let text = Text { lines, port };
    let own = server.authenticates();
    let served = Served::start(server, &cases, &[(0, &text)], own)?;
    let path = if own { "case" } else { "guarded" };
    let (address, path) = served.place(0, &text, &format!("{path}/{plain}"));
    let mut wrong = Vec::new();
    for (what, method, headers, is_right) in questions() {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let ask = Ask { method: method.to_owned(), path: path.clone(), headers, body: String::new() };
        match ask_at(address, &ask) {
            Ok(answer) if is_right(&answer) => {}
            other => wrong.push(format!("{what}: {other:?}")),
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n{}", wrong.join("\n"), served.said()).into())
}

type Question = (&'static str, &'static str, Vec<(&'static str, &'static str)>, fn(&Answer) -> bool);

/// What is asked, and what a right answer is.
fn questions() -> Vec<Question> {
    let preflight = |origin| {
        let wishes = ("Access-Control-Request-Headers", "authorization,content-type");
        vec![("Origin", origin), ("Access-Control-Request-Method", "PUT"), wishes]
    };
    vec![
        ("a preflight, which never has credentials", "OPTIONS", preflight(PAGE), |answer| {
            let methods = answer.header("access-control-allow-methods").unwrap_or_default();
            (200..300).contains(&answer.status)
                && is_for_the_page(answer)
                && methods.split(',').any(|method| method.trim() == "PUT")
                && !reached_the_application(answer)
        }),
        ("a call without credentials", "PUT", vec![("Origin", PAGE)], |answer| {
            answer.status == 401 && is_for_the_page(answer) && !reached_the_application(answer)
        }),
        (
            "a call with credentials",
            "PUT",
            vec![("Origin", PAGE), ("Authorization", AUTHORIZATION)],
            |answer| answer.status == 200 && is_for_the_page(answer) && reached_the_application(answer),
        ),
        (
            "a call with the wrong ones",
            "PUT",
            vec![("Origin", PAGE), ("Authorization", "Basic bGFiOnNodXQ=")],
            |answer| answer.status == 401 && is_for_the_page(answer) && !reached_the_application(answer),
        ),
        ("a stranger's preflight", "OPTIONS", preflight(STRANGER), |answer| {
            !is_for_anybody(answer) && !reached_the_application(answer)
        }),
        ("a stranger's call", "PUT", vec![("Origin", STRANGER)], |answer| {
            answer.status == 401 && !is_for_anybody(answer) && !reached_the_application(answer)
        }),
        ("a call from no page at all", "GET", Vec::new(), |answer| {
            answer.status == 401 && !reached_the_application(answer)
        }),
        ("`OPTIONS` that is no preflight", "OPTIONS", vec![("Origin", PAGE)], |answer| {
            !reached_the_application(answer)
        }),
    ]
}

fn is_for_the_page(answer: &Answer) -> bool {
    answer.header("access-control-allow-origin") == Some(PAGE)
        && answer.header("access-control-allow-credentials") == Some("true")
}

fn is_for_anybody(answer: &Answer) -> bool {
    answer.header("access-control-allow-origin").is_some()
}

fn reached_the_application(answer: &Answer) -> bool {
    answer.header("x-inner").is_some()
}
