//! `cargo xtask lab …`: real parts against what Corsac says of them.
//!
//! Builds the lab's own programs and hands them the arguments; knows none of them.

use std::path::Path;
use std::process::ExitCode;

use crate::command::CommandLine;
use crate::printer;

/// Runs the browser lab with these arguments: real browsers against what Corsac predicts of them.
pub(crate) fn browsers(root: &Path, arguments: &[&str]) -> ExitCode {
    run(root, "corsac-lab-browsers", arguments)
}

/// Records the files of `vectors/har` anew, with the developer tools of real browsers.
pub(crate) fn har(root: &Path, arguments: &[&str]) -> ExitCode {
    let line =
        ["run", "--quiet", "--locked", "--package", "corsac-lab-browsers", "--bin", "corsac-lab-har", "--"];
    cargo(root, &[&line, arguments].concat())
}

/// Runs the peer lab: what the other CORS middleware of Rust answers to the cases, against what is written of it.
pub(crate) fn peers(root: &Path) -> ExitCode {
    run(root, "corsac-lab-peers", &[])
}

/// Puts the cases to the real servers that run exported policies, and prints what was counted, against what is written of it.
pub(crate) fn servers(root: &Path) -> ExitCode {
    let line = ["test", "--quiet", "--locked", "--package", "corsac-lab", "--test", "exports"];
    let line = CommandLine::new("cargo", &line);
    exit_code(line.with("CORSAC_REQUIRE_REAL_PARTS", "1").with("CORSAC_SHOW_SERVERS", "1").run(root))
}

/// Puts the zoo's broken APIs to a real browser and to Corsac, mends them as printed, and prints what came of it: all of
/// them, those of one stack (`--stack S`), or one (`--case STACK/NAME`).
pub(crate) fn zoo(root: &Path, arguments: &[&str]) -> ExitCode {
    let line = ["test", "--quiet", "--locked", "--package", "corsac-lab-zoo", "--test", "zoo", "--"];
    let of_stack;
    let chosen: &[&str] = match arguments {
        [] => &[],
        ["--case", case] => &["--exact", case],
        ["--stack", stack] => {
            of_stack = format!("{stack}/");
            &[&of_stack]
        }
        _ => {
            printer::say("Usage: cargo xtask lab zoo [--case STACK/NAME | --stack STACK]");
            return ExitCode::from(2);
        }
    };
    let line = CommandLine::new("cargo", &[&line, chosen].concat());
    exit_code(line.with("CORSAC_REQUIRE_REAL_PARTS", "1").with("CORSAC_SHOW_ZOO", "1").run(root))
}

/// Measures the gateway with these arguments: beside nginx and HAProxy, or alone and for long.
pub(crate) fn gateway(root: &Path, arguments: &[&str]) -> ExitCode {
    // As the gateway itself is built when it is measured.
    let line = ["run", "--release", "--quiet", "--locked", "--package", "corsac-lab-gateway", "--"];
    cargo(root, &[&line, arguments].concat())
}

fn run(root: &Path, package: &str, arguments: &[&str]) -> ExitCode {
    let line = ["run", "--quiet", "--locked", "--package", package, "--"];
    cargo(root, &[&line, arguments].concat())
}

fn cargo(root: &Path, line: &[&str]) -> ExitCode {
    exit_code(CommandLine::new("cargo", line).run(root))
}

fn exit_code(outcome: Result<(), String>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            printer::say(&error);
            ExitCode::FAILURE
        }
    }
}
