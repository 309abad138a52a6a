//! Exported policies on their real servers, untouched: every shared vector that a target can express, beside what the
//! engine says to it.
//!
//! What a server cannot help is in its file in `crates/corsac-export/known_differences`, with its reason; an entry that nothing shows any
//! more fails. No entry excuses an answer that lets an origin in whom the policy keeps out.
//!
//! What was counted on the way is the table of `docs/servers.md`, which is held against it when every server was asked;
//! `cargo xtask lab servers` prints it, and with `CORSAC_WRITE_DOCS=1` writes it anew.

#[path = "exports/application.rs"]
mod application;
#[path = "exports/authentication.rs"]
mod authentication;
#[path = "exports/differences.rs"]
mod differences;
#[path = "exports/served.rs"]
mod served;
#[path = "exports/servers/mod.rs"]
mod servers;
#[path = "exports/table.rs"]
mod table;

use std::net::SocketAddr;
use std::process::ExitCode;

use corsac::{Policy, PolicyConfig};
use corsac_export::{Context, Refusal, export, target};
use corsac_lab::{Answer, Ask, ask_at, parts_required};
use corsac_vectors::PolicyCase;
use libtest_mimic::{Arguments, Failed, Trial};

use differences::Known;
use served::{Served, Text};
use servers::{READINGS, SERVERS, Server};
use table::{Measured, Table};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    say_what_is_left_out();
    let mut trials = Vec::new();
    let real = SERVERS.iter().map(|&server| (server, ""));
    let read = READINGS.iter().map(|&server| (server, ", as its source is read"));
    for (server, how) in real.chain(read) {
        let leave_out = server.part().program().is_err() && !parts_required();
        let mut add = |what: &str, run: fn(&dyn Server) -> Result<(), Failed>| {
            let name = format!("{}{how}: {what}", server.target());
            trials.push(Trial::test(name, move || run(server)).with_ignored_flag(leave_out));
        };
        add("answers the shared vectors as the engine does", answers_as_the_engine_does);
        if authentication::is_possible(server) {
            add("answers preflights before it asks who is there", authentication::comes_after);
        }
    }
    let list = arguments.list;
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !list && !conclusion.has_failed() {
        return table::hold(&Table::measured());
    }
    conclusion.exit_code()
}

#[expect(clippy::print_stderr, reason = "a test harness of its own talks to the person who runs it")]
fn say_what_is_left_out() {
    for server in SERVERS.iter().chain(READINGS) {
        if let Err(missing) = server.part().program() {
            eprintln!("!! LEFT OUT: exports to {missing}");
        } else if !authentication::is_possible(*server) {
            eprintln!("!! LEFT OUT: {}: an authentication behind its lines", server.target());
        }
    }
}

/// A policy of the vectors, and the lines for it.
struct Exported {
    config: PolicyConfig,
    text: Result<Text, Refusal>,
}

fn answers_as_the_engine_does(server: &dyn Server) -> Result<(), Failed> {
    let cases: Vec<PolicyCase> = corsac_vectors::load("policy");
    if server.listens() {
        application::start(&cases);
    }
    let mut policies: Vec<Exported> = Vec::new();
    let mut numbers = Vec::new();
    for case in &cases {
        let config: PolicyConfig = case.policy.clone().try_into()?;
        let number = policies.iter().position(|exported| exported.config == config);
        numbers.push(number.unwrap_or(policies.len()));
        if number.is_none() {
            let policy = config.clone().into_policy().map_err(|faults| faults.to_string())?;
            policies.push(Exported { text: write(server, &policy, policies.len()), config });
        }
    }
    let texts: Vec<(usize, &Text)> = policies
        .iter()
        .enumerate()
        .filter_map(|(number, exported)| Some((number, exported.text.as_ref().ok()?)))
        .collect();
    let mut known = Known::of(server.target());
    let (mut asked, mut alike, mut wrong, mut said) = (0, 0, Vec::new(), String::new());
    for texts in texts.chunks(server.at_once()) {
        let served = Served::start(server, &cases, texts, false)?;
        for &(number, text) in texts {
            let own = cases.iter().enumerate().filter(|(index, _)| numbers[*index] == number);
            for (index, case) in own {
                asked += 1;
                let before = (known.seen(), wrong.len());
                let (address, path) = served.place(number, text, &format!("case/{index}"));
                match put(address, path, case) {
                    Ok(answer) => wrong.extend(known.judge(case, &answer)),
                    Err(error) => wrong.extend(known.judge_silence(case, &error)),
                }
                alike += usize::from(before == (known.seen(), wrong.len()));
            }
            if let [origin] = &*policies[number].config.allow_origins
                && !origin.contains('*')
            {
                wrong.extend(errors_have_the_headers(&served, number, text, origin));
            }
        }
        said.push_str(&served.said());
    }
    wrong.extend(known.dead());
    if wrong.is_empty() && asked > 0 {
        let (target, version, rows) = (server.target(), servers::version(server), known.count());
        let (can, of) = (texts.len(), policies.len());
        table::keep(Measured { target, version, can, of, asked, alike, rows });
        return Ok(());
    }
    let short = |text: &String| text.chars().take(300).collect::<String>();
    let shown = wrong.iter().take(60).map(short).collect::<Vec<_>>().join("\n  ");
    Err(format!("{} differences in {asked} cases:\n  {shown}\n{said}", wrong.len()).into())
}

fn write(server: &dyn Server, policy: &Policy, number: usize) -> Result<Text, Refusal> {
    let target = target(server.target()).expect("it is a target");
    let port = server.listens().then(corsac_lab::free_port);
    let context = Context {
        name: format!("p{number}"),
        listen: port.map_or_else(String::new, |port| format!("127.0.0.1:{port}")),
        upstream: application::address().to_string(),
    };
    export(target, policy, &context).map(|exported| Text { lines: exported.text, port })
}

fn put(address: SocketAddr, path: String, case: &PolicyCase) -> Result<Answer, String> {
    // The address that is asked has a `Host` of its own.
    let own = case.request.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("host"));
    let headers = own.map(|(name, value)| (name.clone(), value.expand())).collect();
    let ask = Ask { method: case.request.method.clone(), path, headers, body: String::new() };
    ask_at(address, &ask).map_err(|error| error.to_string())
}

/// A handler that fails, or an application that hangs up: the page can read that it did.
fn errors_have_the_headers(served: &Served, number: usize, text: &Text, origin: &str) -> Option<String> {
    let (address, path) = served.place(number, text, "broken");
    let headers = vec![("Origin".to_owned(), origin.to_owned())];
    let ask = Ask { method: "GET".into(), path, headers, body: String::new() };
    match ask_at(address, &ask) {
        Ok(answer)
            if answer.status >= 500 && answer.header("access-control-allow-origin") == Some(origin) =>
        {
            None
        }
        other => Some(format!("an error of its own, asked by {origin}: {other:?}")),
    }
}
