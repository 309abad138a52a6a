//! `cargo xtask lab peers`: what the other CORS middleware of Rust answers to the cases, and where that is written.
//!
//! With `CORSAC_WRITE_DOCS` in the environment it writes the column and the page anew. Prints; everything else is the
//! library's.

use std::io::{self, Write};
use std::process::ExitCode;

use corsac_lab_peers::{behaviour, column, measure, page};
use corsac_vectors::PolicyCase;

fn main() -> ExitCode {
    let cases: Vec<PolicyCase> = corsac_vectors::load("policy");
    let measurements = measure(&cases);
    say(page::tables(&measurements).trim());
    let mut faults = behaviour::faults(&measurements);
    if std::env::var_os("CORSAC_WRITE_DOCS").is_some() {
        let written = column::write(&measurements).and_then(|()| page::write(&measurements));
        faults.extend(written.err().map(|error| error.to_string()));
    } else {
        let mut stale = column::stale(&measurements);
        stale.extend(page::stale(&measurements).unwrap_or_else(|error| Some(error.to_string())));
        if !stale.is_empty() {
            stale.push("to write them anew: CORSAC_WRITE_DOCS=1 cargo xtask lab peers".to_owned());
        }
        faults.extend(stale);
    }
    for fault in &faults {
        say(fault);
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[expect(clippy::print_stdout, reason = "this program exists to tell a person what it found")]
fn say(text: &str) {
    println!("{text}");
    // A closed pipe must not end the run.
    let _ = io::stdout().flush();
}
