//! `cargo xtask lab browsers`: real browsers against what Corsac predicts of them, and a table of how that went.
//!
//! Prints; everything else is the library's.

use std::io::{self, Write};
use std::process::ExitCode;

use corsac_lab_browsers::generate;
use corsac_lab_browsers::options::{HELP, Options};
use corsac_lab_browsers::printed;
use corsac_lab_browsers::report;
use corsac_lab_browsers::run::{Disagreement, Report, run};
use corsac_lab_browsers::scenario::Scenario;
use corsac_lab_browsers::vector::hand_written;

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) if error == HELP => {
            say(HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            say(&format!("{error}\n\n{HELP}"));
            return ExitCode::from(2);
        }
    };
    let scenarios = scenarios(&options);
    if scenarios.is_empty() {
        say("There is no such scenario.");
        return ExitCode::from(2);
    }
    let complete = options.hand_written && options.case.is_none();
    let mut reports: Vec<Report> = Vec::new();
    let mut is_good = true;
    for browser in &options.engines {
        match run(*browser, scenarios.clone(), complete).await {
            Ok(report) => {
                is_good &= report.is_good();
                say(&report::details(&report, |disagreement| repeat(&options, disagreement)));
                reports.push(report);
            }
            Err(error) => {
                is_good = false;
                say(&format!("{browser}: NOT RUN: {error}\n"));
            }
        }
    }
    is_good &= write_out(&options, &reports);
    is_good &= write_console(&options, &reports);
    say(&report::table(&reports));
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What is to be run.
fn scenarios(options: &Options) -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    if options.hand_written {
        scenarios.extend(hand_written().into_iter().flat_map(Scenario::of_case));
    }
    if let Some(seed) = options.seed {
        match options.case.as_deref().and_then(generate::number_of) {
            Some(number) => scenarios.push(generate::scenario(seed, number)),
            None => scenarios.extend((0..options.count).map(|number| generate::scenario(seed, number))),
        }
    }
    if let Some(case) = &options.case {
        scenarios.retain(|scenario| scenario.id() == *case || scenario.case.id == *case);
    }
    scenarios
}

/// Everything about the disagreements, where it was asked for.
fn write_out(options: &Options, reports: &[Report]) -> bool {
    let disagreed =
        || reports.iter().flat_map(|report| report.disagreed.iter().map(move |found| (report, found)));
    if options.case.is_some() {
        for (report, disagreement) in disagreed() {
            say(&format!("{}\n{}", report.browser, report::whole(disagreement)));
        }
    }
    let Some(file) = &options.out else { return true };
    let text: String = disagreed()
        .map(|(report, disagreement)| {
            format!("#### {}: {}\n{}\n", report.browser, disagreement.kinds(), report::whole(disagreement))
        })
        .collect();
    write(file, &text)
}

/// What the consoles printed, where it was asked for.
fn write_console(options: &Options, reports: &[Report]) -> bool {
    let Some(file) = &options.console else { return true };
    let texts: Vec<String> = reports
        .iter()
        .map(|report| printed::as_toml(report.browser, &report.version, &report.printed))
        .collect();
    write(file, &texts.join("\n"))
}

fn write(file: &str, text: &str) -> bool {
    match std::fs::write(file, text) {
        Ok(()) => true,
        Err(error) => {
            say(&format!("{file}: {error}"));
            false
        }
    }
}

/// The arguments that run one scenario again.
fn repeat(options: &Options, disagreement: &Disagreement) -> String {
    let id = disagreement.scenario.id();
    match (generate::number_of(&id), options.seed) {
        (Some(_), Some(seed)) => format!("--seed {seed} --case {id}"),
        _ => format!("--case {id}"),
    }
}

#[expect(clippy::print_stdout, reason = "this program exists to tell a person what it found")]
fn say(text: &str) {
    println!("{text}");
    // A closed pipe must not end the run.
    let _ = io::stdout().flush();
}
