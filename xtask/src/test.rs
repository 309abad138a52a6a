//! `cargo xtask test`: every check there is, in the order in which they fail fastest.
//!
//! Each is a command that anybody can repeat; this module only lines them up.

use std::path::Path;

use crate::command::CommandLine;
use crate::printer;
use crate::setup;
use crate::steps::{self, Step, Summary};
use crate::tally::Tally;
use crate::tidy;

/// Installs what is missing, then runs every check.
pub(crate) fn everything(root: &Path) -> Summary {
    steps::run(vec![
        setup::step(root),
        tidy::step(root),
        check(root, "formatting", "one style, and nobody's", cargo(&["fmt", "--all", "--check"])),
        check(
            root,
            "clippy",
            "a warning is an error here",
            cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
        ),
        // Apart, and the libraries last: the binary's page has the name of the library's, and must not stay.
        check(
            root,
            "docs, binary",
            "no broken link in what is documented",
            docs(&["--package", "corsac-cli"]),
        ),
        check(root, "docs", "the same for the libraries", docs(&["--workspace", "--exclude", "corsac-cli"])),
        tests(root),
    ])
}

fn cargo(arguments: &[&str]) -> CommandLine {
    CommandLine::new("cargo", arguments)
}

fn docs(packages: &[&str]) -> CommandLine {
    let line = cargo(&[&["doc"], packages, &["--no-deps", "--locked"]].concat());
    line.with("RUSTDOCFLAGS", "-D warnings")
}

/// A step that is one command.
fn check<'a>(root: &'a Path, name: &'static str, why: &'static str, line: CommandLine) -> Step<'a> {
    let repeat = line.to_string();
    let action = Box::new(move || {
        printer::note(&line.to_string());
        line.run(root)
    });
    Step { name, why, repeat, needed: false, action }
}

/// All tests, with a real part that is missing counting as a failure.
fn tests(root: &Path) -> Step<'_> {
    let line =
        cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]).with("CORSAC_REQUIRE_REAL_PARTS", "1");
    let repeat = line.to_string();
    let action = Box::new(move || {
        printer::note(&line.to_string());
        let mut tally = Tally::default();
        let outcome = line.run_by_line(root, |output| {
            printer::say(output);
            tally.take_in(output);
        });
        printer::say(&format!("\n{tally}"));
        outcome?;
        if tally.passed == 0 { Err("no test ran at all".to_owned()) } else { Ok(()) }
    });
    Step { name: "tests", why: "all of them, real servers included", repeat, needed: false, action }
}
