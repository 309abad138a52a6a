//! Recordings made on the spot by real developer tools, judged as the kept ones are.
//!
//! What a browser writes changes with its versions; then this fails, and `cargo xtask lab har` makes the kept files anew.
//! Firefox is recorded by that command alone: on a busy machine its developer tools lose requests now and then.
//! A browser that is not on this machine leaves its trial out, loudly; with `CORSAC_REQUIRE_REAL_PARTS=1` it fails instead.

use std::collections::BTreeSet;
use std::process::ExitCode;

use corsac_browser::Browser;
use corsac_diagnosis::har::{Conclusion, JudgedCall, Kind, Options, Recording, judge};
use corsac_lab::parts_required;
use corsac_lab_browsers::engine::Part;
use corsac_lab_browsers::har;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut left_out = BTreeSet::new();
    let mut trials = Vec::new();
    for browser in [Browser::Chromium, Browser::Webkit] {
        let missing = Part::of(browser).iter().find(|part| part.program().is_err()).map(ToString::to_string);
        let leave_out = missing.filter(|_| !parts_required());
        let trial =
            Trial::test(format!("{browser}: what it records now is judged as what is kept"), move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(is_judged_alike(browser))
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

async fn is_judged_alike(browser: Browser) -> Result<(), Failed> {
    let mut differences = Vec::new();
    for export in har::export(browser).await? {
        let recording = Recording::read(export.text.as_bytes())?;
        let is_call = |call: &&JudgedCall| call.kind == Kind::Call && call.conclusion != Conclusion::NotCors;
        let found: Vec<String> =
            judge(&recording, &Options::default()).iter().filter(is_call).map(as_line).collect();
        let expected = corsac_vectors::har::expected(export.name);
        differences.extend(corsac_vectors::har::differences(export.name, &expected, &found));
    }
    if differences.is_empty() { Ok(()) } else { Err(differences.join("\n").into()) }
}

fn as_line(call: &JudgedCall) -> String {
    corsac_vectors::har::line(
        &format!("{} {}", call.method, call.url),
        call.conclusion.as_str(),
        call.failure.map(|failure| failure.as_str()),
        call.cause.map(|cause| cause.as_str()),
        call.grade.as_str(),
        call.claims.iter().map(|claim| (claim.about.as_str(), claim.grade.as_str())),
    )
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
