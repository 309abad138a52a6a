//! The clients that people use, through a gateway with a policy: curl, Node's fetch and Python's httpx.
//!
//! What is no browser is not kept from anything, and gets the policy's headers where it says an origin. A client that is
//! not on this machine leaves its trials out, loudly; with `CORSAC_REQUIRE_REAL_PARTS=1` they fail instead.

use std::collections::BTreeSet;
use std::process::{Command, ExitCode};
use std::time::Duration;

use corsac_lab::{Governed, Missing, Part, client, parts_required, run};
use libtest_mimic::{Arguments, Failed, Trial};

const PAGE: &str = "https://app.example";

/// What one client may take: far more than it should, for machines that are busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is shown of a client.
type Check = fn(&Governed) -> Result<(), Failed>;

const CHECKS: &[(&str, Part, Check)] = &[
    ("curl is answered for an origin that is allowed", Part::Curl, curl_is_allowed),
    ("curl is answered without CORS headers for any other", Part::Curl, curl_is_refused),
    ("curl sees the preflight's answer", Part::Curl, curl_asks_first),
    ("curl speaks HTTP/2 without asking first", Part::Curl, curl_speaks_http_2),
    ("Node's fetch keeps its connection and streams both ways", Part::Node, fetch_streams),
    ("httpx does all of it over HTTP/1.1 and HTTP/2", Part::Httpx, httpx_does_all),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut left_out = BTreeSet::new();
    let mut trials = Vec::new();
    for &(what, part, check) in CHECKS {
        // The API behind the gateway is Node's.
        let missing: Option<Missing> = [part, Part::Node].iter().find_map(|part| part.program().err());
        let leave_out = missing.filter(|_| !parts_required());
        let trial = Trial::test(what, move || through_a_gateway(check));
        trials.push(trial.with_ignored_flag(leave_out.is_some()));
        left_out.extend(leave_out.map(|missing| missing.part));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !arguments.list {
        say_what_was_left_out(&left_out);
    }
    conclusion.exit_code()
}

fn through_a_gateway(check: Check) -> Result<(), Failed> {
    let governed = Governed::start(PAGE)?;
    check(&governed).map_err(|failed| {
        let why = failed.message().unwrap_or("it failed").to_owned();
        format!("{why}\ncorsac serve wrote:\n{}", governed.gateway.said()).into()
    })
}

fn curl_is_allowed(governed: &Governed) -> Result<(), Failed> {
    let answer = curl(governed, &["-H", &format!("Origin: {PAGE}"), "-b", "a=1"], "/echo?q=1")?;
    answer.has_status("HTTP/1.1 200 OK")?;
    answer.has(&format!("access-control-allow-origin: {PAGE}"))?;
    answer.has("access-control-allow-credentials: true")?;
    answer.has("access-control-expose-headers: x-answered")?;
    answer.has("vary: origin")?;
    answer.has_once("access-control-allow-origin")?;
    answer.says("\"cookie\":\"a=1\"")
}

fn curl_is_refused(governed: &Governed) -> Result<(), Failed> {
    let answer = curl(governed, &["-H", "Origin: https://evil.example"], "/echo")?;
    answer.has_status("HTTP/1.1 200 OK")?;
    answer.lacks("access-control-")?;
    answer.has("vary: origin")?;
    // No browser, no origin: nothing is kept from it.
    let answer = curl(governed, &[], "/echo")?;
    answer.has_status("HTTP/1.1 200 OK")?;
    answer.lacks("access-control-")
}

fn curl_asks_first(governed: &Governed) -> Result<(), Failed> {
    let asked = |origin: &str| {
        let origin = format!("Origin: {origin}");
        let arguments = ["-X", "OPTIONS", "-H", &origin, "-H", "Access-Control-Request-Method: PUT", "-H"];
        let headers = "Access-Control-Request-Headers: content-type,x-asked";
        curl(governed, &[&arguments[..], &[headers]].concat(), "/echo")
    };
    let answer = asked(PAGE)?;
    answer.has_status("HTTP/1.1 204 No Content")?;
    for line in [
        &format!("access-control-allow-origin: {PAGE}"),
        "access-control-allow-methods: put",
        "access-control-allow-headers: content-type,x-asked",
        "access-control-max-age: 600",
    ] {
        answer.has(line)?;
    }
    let answer = asked("https://evil.example")?;
    answer.has_status("HTTP/1.1 403 Forbidden")?;
    answer.lacks("access-control-")
}

fn curl_speaks_http_2(governed: &Governed) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("body");
    // Above 1 MiB curl asks for `100 Continue` over HTTP/1.1.
    std::fs::write(&file, vec![b'x'; 2 << 20])?;
    let origin = format!("Origin: {PAGE}");
    for (version, status) in [("--http2-prior-knowledge", "HTTP/2 200"), ("--http1.1", "HTTP/1.1 200 OK")] {
        let arguments = [version, "-H", &origin, "-T", &file.display().to_string()];
        let answer = curl(governed, &arguments, "/echo")?;
        answer.has_status(status)?;
        answer.has(&format!("access-control-allow-origin: {PAGE}"))?;
        answer.says("\"length\":2097152")?;
    }
    Ok(())
}

