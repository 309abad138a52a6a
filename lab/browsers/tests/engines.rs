//! Every engine, driven for real: one trial per engine and promise of [`Session`].
//!
//! An engine that is not on this machine leaves its trials out, loudly; with `CORSAC_REQUIRE_REAL_PARTS=1` they
//! fail instead.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::future::Future;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::pin::Pin;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use corsac_browser::Browser;
use corsac_lab_browsers::engine::{ConsoleLine, EngineError, LaunchOptions, Part, Session};
use libtest_mimic::{Arguments, Failed, Trial};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

const BROWSERS: [Browser; 3] = [Browser::Chromium, Browser::Firefox, Browser::Webkit];

/// What is shown of an engine.
type Promise = fn(Browser) -> Pin<Box<dyn Future<Output = Result<(), Failed>>>>;

/// Every promise, under the name its trials have.
const PROMISES: &[(&str, Promise)] = &[
    ("starts, tells its version, and leaves nothing behind", |browser| Box::pin(leaves_nothing(browser))),
    ("is gone with whoever started it", |browser| Box::pin(is_gone_with_its_owner(browser))),
    ("hands over what a script comes to", |browser| Box::pin(hands_over_values(browser))),
    ("hands over what the console printed", |browser| Box::pin(hands_over_the_console(browser))),
    ("loses no line of many", |browser| Box::pin(loses_no_line(browser))),
    ("is told to hang", |browser| Box::pin(is_told_to_hang(browser))),
    ("is told to have crashed", |browser| Box::pin(is_told_to_have_crashed(browser))),
];

/// What a script may take: far more than it should, for machines that are busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// Names the browser that this process is to start, and then to hold until it is killed.
const HOLD: &str = "CORSAC_LAB_HOLD";

