//! Exported code that nothing here runs, or whose quoting the shared vectors hardly try: read by its language, or by a grammar
//! of it, and held against the policy.
//!
//! Every policy of the shared vectors is read, and one whose names have all the letters that a name may have.

#[path = "exported_code/cargo.rs"]
mod cargo;
#[path = "exported_code/files.rs"]
mod files;
#[path = "exported_code/go.rs"]
mod go;
#[path = "exported_code/grammar.rs"]
mod grammar;
#[path = "exported_code/php.rs"]
mod php;
#[path = "exported_code/ruby.rs"]
mod ruby;

use std::collections::BTreeSet;
use std::process::ExitCode;

use corsac_lab::{Part, parts_required};
use libtest_mimic::{Arguments, Failed, Trial};

/// What is read, the part that reads it, and how.
type Reading = (&'static str, Part, fn() -> Result<(), Failed>);

const READINGS: &[Reading] = &[
    ("jub0bs-cors: Go reads the same policy", Part::Go, go::reads_the_same_policy),
    ("rs-cors: Go reads the same names", Part::Go, go::reads_the_same_names),
    ("rack-cors: the gem reads the same names", Part::RackCors, ruby::reads_the_same_names),
    ("laravel: PHP reads the same policy", Part::Php, php::reads_the_same_policy),
    ("tower-http, actix-cors: Cargo takes the commands", Part::Cargo, cargo::takes_the_commands),
    ("spring: a grammar of Java finds the same texts", Part::Grammars, grammar::finds_the_same_texts_in_java),
    (
        "aspnet: a grammar of C# finds the same texts",
        Part::Grammars,
        grammar::finds_the_same_texts_in_c_sharp,
    ),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    say_what_is_left_out();
    let trials = READINGS
        .iter()
        .map(|&(name, part, reading)| {
            let leave_out = part.program().is_err() && !parts_required();
            Trial::test(name, reading).with_ignored_flag(leave_out)
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

#[expect(clippy::print_stderr, reason = "a test harness of its own talks to the person who runs it")]
fn say_what_is_left_out() {
    let parts: BTreeSet<Part> = READINGS.iter().map(|&(_, part, _)| part).collect();
    for missing in parts.iter().filter_map(|part| part.program().err()) {
        eprintln!("!! LEFT OUT: reading exports with {missing}");
    }
}
