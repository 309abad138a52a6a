//! Every scenario of the ledger, on its real server: one trial per scenario and check.
//!
//! A check gets the scenario and its running server. A server that is not on this machine leaves its trials out,
//! loudly; with `CORSAC_REQUIRE_REAL_PARTS=1` they fail instead.

use std::collections::BTreeMap;
use std::process::{Command, ExitCode};
use std::time::Duration;

use corsac_lab::{
    Answer, Ask, Missing, Output, Part, Running, Scenario, Seen, Stack, ask, corsac_binary, free_port,
    parts_required, run, scenarios, start, start_command,
};
use libtest_mimic::{Arguments, Failed, Trial};

/// What is shown of a scenario, given its running server.
type Check = fn(&Scenario, &Running) -> Result<(), Failed>;

/// Every check, under the name its trials have.
const CHECKS: &[(&str, Check)] = &[
    ("answers as the ledger says", answers_as_the_ledger_says),
    ("corsac check concludes it", corsac_check_concludes_it),
    ("corsac serve with a right policy mends it", a_right_policy_mends_it),
    ("the gateway line that corsac check prints mends it", the_printed_line_mends_it),
];

/// What one `corsac check` may take: far more than it should, for machines that are busy.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let missing: BTreeMap<Stack, Missing> =
        Stack::ALL.into_iter().filter_map(|stack| Some((stack, stack.part().program().err()?))).collect();
    let mut left_out: BTreeMap<Part, usize> = BTreeMap::new();
    let mut trials = Vec::new();
    for scenario in scenarios() {
        for &(what, check) in CHECKS {
            let trial = Trial::test(format!("{scenario}: {what}"), move || on_its_server(scenario, check));
            let leave_out = missing.contains_key(&scenario.stack) && !parts_required();
            if leave_out {
                *left_out.entry(scenario.stack.part()).or_default() += 1;
            }
            trials.push(trial.with_ignored_flag(leave_out));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !arguments.list {
        say_what_was_left_out(&left_out, missing.values());
    }
    conclusion.exit_code()
}

fn on_its_server(scenario: &Scenario, check: Check) -> Result<(), Failed> {
    let server = start(scenario)?;
    check(scenario, &server).map_err(|failed| {
        let why = failed.message().unwrap_or("it failed").to_owned();
        format!("{why}\n{scenario} ({}) wrote:\n{}", scenario.file.display(), server.said()).into()
    })
}

/// The server says on the wire what the ledger says of it, and nothing more about CORS.
fn answers_as_the_ledger_says(scenario: &Scenario, server: &Running) -> Result<(), Failed> {
    if let Some(preflight) = &scenario.preflight {
        let answer = ask(server, &Ask::preflight(&scenario.call, preflight))?;
        compare("preflight", &preflight.seen, &answer)?;
    }
    compare("actual", &scenario.actual, &ask(server, &Ask::actual(&scenario.call))?)
}

/// `corsac check` comes to the verdict, failure, cause and exit code of the ledger.
fn corsac_check_concludes_it(scenario: &Scenario, server: &Running) -> Result<(), Failed> {
    let output = run_check(scenario, &server.url(&scenario.call.path))?;
    let report: serde_json::Value = serde_json::from_str(&output.stdout)
        .map_err(|error| format!("not JSON: {error}\n{}{}", output.stdout, output.stderr))?;
    let said = |key: &str| report[key].as_str().map(str::to_owned);
    let expect = &scenario.expect;
    let found = (said("verdict"), said("failure"), said("cause"), output.status);
    let wanted =
        (Some(expect.verdict.clone()), expect.failure.clone(), expect.cause.clone(), Some(expect.exit));
    if found == wanted {
        return Ok(());
    }
    Err(format!("found {found:?}\n  not {wanted:?}\n(verdict, failure, cause, exit)\n{report}").into())
}

/// With `corsac serve` and the ledger's policy in front of the same server, untouched, the call passes.
fn a_right_policy_mends_it(scenario: &Scenario, server: &Running) -> Result<(), Failed> {
    let port = free_port();
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("corsac.toml");
    std::fs::write(&file, scenario.gateway_config(&format!("127.0.0.1:{port}"), &server.url("")))?;
    let mut command = Command::new(corsac_binary()?);
    command.arg("serve").arg("--config").arg(&file);
    let gateway = start_command("corsac serve", &mut command, port)?;
    passes(scenario, &gateway)
}

/// The line is run as it was printed, but for the port.
fn the_printed_line_mends_it(scenario: &Scenario, server: &Running) -> Result<(), Failed> {
    if scenario.expect.exit == 0 {
        return Ok(());
    }
    let report: serde_json::Value =
        serde_json::from_str(&run_check(scenario, &server.url(&scenario.call.path))?.stdout)?;
    let fixes = report["fixes"].as_array().ok_or("no fixes")?;
    let fix =
        fixes.iter().find(|fix| fix["target"] == "corsac").ok_or_else(|| format!("no line in {report}"))?;
    let line = fix["snippet"].as_str().ok_or("no snippet")?;
    let line = line.strip_prefix("corsac ").ok_or_else(|| format!("not a corsac line: {line}"))?;
    let port = free_port();
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("exec \"$CORSAC\" {} --listen 127.0.0.1:{port}", line.trim_end()));
    command.env("CORSAC", corsac_binary()?);
    let gateway = start_command("the printed line", &mut command, port)?;
    passes(scenario, &gateway)
}

