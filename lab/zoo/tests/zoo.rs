//! Every case of the zoo, one trial each, in one Chromium.
//!
//! A case whose server is not on this machine is left out, loudly; with `CORSAC_REQUIRE_REAL_PARTS=1` it fails.
//! `CORSAC_SHOW_ZOO=1` prints the table, `CORSAC_WRITE_DOCS=1` writes `docs/zoo.md`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock};

use corsac_browser::Browser as Engine;
use corsac_lab::parts_required;
use corsac_lab_browsers::engine::Part;
use corsac_lab_zoo::{Case, Row, Table, Zoo, cases, missing_part, observe};
use libtest_mimic::{Arguments, Failed, Trial};

/// What the trials share; the browser is started by the first that runs.
#[derive(Default)]
struct Shared {
    zoo: OnceLock<Result<Zoo, String>>,
    rows: Mutex<Vec<Row>>,
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Most of a trial is waiting for a server to come up.
    arguments.test_threads.get_or_insert(4);
    let shared = Arc::new(Shared::default());
    let mut left_out = BTreeSet::new();
    let mut trials = Vec::new();
    for case in cases() {
        let missing = missing(case).filter(|_| !parts_required());
        let own = Arc::clone(&shared);
        let trial = Trial::test(case.to_string(), move || put(&own, case));
        trials.push(trial.with_ignored_flag(missing.is_some()));
        left_out.extend(missing);
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if arguments.list {
        return conclusion.exit_code();
    }
    say_what_was_left_out(&left_out);
    let rows = shared.rows.lock().map(|rows| rows.clone()).unwrap_or_default();
    let held = hold(&Table::new(rows));
    if conclusion.has_failed() { conclusion.exit_code() } else { held }
}

fn missing(case: &Case) -> Option<String> {
    let browser = Part::of(Engine::Chromium).iter().find(|part| part.program().is_err());
    browser.map(ToString::to_string).or_else(|| missing_part(case).map(|part| part.to_string()))
}

fn put(shared: &Shared, case: &Case) -> Result<(), Failed> {
    let zoo = shared.zoo.get_or_init(Zoo::open).as_ref()?;
    let row = observe(zoo, case)?;
    shared.rows.lock().map_err(|_| "a trial failed while it told its row")?.push(row);
    Ok(())
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/zoo.md")
}

/// Shows the table where it is asked for, and holds the page against it, or writes it.
#[expect(clippy::print_stdout, reason = "a test harness of its own talks to the person who runs it")]
fn hold(table: &Table) -> ExitCode {
    if std::env::var_os("CORSAC_SHOW_ZOO").is_some() {
        if table.is_empty() {
            println!("no case of that name came through; `cargo xtask lab zoo` shows all of them");
            return ExitCode::FAILURE;
        }
        println!("\n{}\n{}", table.text(), table.sum());
    }
    if !table.is_whole() {
        return ExitCode::SUCCESS;
    }
    let page = table.page();
    if std::env::var_os("CORSAC_WRITE_DOCS").is_some() {
        if let Err(error) = std::fs::write(file(), page) {
            println!("{} cannot be written: {error}", file().display());
            return ExitCode::FAILURE;
        }
        return ExitCode::SUCCESS;
    }
    if std::fs::read_to_string(file()).unwrap_or_default() == page {
        return ExitCode::SUCCESS;
    }
    println!("docs/zoo.md is not what was observed:\n\n{page}");
    println!("to write it anew: CORSAC_WRITE_DOCS=1 cargo xtask lab zoo");
    ExitCode::FAILURE
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
