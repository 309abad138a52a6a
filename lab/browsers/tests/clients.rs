//! Real browsers through a gateway with a policy: what pages do with an API, and what pages of another origin cannot.
//!
//! A browser, or Node, which runs the API, that is not on this machine leaves its trials out, loudly; with
//! `CORSAC_REQUIRE_REAL_PARTS=1` they fail instead.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use corsac_browser::Browser;
use corsac_lab::{Ask, Governed, ask, parts_required};
use corsac_lab_browsers::engine::{LaunchOptions, Part, Session};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};

/// What a script may take: far more than it should, for machines that are busy.
const PATIENCE: Duration = Duration::from_secs(60);

const BROWSERS: [Browser; 2] = [Browser::Chromium, Browser::Firefox];

/// What a page does, and what comes of it.
struct Act {
    what: &'static str,
    /// `API` is the gateway.
    script: &'static str,
    /// Where the page's origin is allowed, and where it is not.
    outcomes: fn() -> [Value; 2],
}

const ACTS: &[Act] = &[
    Act {
        what: "fetch with a method and a header that are asked about, and an answer's header that is exposed",
        script: "try {
            const answer = await fetch(`${API}/echo`, {
                method: 'PUT', headers: { 'X-Asked': 'yes' }, body: 'x', credentials: 'include',
            });
            const asked = await answer.json();
            return [answer.status, asked.headers['x-asked'], answer.headers.get('x-answered')];
        } catch (failed) { return failed.name; }",
        outcomes: || [json!([200, "yes", "yes"]), json!("TypeError")],
    },
    Act {
        what: "an answer that is an error is one that can be read",
        script: "try { return (await fetch(`${API}/nowhere`)).status; } catch (failed) { return failed.name; }",
        outcomes: || [json!(404), json!("TypeError")],
    },
    Act {
        what: "XHR whose upload is watched, for which the browser asks first",
        script: "const request = new XMLHttpRequest();
        let uploaded = 0;
        request.upload.onprogress = event => { uploaded = event.loaded; };
        request.open('POST', `${API}/upload?id=xhr`);
        const ended = new Promise(resolve => { request.onloadend = resolve; });
        request.send('x'.repeat(1_000_000));
        await ended;
        return [request.status, request.responseText, uploaded];",
        outcomes: || [json!([200, "{\"received\":1000000}", 1_000_000]), json!([0, "", 0])],
    },
    Act {
        what: "EventSource whose events arrive one by one",
        // The API sends the next event only once this one was seen.
        script: "const source = new EventSource(`${API}/events?id=page`, { withCredentials: true });
        const seen = [];
        const ended = new Promise(resolve => {
            source.onerror = () => resolve('an error');
            source.onmessage = async event => {
                seen.push(event.data);
                if (seen.length === 3) resolve(seen);
                else await fetch(`${API}/seen?id=page`, { method: 'POST' });
            };
        });
        const outcome = await ended;
        source.close();
        return outcome;",
        outcomes: || [json!(["1", "2", "3"]), json!("an error")],
    },
    Act {
        what: "WebSocket",
        script: "const socket = new WebSocket(`${API.replace('http', 'ws')}/chat`);
        const outcome = await new Promise(resolve => {
            socket.onerror = () => resolve('an error');
            socket.onopen = () => socket.send('hello');
            socket.onmessage = event => resolve(event.data);
        });
        socket.close();
        return outcome;",
        outcomes: || [json!("hello"), json!("an error")],
    },
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut left_out = BTreeSet::new();
    let mut trials = Vec::new();
    for browser in BROWSERS {
        let missing = Part::of(browser).iter().find(|part| part.program().is_err()).map(ToString::to_string);
        let missing =
            missing.or(corsac_lab::Part::Node.program().err().map(|missing| missing.part.to_string()));
        let leave_out = missing.filter(|_| !parts_required());
        let name = format!("{browser}: pages use an API through the gateway as its policy says");
        let trial = Trial::test(name, move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(as_the_policy_says(browser))
        });
        trials.push(trial.with_ignored_flag(leave_out.is_some()));
        left_out.extend(leave_out);
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !arguments.list {
        say_what_was_left_out(&left_out);
    }
    conclusion.exit_code()
}

async fn as_the_policy_says(browser: Browser) -> Result<(), Failed> {
    let (allowed, other) = (page()?, page()?);
    let governed = Governed::start(&allowed)?;
    let mut session = Session::launch(browser, &LaunchOptions::default()).await?;
    let seen = visit_both(&mut session, &governed, &allowed, &other).await;
    session.close().await;
    seen.map_err(|failed| {
        let why = failed.message().unwrap_or("it failed").to_owned();
        format!("{why}\ncorsac serve wrote:\n{}", governed.gateway.said()).into()
    })
}

async fn visit_both(
    session: &mut Session,
    governed: &Governed,
    allowed: &str,
    other: &str,
) -> Result<(), Failed> {
    let mut wrong = Vec::new();
    for (page, is_allowed) in [(allowed, true), (other, false)] {
        session.open(&format!("{page}/")).await?;
        for Act { what, script, outcomes } in ACTS {
            let script = format!("const API = '{}'; {script}", governed.gateway.url(""));
            let found = session.evaluate(&script, PATIENCE).await?;
            let [if_allowed, otherwise] = outcomes();
            let expected = if is_allowed { if_allowed } else { otherwise };
            if found != expected {
                wrong.push(format!("{page}, {what}: {found}, not {expected}"));
            }
        }
    }
    // The page that is not allowed did not get as far as the API.
    let asked =
        Ask { method: "GET".into(), path: "/upgrades".into(), headers: Vec::new(), body: String::new() };
    let upgrades = ask(&governed.api, &asked)?;
    if !upgrades.body.contains("{\"upgrades\":1}") {
        wrong.push(format!("the API was asked for WebSockets otherwise than once: {}", upgrades.body));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// An origin of its own with one empty page, for as long as the test process lives.
fn page() -> Result<String, Failed> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    Ok(format!("http://{address}"))
}

fn answer(mut stream: TcpStream) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(length @ 1..) => head.extend_from_slice(&buffer[..length]),
            _ => return,
        }
    }
    let body = "<!doctype html><title>a page</title><link rel=icon href='data:,'><body>";
    let length = body.len();
    // A browser that is gone by now needs no answer.
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
}

#[expect(clippy::print_stderr, reason = "a test harness of its own talks to the person who runs it")]
fn say_what_was_left_out(left_out: &BTreeSet<String>) {
    if left_out.is_empty() {
        return;
    }
    let bar = "!".repeat(100);
    eprintln!("{bar}\n!! LEFT OUT, because real parts are not on this machine:");
    for part in left_out {
        eprintln!("!!   {part}");
    }
    eprintln!("!! To get them: cargo xtask setup.  To run everything: cargo xtask test.\n{bar}\n");
}
