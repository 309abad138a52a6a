//! `corsac dev` in front of the real Vite, in real browsers: pages, hot reloading and an API on one origin.
//!
//! A browser, or Vite, that is not on this machine leaves its trials out, loudly; with `CORSAC_REQUIRE_REAL_PARTS=1`
//! they fail instead.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, ExitCode};
use std::thread;
use std::time::Duration;

use corsac_browser::Browser;
use corsac_lab::{DevServer, Running, corsac_binary, parts_required, start_telling};
use corsac_lab_browsers::engine::{LaunchOptions, Part, Session};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};

/// What a script may take: far more than it should, for machines that are busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// The engines, and the name by which each opens the page: a dev server may take one of them and not the other.
const VISITS: [(Browser, &str); 2] = [(Browser::Chromium, "127.0.0.1"), (Browser::Firefox, "localhost")];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut left_out = BTreeSet::new();
    let mut trials = Vec::new();
    for (browser, host) in VISITS {
        let missing = Part::of(browser).iter().find(|part| part.program().is_err()).map(ToString::to_string);
        let missing =
            missing.or(corsac_lab::Part::Vite.program().err().map(|missing| missing.part.to_string()));
        let leave_out = missing.filter(|_| !parts_required());
        let name = format!("{browser}: a page of Vite and its API share the origin of corsac dev");
        let trial = Trial::test(name, move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(shares_an_origin(browser, host))
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

async fn shares_an_origin(browser: Browser, host: &str) -> Result<(), Failed> {
    let (vite, api) = (DevServer::vite()?, api()?);
    let gateway = corsac_dev(&vite, api)?;
    let origin = format!("http://{host}:{}", gateway.port());
    let mut session = Session::launch(browser, &LaunchOptions::default()).await?;
    let seen = visit(&mut session, &vite, &origin).await;
    session.close().await;
    seen.map_err(|failed| {
        let why = failed.message().unwrap_or("it failed").to_owned();
        format!("{why}\ncorsac dev wrote:\n{}\nVite wrote:\n{}", gateway.said(), vite.server.said()).into()
    })
}

async fn visit(session: &mut Session, vite: &DevServer, origin: &str) -> Result<(), Failed> {
    session.open(&format!("{origin}/")).await?;
    same(session.evaluate(&until("greeting() === 'first'"), PATIENCE).await?, json!(true))?;

    // The one that Vite's script opens first, and not the one it falls back to, which goes around the gateway.
    let opened = until("window.sockets.some(socket => socket.readyState === WebSocket.OPEN)");
    same(session.evaluate(&opened, PATIENCE).await?, json!(true))?;
    let sockets =
        session.evaluate("return window.sockets.map(socket => new URL(socket.url).host);", PATIENCE);
    let authority = origin.trim_start_matches("http://");
    same(sockets.await?, json!([authority]))?;

    let begun = session.evaluate("return performance.timeOrigin;", PATIENCE).await?;
    eventually_shows(session, vite, "second").await?;
    same(session.evaluate("return performance.timeOrigin;", PATIENCE).await?, begun)?;

    // A write is what browsers say `Origin` about, even to their own; none is asked about first.
    let script = "const answer = await fetch('/api/users?q=1', { method: 'PUT', headers: { 'X-Any': '1' } }); \
                  return await answer.text();";
    let asked = session.evaluate(script, PATIENCE).await?;
    let asked = asked.as_str().unwrap_or_default().to_ascii_lowercase();
    for line in ["put /api/users?q=1 http/1.1", &format!("host: {authority}"), &format!("origin: {origin}")] {
        let has_line = asked.lines().any(|asked| asked == line);
        ensure(has_line, || format!("no `{line}` in what the API was asked:\n{asked}"))?;
    }
    Ok(())
}

/// Edits the page until it shows that. An edit before Vite watches the file is lost, and it does not say when it does.
async fn eventually_shows(session: &mut Session, vite: &DevServer, text: &str) -> Result<(), Failed> {
    for _ in 0..60 {
        vite.greet(text)?;
        let script = format!(
            "const shows = () => document.querySelector('#greeting').textContent === '{text}'; \
             for (let looks = 0; looks < 50 && !shows(); looks += 1) \
             await new Promise(resolve => setTimeout(resolve, 20)); return shows();"
        );
        if session.evaluate(&script, PATIENCE).await? == json!(true) {
            return Ok(());
        }
    }
    Err(format!("the page never shows `{text}`").into())
}

/// A script that waits until it is so.
fn until(condition: &str) -> String {
    format!(
        "const greeting = () => document.querySelector('#greeting')?.textContent; \
         while (!({condition})) await new Promise(resolve => setTimeout(resolve, 20)); return true;"
    )
}

fn corsac_dev(vite: &DevServer, api: u16) -> Result<Running, Failed> {
    let mut command = Command::new(corsac_binary()?);
    command
        .args(["dev", "--front", &format!("http://localhost:{}/", vite.server.port())])
        .args(["--api", &format!("/api=http://127.0.0.1:{api}")])
        .args(["--listen", "127.0.0.1:0"]);
    Ok(start_telling("corsac dev", &mut command, "listening on http://127.0.0.1:")?)
}

/// An API that says what it was asked, for as long as the test process lives; gives its port.
fn api() -> Result<u16, Failed> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    Ok(port)
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
    let length = head.len();
    // Whoever is gone by now needs no answer.
    let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")
        .and_then(|()| stream.write_all(&head));
}

fn same(found: Value, expected: Value) -> Result<(), Failed> {
    ensure(found == expected, || format!("{found}, not {expected}"))
}

fn ensure(is_so: bool, otherwise: impl FnOnce() -> String) -> Result<(), Failed> {
    if is_so { Ok(()) } else { Err(otherwise().into()) }
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
