//! Every engine against the hand-written scenarios and against generated ones: one trial per engine and kind.
//!
//! An engine that is not on this machine leaves its trials out, loudly; with `CORSAC_REQUIRE_REAL_PARTS=1` they
//! fail instead.

use std::collections::BTreeMap;
use std::env;
use std::process::ExitCode;

use corsac_browser::Browser;
use corsac_lab_browsers::engine::Part;
use corsac_lab_browsers::options::ENGINES;
use corsac_lab_browsers::run::{Disagreement, run};
use corsac_lab_browsers::scenario::Scenario;
use corsac_lab_browsers::{generate, report, vector};
use libtest_mimic::{Arguments, Failed, Trial};

/// The seed of the generated scenarios.
const SEED: u64 = 1;
/// How many are generated for each engine.
const COUNT: usize = 500;

/// Makes the scenarios of a trial, and says whether they are all the hand-written ones.
type Source = (&'static str, fn() -> Vec<Scenario>, bool);

const SOURCES: [Source; 2] = [
    ("does as predicted in the hand-written scenarios", hand_written, true),
    ("does as predicted in generated scenarios", generated, false),
];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Two browsers at a time and no more: preflight caches count seconds, and a busy machine makes them longer.
    arguments.test_threads = Some(2);
    let required = env::var_os("CORSAC_REQUIRE_REAL_PARTS").is_some_and(|value| value == "1");
    let mut left_out: BTreeMap<Part, usize> = BTreeMap::new();
    let mut trials = Vec::new();
    for browser in ENGINES {
        let missing = Part::of(browser).iter().find(|part| part.program().is_err());
        for (what, scenarios, complete) in SOURCES {
            let leave_out = missing.filter(|_| !required);
            if let Some(&part) = leave_out {
                *left_out.entry(part).or_default() += 1;
            }
            let trial =
                Trial::test(format!("{browser}: {what}"), move || agrees(browser, scenarios(), complete));
            trials.push(trial.with_ignored_flag(leave_out.is_some()));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !arguments.list {
        say_what_was_left_out(&left_out);
    }
    conclusion.exit_code()
}

fn hand_written() -> Vec<Scenario> {
    vector::hand_written().into_iter().flat_map(Scenario::of_case).collect()
}

fn generated() -> Vec<Scenario> {
    (0..COUNT).map(|number| generate::scenario(SEED, number)).collect()
}

fn agrees(browser: Browser, scenarios: Vec<Scenario>, complete: bool) -> Result<(), Failed> {
    let runtime = tokio::runtime::Runtime::new()?;
    let report = runtime.block_on(run(browser, scenarios, complete))?;
    if report.is_good() {
        return Ok(());
    }
    let repeat = |disagreement: &Disagreement| {
        let id = disagreement.scenario.id();
        let seed = generate::number_of(&id).map_or(String::new(), |_| format!("--seed {SEED} "));
        format!("cargo xtask lab browsers --engine {browser} {seed}--case {id}")
    };
    Err(format!("\n{}\n{}", report::details(&report, repeat), report::table(&[report])).into())
}

#[expect(clippy::print_stderr, reason = "a test harness of its own talks to the person who runs it")]
fn say_what_was_left_out(left_out: &BTreeMap<Part, usize>) {
    if left_out.is_empty() {
        return;
    }
    let bar = "!".repeat(100);
    eprintln!("{bar}\n!! LEFT OUT, because real parts are not on this machine:");
    for (part, trials) in left_out {
        eprintln!("!!   {trials} trials of many scenarios each: {part}");
    }
    eprintln!("!! To get them: cargo xtask setup.  To run everything: cargo xtask test.\n{bar}\n");
}
