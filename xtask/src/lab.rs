//! `cargo xtask lab browsers`: the real browsers against what Corsac predicts of them.
//!
//! Builds the lab's own program and hands it the arguments; knows none of them.

use std::path::Path;
use std::process::ExitCode;

use crate::command::CommandLine;
use crate::printer;

/// Runs the browser lab with these arguments.
pub(crate) fn browsers(root: &Path, arguments: &[&str]) -> ExitCode {
    let line = ["run", "--quiet", "--locked", "--package", "corsac-lab-browsers", "--"];
    match CommandLine::new("cargo", &[&line, arguments].concat()).run(root) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            printer::say(&error);
            ExitCode::FAILURE
        }
    }
}
