//! The completions and the manual as a shell and a reader of manuals take them.

use std::process::{Command, Output};

fn corsac(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_corsac")).args(arguments).output().expect("the binary starts")
}

/// What bash offers for the last of these words.
fn bash_offers(words: &[&str]) -> String {
    let script = String::from_utf8(corsac(&["completions", "bash"]).stdout).expect("text");
    let last = words.last().copied().unwrap_or_default();
    let before = words.len().checked_sub(2).and_then(|at| words.get(at)).copied().unwrap_or("corsac");
    let asks = format!(
        "{script}\nCOMP_WORDS=({})\nCOMP_CWORD={}\n_corsac corsac '{last}' '{before}'\necho \"${{COMPREPLY[*]}}\"",
        words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        words.len() - 1,
    );
    let output = Command::new("bash").args(["--norc", "-c", &asks]).output().expect("bash starts");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

#[test]
fn bash_completes_verbs_flags_and_values() {
    assert_eq!(bash_offers(&["corsac", "che"]), "check");
    assert_eq!(bash_offers(&["corsac", "check", "--brow"]), "--browser");
    assert_eq!(bash_offers(&["corsac", "check", "--browser", "web"]), "webkit");
    assert_eq!(bash_offers(&["corsac", "check", "--stack", "fasta"]), "fastapi");
    assert_eq!(bash_offers(&["corsac", "export", "--to", "ngin"]), "nginx");
}

#[test]
fn an_unknown_shell_is_told_which_there_are() {
    let output = corsac(&["completions", "tcsh"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("bash, elvish, fish, powershell, zsh"), "{said}");
}

#[test]
fn the_manual_is_printed_or_written() {
    let printed = corsac(&["manual"]);
    assert!(printed.stdout.starts_with(b".ie"), "{printed:?}");
    assert!(printed.stderr.is_empty());
    let folder = tempfile::tempdir().expect("a folder");
    let deep = folder.path().join("share/man/man1");
    let written = corsac(&["manual", deep.to_str().expect("text")]);
    assert_eq!(written.status.code(), Some(0), "{written:?}");
    assert!(written.stdout.is_empty());
    let page = std::fs::read_to_string(deep.join("corsac-check.1")).expect("the page of a verb");
    assert!(page.contains(".TH corsac-check 1"), "{page}");
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let output = corsac(&["manual", file.path().to_str().expect("text")]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the manual cannot be written") && said.contains("help:"), "{said}");
}
