//! `corsac serve` as a process: what it does at a signal, and what it writes.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

const SECRET: &str = "top-secret";

/// Answers every request with 200; gives where.
fn upstream() -> String {
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
    format!("http://{address}")
}

/// A gateway, and what it wrote to stderr so far.
struct Serving {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    stop_reading: Arc<AtomicBool>,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Serving {
    fn start(config: &str, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("corsac.toml");
        std::fs::write(&file, config).expect("the folder can be written");
        let mut child = Command::new(env!("CARGO_BIN_EXE_corsac"))
            .args(["serve", "--config"])
            .arg(&file)
            .args(flags)
            .env("SERVE_KEY", SECRET)
            .env_remove("RUST_LOG")
            .stderr(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let stop_reading = Arc::new(AtomicBool::new(false));
        let (stderr, written) = (child.stderr.take().expect("piped"), Arc::clone(&lines));
        let stop = Arc::clone(&stop_reading);
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                written.lock().expect("no panic").push(line);
                if stop.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        Self { child, lines, stop_reading, file, _folder: folder }
    }

    fn lines(&self) -> MutexGuard<'_, Vec<String>> {
        self.lines.lock().expect("no panic")
    }

    /// The first line that this finds something in, once there is one.
    fn line<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        eventually(what, || self.lines().iter().find_map(|line| find(line)), || self.lines().join("\n"))
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).expect("an id of a process");
        kill_process(Pid::from_raw(id).expect("not zero"), signal).expect("it runs");
    }

    /// Ends it as a service manager does; gives its exit code.
    fn terminate(&mut self) -> Option<i32> {
        self.signal(Signal::TERM);
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn eventually<T>(what: &str, look: impl Fn() -> Option<T>, instead: impl Fn() -> String) -> T {
    // Much longer than it takes anywhere: a machine that is busy is no failure.
    for _ in 0..6_000 {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("not so: {what}\n{}", instead());
}

fn get(address: &str, path: &str, origin: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: {origin}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

fn config(origin: &str, upstream: &str) -> String {
    format!(
        "listen = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n[policies.app]\nallow_origins = [\"{origin}\"]\n\
         [[routes]]\npath = \"/\"\nupstream = \"{upstream}\"\npolicy = \"app\"\n\
         set_request_headers = {{ x-api-key = \"${{SERVE_KEY}}\" }}\n"
    )
}

/// What follows these words in a line, up to a blank or a slash.
fn after(line: &str, words: &str) -> Option<String> {
    let (_, rest) = line.split_once(words)?;
    Some(rest.split(['/', ' ']).next().unwrap_or_default().to_owned())
}

fn write(file: &Path, text: &str) {
    std::fs::write(file, text).expect("the folder can be written");
}

#[test]
fn a_hangup_reloads_and_a_termination_ends() {
    let upstream = upstream();
    let mut serving = Serving::start(&config("https://app.example", &upstream), &[]);
    let address = serving.line("it listens", |line| after(line, "listening on http://"));
    let admin = serving.line("it has an admin listener", |line| after(line, "admin: http://"));
    let generation = || {
        let answer = get(&admin, "/config", "https://app.example");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str::<Value>(body).expect("JSON")["generation"].as_u64().expect("a number")
    };
    let lets = |origin: &str| get(&address, "/", origin).contains("access-control-allow-origin");
    // Once that is answered, signals are listened to.
    assert_eq!(generation(), 1);
    // Nothing has changed, and it is read all the same.
    serving.signal(Signal::HUP);
    let so_far = || serving.lines().join("\n");
    eventually("it is read again", || (generation() == 2).then_some(()), so_far);

    write(&serving.file, &config("https://app.example/", &upstream));
    serving.signal(Signal::HUP);
    serving.line("the fault is told", |line| {
        (line.contains("origin-with-path") && line.contains("corsac.toml:4:18")).then_some(())
    });
    serving.line("the last good one stays", |line| line.contains("stays in force").then_some(()));
    assert!(lets("https://app.example"));

    write(&serving.file, &config("https://other.example", &upstream));
    serving.signal(Signal::HUP);
    eventually("the good one is in force", || lets("https://other.example").then_some(()), so_far);
    assert!(!lets("https://app.example"));

    let shown = get(&admin, "/config", "https://app.example");
    assert!(shown.contains("x-api-key") && shown.contains("\"sha256\""), "{shown}");
    let explained =
        get(&admin, "/explain?origin=https://app.example&method=GET&path=/", "https://app.example");
    let metrics = get(&admin, "/metrics", "https://app.example");
    assert_eq!(serving.terminate(), Some(0));
    let written = serving.lines().join("\n");
    for text in [shown, explained, metrics, written] {
        assert!(!text.contains(SECRET), "{text}");
    }
}

#[test]
fn with_a_certificate_it_is_https_that_is_announced() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corsac-gateway/tests/config/tls");
    let (certificate, key) = (folder.join("app.pem"), folder.join("app.key.pem"));
    let tls =
        format!("[tls]\ncertificate = '{}'\nkey = '{}'\n[policies", certificate.display(), key.display());
    let text = config("https://app.example", &upstream()).replace("[policies", &tls);
    let mut serving = Serving::start(&text, &[]);
    let address = serving.line("it listens", |line| after(line, "listening on https://"));
    let admin = serving.line("it has an admin listener", |line| after(line, "admin: http://"));
    assert!(get(&address, "/", "https://app.example").contains("This port speaks https"));
    assert!(get(&admin, "/config", "").contains("*.app.example"));
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn a_log_that_nobody_reads_any_more_stops_nothing() {
    let mut serving = Serving::start(&config("https://app.example", &upstream()), &[]);
    let address = serving.line("it listens", |line| after(line, "listening on http://"));
    serving.line("it runs", |line| line.contains("workers=").then_some(()));
    serving.stop_reading.store(true, Ordering::Relaxed);
    // The first of these may be the line that the reader was waiting for, and goes with.
    for _ in 0..20 {
        assert!(get(&address, "/", "https://app.example").starts_with("HTTP/1.1 200"));
    }
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn what_cannot_change_at_run_time_is_told() {
    let upstream = upstream();
    let text = config("https://app.example", &upstream);
    let mut serving = Serving::start(&text, &[]);
    let address = serving.line("it listens", |line| after(line, "listening on http://"));
    write(&serving.file, &text.replace("127.0.0.1:0", "127.0.0.2:0"));
    for key in ["listen", "admin"] {
        serving.line("it is told", |line| {
            (line.contains("restart it") && line.contains(&format!("key=\"{key}\""))).then_some(())
        });
    }
    assert!(get(&address, "/", "https://app.example").starts_with("HTTP/1.1 200"));
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn a_log_in_json_is_json_line_by_line() {
    let unused = "[policies.unused]\nallow_origins = [\"https://unused.example\"]\n";
    let text = format!("{}{unused}", config("https://app.example", &upstream()));
    let mut serving = Serving::start(&text, &["--log-format", "json"]);
    let field = |line: &str, message: &str, name: &str| {
        let line: Value = serde_json::from_str(line).ok()?;
        (line["message"] == message).then(|| line[name].clone())
    };
    let address = serving.line("it listens", |line| field(line, "listening", "local_addr"));
    let address = address.as_str().expect("an address");
    get(address, "/a/path?token=query-secret", "https://evil.example");
    let request = serving.line("the request is told", |line| {
        let line: Value = serde_json::from_str(line).ok()?;
        (line["message"] == "request").then_some(line)
    });
    for (name, expected) in [
        ("level", Value::from("INFO")),
        ("client", "127.0.0.1".into()),
        ("method", "GET".into()),
        ("path", "/a/path".into()),
        ("status", 200.into()),
        ("cors", "actual".into()),
        ("reason", "origin-not-listed".into()),
    ] {
        assert_eq!(request[name], expected, "{request}");
    }
    assert!(request["timestamp"].is_string() && request["ms"].is_u64(), "{request}");
    assert_eq!(serving.terminate(), Some(0));
    let lines = serving.lines();
    assert!(lines.iter().any(|line| line.contains("policy-unused")), "{lines:?}");
    for line in lines.iter() {
        assert!(serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object()), "{line}");
        assert!(!line.contains("secret"), "{line}");
    }
}

#[test]
fn an_upstream_that_is_killed_or_hangs_costs_only_what_it_had() {
    const LONG: usize = 64 * 1024 * 1024;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("long"), vec![b'x'; LONG]).expect("the folder can be written");
    std::fs::write(folder.path().join("short"), "hi").expect("the folder can be written");
    let files = |listen: &str| {
        let text = format!(
            "listen = \"{listen}\"\n[[routes]]\npath = \"/\"\nfiles = '{}'\n",
            folder.path().display()
        );
        let serving = Serving::start(&text, &[]);
        let address = serving.line("it listens", |line| after(line, "listening on http://"));
        (serving, address)
    };
    let (mut upstream, place) = files("127.0.0.1:0");
    let text = config("https://app.example", &format!("http://{place}"));
    let mut gateway = Serving::start(&format!("{text}[timeouts]\nresponse = \"5s\"\n"), &[]);
    let address = gateway.line("it listens", |line| after(line, "listening on http://"));
    let admin = gateway.line("it has an admin listener", |line| after(line, "admin: http://"));
    let answers = |status: &str| {
        let answer = get(&address, "/short", "https://app.example");
        let is_readable = answer.contains("access-control-allow-origin: https://app.example");
        answer.starts_with(&format!("HTTP/1.1 {status} ")) && is_readable
    };
    assert!(answers("200"));

    // In the middle of a body.
    let mut client = TcpStream::connect(&address).expect("it listens");
    let request = b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n";
    client.write_all(request).expect("it reads");
    client.read_exact(&mut [0; 1024]).expect("it has begun");
    upstream.signal(Signal::KILL);
    upstream.child.wait().expect("it ends");
    let mut rest = Vec::new();
    let ended = client.read_to_end(&mut rest);
    assert!(ended.is_err() || rest.len() < LONG - 1024, "a part passes for the whole");
    assert!(answers("502"));

    let (upstream, _) = files(&place);
    assert!(answers("200"), "once it is there again");
    upstream.signal(Signal::STOP);
    assert!(answers("504"));
    upstream.signal(Signal::CONT);
    assert!(answers("200"));

    let metrics = || get(&admin, "/metrics", "https://app.example");
    let nothing_is_left = || {
        let text = metrics();
        let is_none = |name: &str| text.lines().any(|line| line == format!("{name} 0"));
        (is_none("corsac_open_connections") && is_none("corsac_requests_in_flight")).then_some(())
    };
    drop(client);
    eventually("no connection and no request is left", nothing_is_left, metrics);
    assert_eq!(gateway.terminate(), Some(0));
}
