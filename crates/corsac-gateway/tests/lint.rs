//! What is said of a file that nobody serves, word for word.
//!
//! `tests/lint/*.toml` with a `.said` beside it gets that text; without one there is nothing to say. `CORSAC_BLESS=1`
//! writes the texts anew, for a person to read.

use std::path::{Path, PathBuf};

use corsac_gateway::Config;
use corsac_gateway::config::{Finding, Lint, Place, Severity};

fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of test files")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

fn lint(path: &Path) -> Lint {
    let text = std::fs::read_to_string(path).expect("a test file");
    Lint::of(path, &text, &|_| None)
}

#[test]
fn every_file_is_told_what_it_should_be() {
    let bless = std::env::var_os("CORSAC_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in files("tests/lint") {
        let golden = path.with_extension("said");
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        let said: Vec<String> = lint(&path).findings().iter().map(|finding| format!("{finding}\n")).collect();
        let said = said.join("\n");
        if said == expected {
            continue;
        }
        if bless {
            std::fs::write(&golden, said).expect("the folder can be written");
        } else {
            wrong.push(format!("{}\n{said}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What a gateway is told as well.
fn is_no_note(finding: &&Finding) -> bool {
    finding.severity != Severity::Note
}

#[test]
fn what_stops_a_gateway_is_an_error_here_unless_the_machine_is_to_blame() {
    let of_the_machine =
        ["variable-unset", "variable-empty", "value-file-unreadable", "tls-file-unreadable", "files-missing"];
    for path in files("tests/config") {
        let text = std::fs::read_to_string(&path).expect("a test file");
        let served = match Config::parse(&path, &text, &|_| None) {
            Ok(config) => config.warnings().to_vec(),
            Err(faults) => faults.findings().to_vec(),
        };
        let served: Vec<&Finding> =
            served.iter().filter(|finding| !of_the_machine.contains(&finding.code)).collect();
        let lint = lint(&path);
        let judged: Vec<&Finding> = lint.findings().iter().filter(is_no_note).collect();
        if judged.is_empty() && served.iter().all(|it| matches!(it.code, "routes-missing" | "policy-unused"))
        {
            continue;
        }
        assert_eq!(judged, served, "{}", path.display());
    }
}

#[test]
fn a_gateway_is_asked_no_questions() {
    let text = "[policies.shop]\nallow_origins = [\"https://shop.com\"]\n\
                [[routes]]\npath = \"/\"\nupstream = \"http://127.0.0.1:3000\"\npolicy = \"shop\"\n";
    let path = Path::new("corsac.toml");
    let config = Config::parse(path, text, &|_| None).expect("a sound file");
    assert!(config.warnings().is_empty(), "{:?}", config.warnings());
    let lint = Lint::of(path, text, &|_| None);
    let codes: Vec<&str> = lint.findings().iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["www-missing"]);
}

#[test]
fn the_characters_of_a_place_are_those_of_the_file() {
    let text =
        "[policies.app]\n\tallow_origins = [\"https://é.example\", \"https://alice:hunter@x\", \"null\"]\n";
    let lint = Lint::of(Path::new("corsac.toml"), text, &|_| None);
    let line = text.lines().nth(1).expect("a second line");
    let meant: Vec<String> = lint
        .findings()
        .iter()
        .map(|finding| match &finding.place {
            Place::Span { line: 2, characters, .. } => {
                line.chars().skip(characters.start - 1).take(characters.len()).collect()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(meant, ["\"https://é.example\"", "\"https://alice:hunter@x\"", "\"null\""]);
    assert!(!format!("{:?}", lint.findings()).contains("hunter"));
}

#[test]
fn a_question_about_what_a_variable_supplied_does_not_show_it() {
    let text = "[policies.app]\nallow_origins = [\"${SITE}\"]\n";
    let environment = |name: &str| (name == "SITE").then(|| "https://secret.com".to_owned());
    let lint = Lint::of(Path::new("corsac.toml"), text, &environment);
    let [question] = lint.findings() else { panic!("{:?}", lint.findings()) };
    assert_eq!(question.code, "www-missing");
    assert!(!format!("{question:?}").contains("secret"), "{question:?}");
}

#[test]
fn one_policy_has_what_is_said_of_it_alone() {
    let limited_to = |name: &str| lint(Path::new("tests/lint/advice.toml")).limited_to(name);
    let public = limited_to("public").expect("it is there");
    let said: Vec<_> =
        public.findings().iter().map(|finding| (finding.code, finding.policy.as_deref())).collect();
    assert_eq!(said, [("any-origin-with-secret", Some("public"))]);
    let missing = limited_to("publik").expect_err("it is not there");
    assert_eq!(missing.remedy(), "did you mean `public`?");
}

#[test]
fn every_finding_has_a_meaning() {
    for path in files("tests/lint").iter().chain(&files("tests/config")) {
        for finding in lint(path).findings() {
            assert!(finding.meaning().ends_with('.'), "{}", finding.code);
        }
    }
}
