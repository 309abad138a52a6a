//! Recordings, real and written by hand: what is said of each call; and files in any state, of which none is a panic.

use corsac_diagnosis::har::{Conclusion, JudgedCall, Kind, Options, Recording, judge};
use serde::Deserialize;

const RECORDINGS: [&str; 5] = ["chromium", "chromium-sanitized", "firefox", "webkit", "webkit-failed-too"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    #[serde(default)]
    creator: String,
    #[serde(default)]
    pages: Option<String>,
    #[serde(default)]
    entries: Option<String>,
    #[serde(default)]
    har: Option<String>,
    #[serde(default)]
    origin: Option<String>,
    #[serde(default)]
    expect: Vec<ExpectedCall>,
    #[serde(default)]
    unreadable: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedCall {
    #[serde(default)]
    call: Option<String>,
    verdict: String,
    #[serde(default)]
    failure: Option<String>,
    #[serde(default)]
    cause: Option<String>,
    grade: String,
    #[serde(default)]
    page: Option<String>,
    /// Engines that come to another verdict.
    #[serde(default)]
    elsewhere: Option<Vec<String>>,
    /// Words of the story.
    #[serde(default)]
    story: String,
}

impl Case {
    fn text(&self) -> String {
        match (&self.har, &self.entries) {
            (Some(har), None) => har.clone(),
            (None, Some(entries)) => format!(
                r#"{{ "log": {{ "version": "1.2", "creator": {{ "name": "{}" }}, "pages": {}, "entries": [{entries}] }} }}"#,
                self.creator,
                self.pages.as_deref().unwrap_or("[]")
            ),
            _ => panic!("{}: it has either `har` or `entries`", self.id),
        }
    }
}

/// The calls that CORS has a say in.
fn calls(recording: &Recording, options: &Options) -> Vec<JudgedCall> {
    let is_call = |call: &JudgedCall| call.kind == Kind::Call && call.conclusion != Conclusion::NotCors;
    judge(recording, options).into_iter().filter(is_call).collect()
}

fn recorded(name: &str) -> String {
    let file = corsac_vectors::folder().join("har").join(format!("{name}.har"));
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[test]
fn every_recording_by_a_real_browser_is_judged_as_it_should_be() {
    let mut differences = Vec::new();
    for name in RECORDINGS {
        let recording = Recording::read(recorded(name).as_bytes()).expect("a recording");
        assert_eq!((recording.damage.as_ref(), recording.skipped.len()), (None, 0), "{name}");
        let found: Vec<String> = calls(&recording, &Options::default()).iter().map(as_line).collect();
        let expected = corsac_vectors::har::expected(name);
        differences.extend(corsac_vectors::har::differences(name, &expected, &found));
    }
    corsac_vectors::assert_none(&differences);
}

/// A call as the expectations are written.
fn as_line(call: &JudgedCall) -> String {
    corsac_vectors::har::line(
        &format!("{} {}", call.method, call.url),
        call.conclusion.as_str(),
        call.failure.map(|failure| failure.as_str()),
        call.cause.map(|cause| cause.as_str()),
        call.grade.as_str(),
        call.claims.iter().map(|claim| (claim.about.as_str(), claim.grade.as_str())),
    )
}

#[test]
fn every_case_is_judged_as_it_should_be() {
    let mut differences = Vec::new();
    for case in corsac_vectors::read::<Cases>("har/cases.toml".as_ref()).case {
        let options = Options {
            origin: case.origin.as_ref().map(|origin| origin.parse().expect("an origin")),
            ..Options::default()
        };
        let mut differs = |what: String| differences.push(format!("{}: {what}", case.id));
        let found = match (Recording::read(case.text().as_bytes()), &case.unreadable) {
            (Ok(recording), None) => calls(&recording, &options),
            (Err(error), Some(words)) if error.to_string().contains(words.as_str()) => continue,
            (read, _) => {
                differs(format!("{:?}", read.map(|recording| recording.len())));
                continue;
            }
        };
        if found.len() != case.expect.len() {
            differs(format!("{} calls, not {}", found.len(), case.expect.len()));
        }
        for (call, expected) in found.iter().zip(&case.expect) {
            let address = format!("{} {}", call.method, call.url);
            let page = call.origin.as_ref().map(ToString::to_string);
            let mut same = |what: &str, found: Option<&str>, expected: Option<&str>| {
                if found != expected {
                    differs(format!("{what} {found:?}, not {expected:?} ({})", call.story));
                }
            };
            same("verdict", Some(call.conclusion.as_str()), Some(&expected.verdict));
            same("failure", call.failure.map(|failure| failure.as_str()), expected.failure.as_deref());
            if expected.cause.is_some() || expected.failure.is_none() {
                same("cause", call.cause.map(|cause| cause.as_str()), expected.cause.as_deref());
            }
            same("grade", Some(call.grade.as_str()), Some(&expected.grade));
            if expected.page.is_some() {
                same("page", page.as_deref(), expected.page.as_deref());
            }
            if expected.call.is_some() {
                same("call", Some(&address), expected.call.as_deref());
            }
            let elsewhere: Vec<String> =
                call.elsewhere.iter().map(|(browser, _)| browser.to_string()).collect();
            if expected.elsewhere.as_ref().is_some_and(|expected| *expected != elsewhere) {
                differs(format!("elsewhere {elsewhere:?}, not {:?}", expected.elsewhere));
            }
            if !call.story.contains(&expected.story) {
                differs(format!("the story lacks {:?}: {}", expected.story, call.story));
            }
        }
    }
    corsac_vectors::assert_none(&differences);
}

#[test]
fn a_file_that_is_cut_anywhere_is_read_up_to_there() {
    for name in RECORDINGS {
        let text = recorded(name);
        let whole = Recording::read(text.as_bytes()).expect("a recording").len();
        let mut most = 0;
        for end in (0..text.len()).step_by(499) {
            let Ok(recording) = Recording::read(&text.as_bytes()[..end]) else {
                assert_eq!(most, 0, "{name}: read before, and no more at {end}");
                continue;
            };
            assert!(recording.damage.is_some(), "{name}: {end}");
            assert!((most..=whole).contains(&recording.len()), "{name}: {end}");
            most = recording.len();
            let _ = judge(&recording, &Options::default());
        }
        assert!(most + 1 >= whole, "{name}: {most} of {whole}");
    }
}

#[test]
fn no_file_makes_it_panic() {
    let mut random = fastrand::Rng::with_seed(7);
    let pieces = [
        "null",
        "0",
        "-1",
        "\"\"",
        "{}",
        "[]",
        "\"net::ERR_FAILED\"",
        "\"OPTIONS\"",
        "\"null\"",
        "\"https://a.example/\"",
        "{\"name\":\"Origin\",\"value\":\"null\"}",
        "1e999",
        "\"\\ud800\"",
        "\u{0}",
        "[[[[",
        "}}}}",
    ];
    for name in RECORDINGS {
        let text = recorded(name);
        for _ in 0..40 {
            let mut bytes = text.clone().into_bytes();
            for _ in 0..random.usize(1..12) {
                let at = random.usize(..bytes.len());
                match random.u8(..4) {
                    0 => bytes[at] = random.u8(..),
                    1 => {
                        let end = (at + random.usize(..400)).min(bytes.len());
                        bytes.drain(at..end);
                    }
                    // A value in the place of another, so that the file stays JSON.
                    2 => {
                        let colon = bytes[at..].iter().position(|byte| *byte == b':');
                        let Some(start) = colon.map(|colon| at + colon + 1) else { continue };
                        let end = bytes[start..].iter().position(|byte| matches!(byte, b',' | b'}' | b'\n'));
                        let end = end.map_or(bytes.len(), |end| start + end);
                        let piece = pieces[random.usize(..pieces.len())].bytes();
                        bytes.splice(start..end, piece);
                    }
                    _ => {
                        let end = (at + random.usize(..2000)).min(bytes.len());
                        let again = bytes[at..end].to_vec();
                        bytes.splice(at..at, again);
                    }
                }
                if bytes.is_empty() {
                    break;
                }
            }
            if let Ok(recording) = Recording::read(&bytes) {
                for call in judge(&recording, &Options::default()) {
                    assert!(!call.claims.is_empty());
                }
            }
        }
    }
}

#[test]
fn nothing_is_said_to_be_observed_that_is_not_in_the_file() {
    for name in RECORDINGS {
        let recording = Recording::read(recorded(name).as_bytes()).expect("a recording");
        for call in calls(&recording, &Options::default()) {
            let said = |about: &str| {
                let claim = call.claims.iter().find(|claim| claim.about.as_str() == about);
                claim.map(|claim| (claim.grade.as_str(), claim.says.as_str()))
            };
            if !recording.has_credentials() {
                assert_ne!(
                    said("credentials").map(|(grade, _)| grade),
                    Some("observed"),
                    "{name} {}",
                    call.url
                );
            }
            if said("response").is_some_and(|(_, says)| says == "not recorded") {
                let shown = call.exchanges.last().and_then(|last| last.response());
                assert!(shown.is_none() || call.failure.is_some(), "{name} {}", call.url);
            }
        }
    }
}
