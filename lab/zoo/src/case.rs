//! The ledger of cases: one file a stack, `cases/STACK.toml`.
//!
//! Data only. Names of pages stand for real origins, as [`Names`](crate::Names) has them; a case that says `scenario`
//! is one of `lab/scenarios.toml`, with the call and the conclusion that stand there.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::cache::Manner;
use crate::folder;
use crate::matrix::{self, Says};

/// A broken API, or a healthy one, and what must come of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The stack, as `--stack` names it; `unknown` for what no framework does.
    pub stack: String,
    /// The mistake, unique within the stack.
    pub name: String,
    /// The mistake in a sentence, for people.
    pub what: String,
    /// The server.
    pub source: Source,
    /// What the page does.
    pub call: Call,
    /// What the printed lines for the page make of that, where page and server are to be mended both.
    pub call_mended: Option<Call>,
    /// What must be concluded.
    pub expect: Expectation,
    /// What the page gets in Chromium: a status, `opaque`, or `fails`; then what it reads.
    pub sees: String,
    /// The same once the server is mended; nothing where configuration mends nothing.
    pub mended: Option<String>,
    /// The same once the page's own code is mended; nothing where the page is not to blame.
    pub page_mended: Option<String>,
    /// Whether the server does not say what it is, so that the person must.
    pub told: bool,
}

/// The server's source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file.
    pub file: PathBuf,
    /// The cache in front of it; nothing where there is none.
    pub cache: Option<Manner>,
    /// Paths that somebody else asked for before, each with the origin of whoever asked; nothing for no origin.
    pub warm_up: Vec<WarmUp>,
    /// What is written into the file, where it is one of the matrix.
    pub says: Option<Says>,
}

/// A request that came before the case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WarmUp {
    /// The method.
    #[serde(default = "get")]
    pub method: String,
    /// The path.
    pub path: String,
    /// The `Origin`; none where the request has none.
    pub origin: Option<String>,
}

/// What a page does.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The page's origin, by its name, or `null` for one that has none.
    #[serde(default = "the_page")]
    pub page: String,
    /// The `Content-Security-Policy` of the page.
    pub csp: Option<String>,
    /// A path of the server that the browser visited before, as a page of its own.
    pub visit: Option<String>,
    /// The scheme of the URL.
    #[serde(default = "http")]
    pub scheme: String,
    /// The host of the URL.
    #[serde(default = "loopback")]
    pub host: String,
    /// The path.
    pub path: String,
    /// The method.
    #[serde(default = "get")]
    pub method: String,
    /// The headers that the script sets.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The credentials mode.
    #[serde(default = "same_origin")]
    pub credentials: String,
    /// The mode.
    #[serde(default = "cors")]
    pub mode: String,
    /// The body, if there is one.
    pub body: Option<String>,
    /// The response headers that the script reads.
    #[serde(default)]
    pub reads: Vec<String>,
    /// More arguments of `corsac check`: what no exchange shows.
    #[serde(default)]
    pub arguments: Vec<String>,
}

fn the_page() -> String {
    "https://app.example".into()
}

fn http() -> String {
    "http".into()
}

fn loopback() -> String {
    "127.0.0.1".into()
}

fn get() -> String {
    "GET".into()
}

fn same_origin() -> String {
    "same-origin".into()
}

fn cors() -> String {
    "cors".into()
}

/// What `corsac check` must conclude.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The verdict.
    pub verdict: String,
    /// The failure's identifier, if there is one.
    pub failure: Option<String>,
    /// The cause's identifier, if there is one.
    pub cause: Option<String>,
    /// How sure it is.
    pub confidence: Option<String>,
}

impl Case {
    /// Whether nothing is to be accused: a healthy API, or a failure that is not CORS' business.
    #[must_use]
    pub fn is_control(&self) -> bool {
        self.expect
            .cause
            .as_deref()
            .is_none_or(|cause| cause == "not-cors" && self.expect.verdict == "not-cors")
    }
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.stack, self.name)
    }
}

/// A case as its file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    what: String,
    /// The server's file, in `servers/STACK`.
    file: Option<String>,
    #[serde(default)]
    scenario: bool,
    cache: Option<Manner>,
    #[serde(default)]
    warm_up: Vec<WarmUp>,
    call: Option<Call>,
    expect: Option<Expectation>,
    confidence: Option<String>,
    #[serde(default = "fails")]
    sees: String,
    mended: Option<String>,
    page_mended: Option<String>,
    #[serde(default)]
    told: bool,
}

fn fails() -> String {
    "fails".into()
}

