//! The shared cases: one policy, one request, and what every surface must answer.
//!
//! Reads `vectors/*/*.toml` and compares answers; knows neither the engine nor any adapter, so that each of them
//! can be held against the same data.

pub mod har;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A policy, a request and the one right answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyCase {
    /// The case's name, unique over all files.
    pub id: String,
    /// The policy, as a person writes it.
    pub policy: toml::Table,
    /// What is asked.
    pub request: Request,
    /// What the inner service or upstream answers, should it be asked.
    #[serde(default)]
    pub inner: Inner,
    /// What must come out.
    pub expect: Expect,
    /// In what other implementations answer otherwise, in short words: `tower-http = ["status", "vary"]`.
    #[serde(default)]
    pub peers: BTreeMap<String, Vec<String>>,
}

/// A request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method, byte for byte.
    pub method: String,
    /// The path.
    #[serde(default = "root")]
    pub uri: String,
    /// The field lines, in order.
    #[serde(default)]
    pub headers: Vec<(String, Text)>,
}

/// What stands behind the policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inner {
    /// Its status.
    #[serde(default = "ok")]
    pub status: u16,
    /// Its field lines.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
}

/// The one right answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// `not-cors`, `preflight` or `actual`.
    pub class: String,
    /// The identifier of the reason.
    pub reason: String,
    /// The status the client sees.
    pub status: u16,
    /// The CORS headers and `Vary`, and whatever else must have come through; every `Access-Control-*` header that
    /// is not listed is a failure.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// Whether the inner service is asked.
    pub forwarded: bool,
}

/// A text, one that is too long to write out (`{ repeat = ["x,", 1024] }`), or several such in a row.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// As it stands.
    Plain(String),
    /// A piece, so many times.
    Repeated {
        /// The piece and the count.
        repeat: (String, usize),
    },
    /// One after the other: `["https://", { repeat = ["a.", 100] }, "example"]`.
    Joined(Vec<Text>),
}

impl Text {
    /// The whole text.
    #[must_use]
    pub fn expand(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Repeated { repeat: (piece, count) } => piece.repeat(*count),
            Self::Joined(pieces) => pieces.iter().map(Self::expand).collect(),
        }
    }
}

impl Default for Inner {
    fn default() -> Self {
        Self { status: ok(), headers: Vec::new() }
    }
}

fn root() -> String {
    "/".to_owned()
}

fn ok() -> u16 {
    200
}

/// The folder that holds the cases.
#[must_use]
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every `[[case]]` of every TOML file in a folder of `vectors/`, in the order of the files.
///
/// # Panics
///
/// Where a file cannot be read or is no list of such cases, or where two cases share an id: the vectors are part
/// of the source, so that is a mistake of the tree.
#[must_use]
pub fn load<Case: DeserializeOwned>(topic: &str) -> Vec<Case> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File<Case> {
        case: Vec<Case>,
    }

    let folder = folder().join(topic);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder of vectors can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files.iter().flat_map(|path| read::<File<Case>>(path).case).collect()
}

/// One TOML file of `vectors/`.
///
/// # Panics
///
/// As [`load`].
#[must_use]
pub fn read<File: DeserializeOwned>(path: &Path) -> File {
    let path = folder().join(path);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a surface answered to a case.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The field lines.
    pub headers: Vec<(String, String)>,
    /// Whether the inner service was asked, where the surface can tell.
    pub forwarded: bool,
}

impl PolicyCase {
    /// Everything in which an answer differs from the one right one; nothing where they agree.
    #[must_use]
    pub fn differences(&self, answer: &Answer) -> Vec<String> {
        let mut differences = Vec::new();
        let mut differ = |what: String| differences.push(format!("{}: {what}", self.id));
        if answer.status != self.expect.status {
            differ(format!("status {} instead of {}", answer.status, self.expect.status));
        }
        if answer.forwarded != self.expect.forwarded {
            differ(format!("inner service asked: {}", answer.forwarded));
        }
        let lower = |(name, _): &(String, String)| name.to_ascii_lowercase();
        let is_judged = |name: &String| name.starts_with("access-control-") || name == "vary";
        let unasked = answer.headers.iter().map(lower).filter(is_judged);
        let names: BTreeSet<String> = self.expect.headers.iter().map(lower).chain(unasked).collect();
        for name in names {
            let wanted = field_lines(&self.expect.headers, &name);
            let got = field_lines(&answer.headers, &name);
            if !same_value(&name, &wanted, &got) {
                differ(format!("{name}: {got:?} instead of {wanted:?}"));
            }
        }
        differences
    }
}

fn field_lines<'a>(headers: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    headers
        .iter()
        .filter(|(line, _)| line.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
        .collect()
}

/// List headers are compared as sets, all others byte for byte; one field line each.
///
/// Empty elements of a list mean nothing: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2>.
fn same_value(name: &str, wanted: &[&str], got: &[&str]) -> bool {
    let is_list = matches!(
        name,
        "vary"
            | "access-control-allow-methods"
            | "access-control-allow-headers"
            | "access-control-expose-headers"
    );
    if !is_list {
        return wanted == got;
    }
    let elements = |lines: &[&str]| -> Vec<String> {
        let mut elements: Vec<String> = lines
            .iter()
            .flat_map(|line| line.split(','))
            .map(|element| element.trim().to_ascii_lowercase())
            .filter(|element| !element.is_empty())
            .collect();
        elements.sort();
        elements
    };
    wanted.len() == got.len() && elements(wanted) == elements(got)
}

/// What running a file of vectors came to: which were seen, and everything that differs.
#[derive(Debug, Default)]
pub struct Report {
    differences: Vec<String>,
    seen: HashSet<String>,
}

impl Report {
    /// Runs vectors, and fails a test with every difference at once.
    ///
    /// # Panics
    ///
    /// Where something differs, where a vector stands twice, and where there was none.
    pub fn of(run: impl FnOnce(&mut Self)) {
        let mut report = Self::default();
        run(&mut report);
        assert!(!report.seen.is_empty(), "there were no vectors");
        assert_none(&report.differences);
    }

    /// Notes a vector by all that makes it one.
    pub fn see(&mut self, vector: String) {
        if !self.seen.insert(vector.clone()) {
            self.differ(format!("twice: {}", shown(&vector)));
        }
    }

    /// Notes a difference.
    pub fn differ(&mut self, what: String) {
        self.differences.push(what);
    }
}

/// A text for reports that people read: in quotes, and only its start where it is long.
#[must_use]
pub fn shown(text: &str) -> String {
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}… ({} bytes)", &text[..end], text.len()),
        None => format!("{text:?}"),
    }
}

/// Fails a test with every difference at once.
///
/// # Panics
///
/// Where there is any.
pub fn assert_none(differences: &[String]) {
    if differences.is_empty() {
        return;
    }
    let mut report = String::new();
    for difference in differences {
        let _ = writeln!(report, "  {difference}");
    }
    panic!("{} differences:\n{report}", differences.len());
}
