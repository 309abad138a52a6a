//! The one place that prints.
//!
//! Knows no step and no tool: it is given lines.

use std::io::{self, Write};

/// Prints a line, at once.
#[expect(clippy::print_stdout, reason = "this program exists to tell a person what it does")]
pub(crate) fn say(line: &str) {
    println!("{line}");
    // A closed pipe must not end the checks.
    let _ = io::stdout().flush();
}

/// Prints the head of a step.
pub(crate) fn head(name: &str, why: &str) {
    say(&format!("\n== {name}: {why}"));
}

/// Prints something said within a step.
pub(crate) fn note(line: &str) {
    say(&format!("   {line}"));
}