fn main() -> ExitCode {
    if let Ok(name) = env::var(HOLD) {
        hold(name.parse().expect("it is a browser"));
    }
    let arguments = Arguments::from_args();
    let required = env::var_os("CORSAC_REQUIRE_REAL_PARTS").is_some_and(|value| value == "1");
    let mut left_out: BTreeMap<Part, usize> = BTreeMap::new();
    let mut trials = Vec::new();
    for browser in BROWSERS {
        let missing = Part::of(browser).iter().find(|part| part.program().is_err());
        for &(what, promise) in PROMISES {
            let leave_out = missing.filter(|_| !required);
            if let Some(&part) = leave_out {
                *left_out.entry(part).or_default() += 1;
            }
            let trial = Trial::test(format!("{browser}: {what}"), move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(promise(browser))
            });
            trials.push(trial.with_ignored_flag(leave_out.is_some()));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !arguments.list {
        say_what_was_left_out(&left_out);
    }
    conclusion.exit_code()
}

async fn leaves_nothing(browser: Browser) -> Result<(), Failed> {
    for dropped in [false, true] {
        let session = launch(browser).await?;
        let version = session.version().to_owned();
        ensure(version.split('.').count() > 1, || format!("no version: {version}"))?;
        ensure(version.starts_with(|first: char| first.is_ascii_digit()), || {
            format!("no version: {version}")
        })?;
        let processes = session.processes();
        ensure(processes.contains(&session.process_id()), || format!("{processes:?}"))?;
        let homes: Vec<String> = processes.iter().filter_map(|&id| home(id)).collect();
        ensure(!homes.is_empty() && homes.iter().all(|home| fs::exists(home).is_ok_and(|is| is)), || {
            format!("{homes:?}")
        })?;
        if dropped {
            drop(session);
        } else {
            session.close().await;
        }
        for id in processes {
            ensure(!is_running(id), || format!("process {id} is left behind"))?;
        }
        for home in homes {
            ensure(!fs::exists(&home).is_ok_and(|is| is), || format!("{home} is left behind"))?;
        }
    }
    Ok(())
}

async fn is_gone_with_its_owner(browser: Browser) -> Result<(), Failed> {
    let mut owner =
        Command::new(env::current_exe()?).env(HOLD, browser.to_string()).stdout(Stdio::piped()).spawn()?;
    let mut told = String::new();
    BufReader::new(owner.stdout.take().expect("stdout is piped")).read_line(&mut told)?;
    let processes: Vec<u32> = serde_json::from_str(&told)?;
    let homes: Vec<String> = processes.iter().filter_map(|&id| home(id)).collect();
    ensure(!homes.is_empty(), || format!("it has no home: {processes:?}"))?;
    owner.kill()?;
    owner.wait()?;
    let until = Instant::now() + PATIENCE;
    let is_left = || {
        processes.iter().any(|&id| is_running(id))
            || homes.iter().any(|home| fs::exists(home).unwrap_or(true))
    };
    while is_left() && Instant::now() < until {
        thread::sleep(Duration::from_millis(50));
    }
    ensure(!is_left(), || format!("something of {processes:?} or {homes:?} is left behind"))
}

#[expect(clippy::print_stdout, reason = "it tells the trial that started it")]
fn hold(browser: Browser) -> ! {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("it starts");
    let session = runtime.block_on(launch(browser)).expect("it starts");
    println!("{}", json!(session.processes()));
    loop {
        thread::park();
    }
}

async fn hands_over_values(browser: Browser) -> Result<(), Failed> {
    let server = Server::start()?;
    let mut session = launch(browser).await?;
    session.open(&server.url("/")).await?;

    let same =
        |found: Value, expected: Value| ensure(found == expected, || format!("{found}, not {expected}"));
    let value = session.evaluate("return { a: [1, 'zwei', null] };", PATIENCE).await?;
    same(value, json!({ "a": [1, "zwei", null] }))?;
    same(session.evaluate("const nothing = 1;", PATIENCE).await?, Value::Null)?;
    let script = "return await new Promise(resolve => setTimeout(() => resolve(document.title), 50));";
    same(session.evaluate(script, PATIENCE).await?, json!("a page"))?;
    let script = "const answer = await fetch('/open'); return [answer.status, await answer.text()];";
    same(session.evaluate(script, PATIENCE).await?, json!([200, "open"]))?;

    // Batches are long, both ways.
    let long = "ü".repeat(3_000_000);
    same(session.evaluate(&format!("return '{long}'.length;"), PATIENCE).await?, json!(3_000_000))?;
    same(session.evaluate("return 'ü'.repeat(3_000_000);", PATIENCE).await?, json!(long))?;

    let threw = session.evaluate("throw new TypeError('no');", PATIENCE).await;
    match threw {
        Err(EngineError::Threw { exception, .. }) if exception == "TypeError: no" => {}
        other => return Err(format!("not an exception: {other:?}").into()),
    }
    let broken = session.evaluate("this is no script", PATIENCE).await;
    ensure(matches!(broken, Err(EngineError::Protocol { .. })), || format!("{broken:?}"))?;
    same(session.evaluate("return 'still there';", PATIENCE).await?, json!("still there"))?;

    session.open(&server.url("/?again")).await?;
    same(session.evaluate("return location.search;", PATIENCE).await?, json!("?again"))?;
    session.close().await;
    Ok(())
}

async fn hands_over_the_console(browser: Browser) -> Result<(), Failed> {
    let (server, other) = (Server::start()?, Server::start()?);
    let mut session = launch(browser).await?;
    session.open(&server.url("/")).await?;
    session.console().await?;

    let url = other.url("/closed");
    let script = format!("console.log('before\\nit'); await fetch('{url}').catch(failed => 0);");
    session.evaluate(&script, PATIENCE).await?;
    let lines = session.console().await?;
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let expected = ["before\nit"]
        .into_iter()
        .map(str::to_owned)
        .chain(lines_of_a_missing_header(browser, &server, &url));
    let expected: Vec<String> = expected.collect();
    ensure(texts == expected, || format!("{lines:#?}\ninstead of {expected:#?}"))?;
    let again = session.console().await?;
    ensure(again.is_empty(), || format!("twice: {again:?}"))?;

    let script = format!(
        "const frame = document.createElement('iframe'); frame.sandbox = 'allow-scripts'; \
         frame.srcdoc = `<script>fetch('{url}').catch(failed => parent.postMessage(String(failed), '*'))</script>`; \
         const told = new Promise(resolve => onmessage = event => resolve(event.data)); \
         document.body.append(frame); return await told;"
    );
    session.evaluate(&script, PATIENCE).await?;
    let lines = session.console().await?;
    let is_there = |line: &ConsoleLine| line.text.contains("CORS") || line.text.contains("Access-Control");
    ensure(lines.iter().any(is_there), || format!("nothing of a sandboxed frame: {lines:?}"))?;
    session.close().await;
    Ok(())
}

fn lines_of_a_missing_header(browser: Browser, server: &Server, url: &str) -> Vec<String> {
    let origin = server.url("");
    match browser {
        Browser::Chromium => vec![
            format!(
                "Access to fetch at '{url}' from origin '{origin}' has been blocked by CORS policy: \
                 No 'Access-Control-Allow-Origin' header is present on the requested resource."
            ),
            "Failed to load resource: net::ERR_FAILED".to_owned(),
        ],
        Browser::Firefox => vec![format!(
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. \
             (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200."
        )],
        _ => vec![
            format!("Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: 200"),
            format!("Fetch API cannot load {url} due to access control checks."),
        ],
    }
}

async fn loses_no_line(browser: Browser) -> Result<(), Failed> {
    const COUNT: usize = 200;
    let (server, other) = (Server::start()?, Server::start()?);
    let mut session = launch(browser).await?;
    session.open(&server.url("/")).await?;
    // Blocked at the answer, at the preflight, and at a redirect.
    let kinds = [("/closed/", "{}"), ("/closed/", "{ headers: { 'x-a': '1' } }"), ("/away/closed/", "{}")];
    for (round, (path, settings)) in kinds.into_iter().enumerate() {
        let script = format!(
            "for (let at = 0; at < {COUNT}; at += 10) await Promise.allSettled(Array.from({{ length: 10 }}, \
             (_, offset) => fetch('{}{round}-' + (at + offset) + '-', {settings})));",
            other.url(path)
        );
        session.evaluate(&script, PATIENCE).await?;
        let lines = session.console().await?;
        for at in 0..COUNT {
            let part = format!("{path}{round}-{at}-");
            let found = lines.iter().any(|line| line.text.contains(&part));
            ensure(found, || format!("nothing of {part} among {} lines", lines.len()))?;
        }
        let later = session.console().await?;
        ensure(later.is_empty(), || {
            format!("round {round}: {} lines came late: {:?}", later.len(), later[0])
        })?;
    }
    session.close().await;
    Ok(())
}

async fn is_told_to_hang(browser: Browser) -> Result<(), Failed> {
    let server = Server::start()?;
    let limit = Duration::from_secs(1);
    let scripts = ["await new Promise(() => {});", "for (;;) {}"];
    for script in scripts {
        let mut session = launch(browser).await?;
        session.open(&server.url("/")).await?;
        let begun = Instant::now();
        let outcome = session.evaluate(script, limit).await;
        ensure(matches!(outcome, Err(EngineError::Hung { .. })), || format!("{script}: {outcome:?}"))?;
        ensure(begun.elapsed() < PATIENCE, || format!("{script}: only after {:?}", begun.elapsed()))?;
        closes_completely(session).await?;
    }
    let options = LaunchOptions { page_load_limit: limit, ..LaunchOptions::default() };
    let mut session = Session::launch(browser, &options).await?;
    let outcome = session.open(&server.url("/never")).await;
    ensure(matches!(outcome, Err(EngineError::Hung { .. })), || format!("{outcome:?}"))?;
    closes_completely(session).await
}

async fn is_told_to_have_crashed(browser: Browser) -> Result<(), Failed> {
    let server = Server::start()?;
    for victim in [Victim::Browser, Victim::Page] {
        for idle in [true, false] {
            let mut session = launch(browser).await?;
            session.open(&server.url("/")).await?;
            let victims = victim.of(&session);
            ensure(!victims.is_empty(), || format!("{victim:?}: there is none"))?;
            let kill = move || victims.iter().for_each(|&id| end(id));
            if idle {
                kill();
                // Its death must be known by itself, not only while something waits for an answer.
                thread::sleep(Duration::from_millis(500));
            } else {
                thread::spawn(move || {
                    thread::sleep(Duration::from_millis(500));
                    kill();
                });
            }
            let outcome = session.evaluate("await new Promise(() => {});", Duration::from_secs(10)).await;
            let crashed = matches!(outcome, Err(EngineError::Crashed { .. }));
            ensure(crashed, || format!("{victim:?}, idle: {idle}: {outcome:?}"))?;
            closes_completely(session).await?;
        }
    }
    Ok(())
}

/// What is killed.
#[derive(Debug, Clone, Copy)]
enum Victim {
    Browser,
    /// The processes that run pages.
    Page,
}

impl Victim {
    fn of(self, session: &Session) -> Vec<u32> {
        let runs_pages = |id: u32| {
            let command = fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
            ["--type=renderer", "-isForBrowser", "WebKitWebProcess"].iter().any(|part| command.contains(part))
        };
        match self {
            Self::Browser => vec![session.process_id()],
            Self::Page => session.processes().into_iter().filter(|&id| runs_pages(id)).collect(),
        }
    }
}

async fn launch(browser: Browser) -> Result<Session, Failed> {
    Ok(Session::launch(browser, &LaunchOptions::default()).await?)
}

async fn closes_completely(session: Session) -> Result<(), Failed> {
    let processes = session.processes();
    let begun = Instant::now();
    session.close().await;
    for id in processes {
        ensure(!is_running(id), || format!("process {id} is left behind"))?;
    }
    ensure(begun.elapsed() < PATIENCE * 2, || format!("closing took {:?}", begun.elapsed()))
}

fn ensure(is_so: bool, otherwise: impl FnOnce() -> String) -> Result<(), Failed> {
    if is_so { Ok(()) } else { Err(otherwise().into()) }
}

fn end(id: u32) {
    let id = i32::try_from(id).ok().and_then(Pid::from_raw).expect("it is the id of a process");
    // One that ended may have taken others along.
    let ended = kill_process(id, Signal::KILL);
    assert!(matches!(ended, Ok(()) | Err(Errno::SRCH)), "{ended:?}");
}

fn is_running(id: u32) -> bool {
    fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| {
        stat.rsplit_once(')').is_some_and(|(_, fields)| !fields.trim_start().starts_with(['Z', 'X']))
    })
}

/// The home folder a process was given, if it is not this one's.
fn home(id: u32) -> Option<String> {
    let environment = fs::read(format!("/proc/{id}/environ")).ok()?;
    let environment = String::from_utf8_lossy(&environment).into_owned();
    let home = environment.split('\0').find_map(|variable| variable.strip_prefix("HOME="))?;
    home.contains("corsac-browser-").then(|| home.to_owned())
}

/// An origin of its own, for as long as the test process lives.
struct Server {
    port: u16,
}

impl Server {
    fn start() -> Result<Self, Failed> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(move || answer(stream));
            }
        });
        Ok(Self { port })
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
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
    let head = String::from_utf8_lossy(&head);
    let target = head.split(' ').nth(1).unwrap_or_default();
    let redirect = if target.starts_with("/away/") { "Location: /elsewhere\r\n" } else { "" };
    let status = if redirect.is_empty() { "200 OK" } else { "302 Found" };
    let (kind, body) = match target.split(['/', '?']).nth(1).unwrap_or_default() {
        "" => ("text/html", "<!doctype html><title>a page</title><link rel=icon href='data:,'><body>"),
        "never" => return thread::sleep(PATIENCE * 2),
        "open" => ("text/plain", "open"),
        _ => ("text/plain", "closed"),
    };
    let length = body.len();
    // A browser that is gone by now needs no answer.
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\n{redirect}Content-Type: {kind}; charset=utf-8\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    );
}

#[expect(clippy::print_stderr, reason = "a test harness of its own talks to the person who runs it")]
fn say_what_was_left_out(left_out: &BTreeMap<Part, usize>) {
    if left_out.is_empty() {
        return;
    }
    let bar = "!".repeat(100);
    eprintln!("{bar}\n!! LEFT OUT, because real parts are not on this machine:");
    for (part, trials) in left_out {
        eprintln!("!!   {trials} tests: {part}");
    }
    eprintln!("!! To get them: cargo xtask setup.  To run everything: cargo xtask test.\n{bar}\n");
}
