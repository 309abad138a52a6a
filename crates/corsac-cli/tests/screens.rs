//! What a person sees, screen by screen: the real binary against scripted servers, held against `vectors/cli/screens`.
//!
//! `CORSAC_BLESS=1` writes the screens anew, for a person to read aloud.

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::thread;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    screen: Vec<Screen>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Screen {
    name: String,
    /// `{port}` is the scripted server's.
    args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// What the server answers; nothing listens where there is none. The first that fits counts.
    #[serde(default)]
    answer: Vec<Answer>,
    exit: i32,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Answer {
    method: Option<String>,
    path: Option<String>,
    /// A line that the request must have.
    line: Option<String>,
    /// The whole answer; `\xNN` is a byte.
    http: String,
}

/// As long as every port that a test is given, so that lines break where they would.
const PORT: &str = "54321";

fn folder() -> PathBuf {
    corsac_vectors::folder().join("cli/screens")
}

fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("\\x") {
        bytes.extend_from_slice(before.as_bytes());
        bytes.push(u8::from_str_radix(&behind[..2], 16).expect("two hexadecimal digits"));
        rest = &behind[2..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// Lines as HTTP ends them, and a length where none is given.
fn message(http: &str) -> Vec<u8> {
    let (head, body) = http.trim_start().split_once("\n\n").unwrap_or((http.trim(), ""));
    let length = format!("Content-Length: {}\nConnection: close", body.trim().len());
    bytes(&format!("{}\n{length}\n\n", head.trim_end()).replace('\n', "\r\n"))
        .into_iter()
        .chain(body.trim().bytes())
        .collect()
}

fn serve(answers: Vec<Answer>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let mut words = head.first().map_or("", |line| line).split(' ');
            let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let fits = |answer: &&Answer| {
                answer.method.as_deref().is_none_or(|wanted| wanted == method)
                    && answer.path.as_deref().is_none_or(|wanted| wanted == path)
                    && answer.line.as_ref().is_none_or(|wanted| head.contains(wanted))
            };
            let Some(answer) = answers.iter().find(fits) else { continue };
            let http = answer.http.replace("{port}", &address.port().to_string());
            // Whoever hangs up early has seen enough.
            let _ = stream.write_all(&message(&http));
            let _ = stream.shutdown(Shutdown::Write);
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
    });
    address
}

/// A port that nobody listens on.
fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

/// Runs what is typed for a screen, and more.
fn run(screen: &Screen, more: &[&str]) -> (String, Vec<String>, Output) {
    let address = if screen.answer.is_empty() { nobody() } else { serve(screen.answer.clone()) };
    let port = address.port().to_string();
    let args: Vec<String> = screen.args.iter().map(|arg| arg.replace("{port}", &port)).collect();
    let output = Command::new(env!("CARGO_BIN_EXE_corsac"))
        .args(&args)
        .args(more)
        .env_remove("CLICOLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("NO_COLOR")
        .env("COLUMNS", "80")
        .envs(&screen.env)
        .output()
        .expect("the binary starts");
    assert_eq!(output.status.code(), Some(screen.exit), "{}: {output:?}", screen.name);
    (port, args, output)
}

/// The screen as it is kept: what was typed, and what was said on both streams.
fn look(screen: &Screen) -> String {
    let (port, args, output) = run(screen, &[]);
    // Another port, or nonce, of that length would be as good.
    let text = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).expect("text").replace(&port, PORT).replace('\x1b', "␛");
        without_nonces(&text)
    };
    let env: String = screen.env.iter().map(|(name, value)| format!("{name}={value} ")).collect();
    let typed: Vec<String> = args.iter().map(|arg| quoted(&arg.replace(&port, PORT))).collect();
    let mut kept = format!("$ {env}corsac {}\n{}", typed.join(" "), text(output.stdout));
    let said = text(output.stderr);
    if !said.is_empty() {
        kept.push_str(&format!("\n[stderr]\n{said}"));
    }
    kept
}

/// The text with a zero for every digit of what was made up to get past a cache.
fn without_nonces(text: &str) -> String {
    let mut parts = text.split("?corsac=");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.chars().take_while(char::is_ascii_digit).count();
        kept.push_str(&format!("?corsac={}{}", "0".repeat(digits), &part[digits..]));
    }
    kept
}

/// As one would type it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:@=,".contains(letter);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

fn screens() -> Vec<Screen> {
    corsac_vectors::read::<File>("cli/screens/screens.toml".as_ref()).screen
}

#[test]
fn every_screen_is_json_too() {
    for screen in screens() {
        let (_, _, output) = run(&screen, &["--json"]);
        common::document(&screen.args[0], &output.stdout);
    }
}

#[test]
fn a_schema_refuses_what_is_not_as_it_says() {
    let screens = screens();
    let screen = screens.iter().find(|screen| screen.name == "misspelled-slash").expect("it is a screen");
    let good = common::document("check", &run(screen, &["--json"]).2.stdout);
    let broken: [fn(&mut Value); 5] = [
        |document| document["version"] = 2.into(),
        |document| document["verdict"] = "maybe".into(),
        |document| document["cause"] = "Not An Identifier".into(),
        |document| document["exchange"][0]["request"]["headers"][0] = "Origin".into(),
        |document| {
            let fields = document["evidence"][0].as_object_mut().expect("there is some");
            fields.shift_remove("shows");
        },
    ];
    for breaks in broken {
        let mut document = good.clone();
        breaks(&mut document);
        assert_ne!(document, good);
        assert!(!common::faults("check", &document).is_empty(), "{document:#}");
    }
}

#[test]
fn every_screen_is_the_one_that_is_kept() {
    let blesses = std::env::var_os("CORSAC_BLESS").is_some();
    let mut differences = Vec::new();
    let mut known = Vec::new();
    for screen in screens() {
        let path = folder().join(format!("{}.txt", screen.name));
        let seen = look(&screen);
        let columns: usize =
            screen.env.get("COLUMNS").map_or(80, |columns| columns.parse().expect("a number")).max(40);
        if !seen.contains('␛') {
            let too_wide = breakable(&seen).into_iter().filter(|line| is_too_wide(line, columns));
            differences.extend(
                too_wide.map(|line| format!("{}: wider than {columns} columns: {line}", screen.name)),
            );
        }
        if blesses {
            std::fs::write(&path, &seen).expect("the folder can be written");
        } else if std::fs::read_to_string(&path).unwrap_or_default() != seen {
            differences.push(format!("{} is now\n{seen}", path.display()));
        }
        known.push(path);
    }
    for entry in std::fs::read_dir(folder()).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "txt") && !known.contains(&path) {
            differences.push(format!("{} is of no screen", path.display()));
        }
    }
    corsac_vectors::assert_none(&differences);
}

/// The lines that could have been broken: those to be pasted are as long as they are.
fn breakable(screen: &str) -> Vec<&str> {
    let mut is_fix = false;
    let ends = |line: &str| {
        let names =
            ["next: ", "page ", "chromium ", "firefox ", "webkit ", "standard ", "[stderr]", "How sure"];
        names.iter().any(|name| line.starts_with(name))
    };
    let outside = screen.lines().skip(1).filter(|line| {
        is_fix = (is_fix || line.starts_with("fix ")) && !ends(line);
        !is_fix
    });
    outside
        .filter(|line| !line.trim_start().starts_with("curl ") && !line.starts_with("    corsac "))
        .collect()
}

/// Whether a line does not fit, and is more than a word.
fn is_too_wide(line: &str, columns: usize) -> bool {
    line.chars().count() > columns && line.trim_start().contains(' ')
}