fn passes(scenario: &Scenario, gateway: &Running) -> Result<(), Failed> {
    let output = run_check(scenario, &gateway.url(&scenario.call.path))?;
    if output.status == Some(0) {
        return Ok(());
    }
    Err(format!("through the gateway: {}{}\n{}", output.stdout, output.stderr, gateway.said()).into())
}

fn run_check(scenario: &Scenario, url: &str) -> Result<Output, Failed> {
    let mut command = Command::new(corsac_binary()?);
    command.arg("check").arg("--json").args(scenario.call.arguments(url));
    Ok(run(&mut command, PATIENCE)?)
}

fn compare(kind: &str, seen: &Seen, answer: &Answer) -> Result<(), Failed> {
    let mut faults = Vec::new();
    if answer.status != seen.status {
        faults.push(format!("the status is {}, not {}", answer.status, seen.status));
    }
    for (name, value) in &seen.headers {
        match answer.header(name) {
            Some(found) if found == value => {}
            Some(found) => faults.push(format!("{name} is `{found}`, not `{value}`")),
            None => faults.push(format!("{name} is missing; it should be `{value}`")),
        }
    }
    for (at, (name, value)) in answer.headers.iter().enumerate() {
        let repeated = answer.headers[..at].iter().any(|(earlier, _)| earlier == name);
        if name.starts_with("access-control-") && (repeated || !seen.headers.contains_key(name)) {
            faults.push(format!("{name} (`{value}`) should not be there"));
        }
    }
    if let Some(part) = &seen.body_has
        && !answer.body.contains(part)
    {
        faults.push(format!("the body has no `{part}`: {}", answer.body));
    }
    if faults.is_empty() { Ok(()) } else { Err(format!("{kind}: {}", faults.join("; ")).into()) }
}

#[expect(clippy::print_stderr, reason = "a test harness of its own talks to the person who runs it")]
fn say_what_was_left_out<'a>(left_out: &BTreeMap<Part, usize>, missing: impl Iterator<Item = &'a Missing>) {
    if left_out.is_empty() {
        return;
    }
    let bar = "!".repeat(100);
    eprintln!("{bar}\n!! LEFT OUT, because real parts are not on this machine:");
    for missing in missing {
        let trials = left_out.get(&missing.part).copied().unwrap_or_default();
        eprintln!("!!   {trials} tests: {}", missing.part);
    }
    eprintln!("!! To get them: cargo xtask setup.  To run everything: cargo xtask test.\n{bar}\n");
}