/// Every case, stack by stack, and then those of the matrix.
///
/// # Panics
///
/// If the ledger cannot be read: it is part of this crate.
#[must_use]
pub fn cases() -> &'static [Case] {
    static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Ledger {
            case: Vec<Written>,
        }
        let mut files: Vec<PathBuf> = fs::read_dir(folder().join("cases"))
            .expect("lab/zoo/cases is there")
            .map(|entry| entry.expect("it can be listed").path())
            .collect();
        files.sort();
        let read = |file: &PathBuf| {
            let text = fs::read_to_string(file).expect("it can be read");
            let ledger: Ledger =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let stack = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            ledger.case.into_iter().map(move |written| case(&stack, written))
        };
        files.iter().flat_map(read).chain(matrix::cases()).collect()
    });
    &CASES
}

fn case(stack: &str, written: Written) -> Case {
    let Written { name, what, file, scenario, cache, warm_up, call, expect, confidence, .. } = written;
    let (file, call, expect) = if scenario {
        let found =
            corsac_lab::scenarios().iter().find(|one| one.stack.as_str() == stack && one.name == name);
        let found = found.unwrap_or_else(|| panic!("lab/scenarios.toml has no {stack}/{name}"));
        from_scenario(found, confidence)
    } else {
        let file = folder()
            .join("servers")
            .join(stack)
            .join(file.unwrap_or_else(|| panic!("{stack}/{name}: no file")));
        let call = call.unwrap_or_else(|| panic!("{stack}/{name}: no call"));
        (file, call, expect.unwrap_or_else(|| panic!("{stack}/{name}: no expectation")))
    };
    Case {
        stack: stack.to_owned(),
        name,
        what,
        source: Source { file, cache, warm_up, says: None },
        call,
        call_mended: None,
        expect,
        sees: written.sees,
        mended: written.mended,
        page_mended: written.page_mended,
        told: written.told,
    }
}

fn from_scenario(
    scenario: &corsac_lab::Scenario,
    confidence: Option<String>,
) -> (PathBuf, Call, Expectation) {
    let corsac_lab::Call { path, origin, method, headers, credentials, body } = scenario.call.clone();
    let call = Call {
        page: origin,
        csp: None,
        visit: None,
        scheme: http(),
        host: loopback(),
        path,
        method,
        headers,
        credentials,
        mode: cors(),
        body,
        reads: Vec::new(),
        arguments: Vec::new(),
    };
    let corsac_lab::Expectation { verdict, failure, cause, .. } = scenario.expect.clone();
    let lab = folder().parent().unwrap_or_else(|| Path::new("."));
    (lab.join(&scenario.file), call, Expectation { verdict, failure, cause, confidence })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use corsac_diagnosis::Cause;

    use super::*;

    #[test]
    fn the_zoo_is_as_large_as_it_promises() {
        let controls = cases().iter().filter(|case| case.is_control()).count();
        let stacks: BTreeSet<&str> = cases().iter().map(|case| case.stack.as_str()).collect();
        assert!(cases().len() >= 60, "{} cases", cases().len());
        assert!(controls >= 10, "{controls} controls");
        assert!(stacks.len() > 8, "{stacks:?}");
    }

    #[test]
    fn every_cause_has_a_case() {
        let shown: BTreeSet<&str> = cases().iter().filter_map(|case| case.expect.cause.as_deref()).collect();
        let missing: Vec<&str> =
            Cause::ALL.iter().map(|cause| cause.as_str()).filter(|cause| !shown.contains(cause)).collect();
        assert!(missing.is_empty(), "no case for {missing:?}");
        assert!(shown.iter().all(|cause| cause.parse::<Cause>().is_ok()), "{shown:?}");
    }

    #[test]
    fn every_case_has_its_own_name_and_every_server_a_case() {
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for case in cases() {
            *times.entry(case.to_string()).or_default() += 1;
        }
        assert!(times.values().all(|times| *times == 1), "{times:?}");
        let used: BTreeSet<&Path> = cases().iter().map(|case| case.source.file.as_path()).collect();
        for stack in fs::read_dir(folder().join("servers")).expect("the servers are there") {
            let stack = stack.expect("it can be listed").path();
            for file in stack.read_dir().into_iter().flatten() {
                let file = file.expect("it can be listed").path();
                assert!(!file.is_file() || used.contains(file.as_path()), "no case has {}", file.display());
            }
        }
    }

    #[test]
    fn what_is_mended_was_broken() {
        for case in cases().iter().filter(|case| case.mended.is_some()) {
            assert!(case.expect.cause.is_some() && case.mended.as_ref() != Some(&case.sees), "{case}");
        }
    }
}