fn fetch_streams(governed: &Governed) -> Result<(), Failed> {
    script(governed, Part::Node, "fetch.mjs")
}

fn httpx_does_all(governed: &Governed) -> Result<(), Failed> {
    script(governed, Part::Httpx, "httpx_client.py")
}

/// Runs a script, which checks by itself and says with its exit code how that went.
fn script(governed: &Governed, part: Part, name: &str) -> Result<(), Failed> {
    let (program, script) = client(part, name)?;
    let mut command = Command::new(program);
    command.arg(script).args([&governed.gateway.url(""), PAGE]);
    without_proxies(&mut command);
    let output = run(&mut command, PATIENCE)?;
    if output.status == Some(0) {
        return Ok(());
    }
    Err(format!("{}{}", output.stdout, output.stderr).into())
}

/// What curl printed: the heads of all answers, and the last body.
struct Answer {
    text: String,
}

fn curl(governed: &Governed, arguments: &[&str], path: &str) -> Result<Answer, Failed> {
    let mut command = Command::new(Part::Curl.program()?);
    // `-q`, first, keeps the user's own settings out.
    command.args(["-q", "-sS", "-i", "--max-time", "60"]).args(arguments).arg(governed.gateway.url(path));
    without_proxies(&mut command);
    let output = run(&mut command, PATIENCE)?;
    if output.status != Some(0) {
        return Err(format!("curl: {}", output.stderr).into());
    }
    Ok(Answer { text: output.stdout })
}

/// The gateway is on this machine, whatever the environment says of the network.
fn without_proxies(command: &mut Command) {
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
}

impl Answer {
    /// The lines of the heads, in lower case and without what may differ in white space.
    fn lines(&self) -> impl Iterator<Item = String> + '_ {
        self.text.lines().map(|line| line.trim().to_ascii_lowercase().replace(", ", ","))
    }

    fn has_status(&self, status: &str) -> Result<(), Failed> {
        self.ensure(self.text.lines().any(|line| line.trim() == status), status)
    }

    fn has(&self, line: &str) -> Result<(), Failed> {
        self.ensure(self.lines().any(|found| found == line.to_ascii_lowercase()), line)
    }

    fn has_once(&self, name: &str) -> Result<(), Failed> {
        self.ensure(self.lines().filter(|line| line.starts_with(name)).count() == 1, name)
    }

    fn lacks(&self, start: &str) -> Result<(), Failed> {
        self.ensure(!self.lines().any(|line| line.starts_with(start)), &format!("no {start}"))
    }

    fn says(&self, text: &str) -> Result<(), Failed> {
        self.ensure(self.text.contains(text), text)
    }

    fn ensure(&self, is_so: bool, what: &str) -> Result<(), Failed> {
        if is_so { Ok(()) } else { Err(format!("not so: {what}\n{}", self.text).into()) }
    }
}

#[expect(clippy::print_stderr, reason = "a test harness of its own talks to the person who runs it")]
fn say_what_was_left_out(left_out: &BTreeSet<Part>) {
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
