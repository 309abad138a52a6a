//! What people type, right and wrong: exit code and words, case by case.

mod common;

use std::process::Command;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    args: Vec<String>,
    exit: i32,
    #[serde(default)]
    stdout: Vec<String>,
    #[serde(default)]
    stdout_lacks: Vec<String>,
    #[serde(default)]
    stderr: Vec<String>,
}

#[test]
fn every_case_ends_as_it_should() {
    let mut differences = Vec::new();
    for case in corsac_vectors::read::<File>("cli/typing.toml".as_ref()).case {
        let output = Command::new(env!("CARGO_BIN_EXE_corsac"))
            .args(&case.args)
            .env("COLUMNS", "200")
            .output()
            .expect("the binary starts");
        // Long lines are wrapped; the words count.
        let words = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).lines().map(str::trim).collect::<Vec<_>>().join(" ")
        };
        if case.args.iter().any(|word| word == "--json") && !output.stdout.is_empty() {
            common::document(&case.args[0], &output.stdout);
        }
        let (stdout, stderr) = (words(&output.stdout), words(&output.stderr));
        let name = case.args.join(" ");
        if output.status.code() != Some(case.exit) {
            differences.push(format!(
                "{name}: exit {:?} instead of {}\n{stderr}",
                output.status.code(),
                case.exit
            ));
        }
        for (stream, wanted) in [(&stdout, &case.stdout), (&stderr, &case.stderr)] {
            for text in wanted.iter().filter(|text| !stream.contains(text.as_str())) {
                differences.push(format!("{name}: lacks {text:?} in\n{stream}"));
            }
        }
        for text in case.stdout_lacks.iter().filter(|text| stdout.contains(text.as_str())) {
            differences.push(format!("{name}: has {text:?} in\n{stdout}"));
        }
    }
    corsac_vectors::assert_none(&differences);
}

#[test]
fn data_has_no_colour_in_a_pipe() {
    let output = Command::new(env!("CARGO_BIN_EXE_corsac"))
        .args(["check", "http://127.0.0.1:25/"])
        .output()
        .expect("the binary starts");
    assert!(!output.stdout.contains(&0x1b));
}
