//! The tables of `docs/peers.md`: made of what was measured, held against the page, and written into it.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use corsac_vectors::PolicyCase;

use crate::behaviour::{Behaviour, LEDGER, Weight};
use crate::{Measurement, Outcome, Peer};

const BEGIN: &str = "<!-- The tables below are written by lab/peers. -->\n";
const END: &str = "<!-- End of the tables. -->\n";

/// The tables, in Markdown.
///
/// # Panics
///
/// Where `Cargo.lock` does not have a peer: it is part of the source.
#[must_use]
pub fn tables(measurements: &[Measurement<'_>]) -> String {
    let mut text = String::from("\n## How many\n\n");
    let heads = heads();
    totals(&mut text, &heads, measurements);
    for (weight, title) in [
        (Weight::Setting, "What cannot be said"),
        (Weight::Matters, "What can matter"),
        (Weight::Taste, "Matters of taste"),
    ] {
        let _ = writeln!(text, "\n## {title}\n\n| | {heads} | the smallest case |\n|---|--:|--:|---|");
        for behaviour in LEDGER.iter().filter(|behaviour| behaviour.weight == weight) {
            row(&mut text, behaviour, measurements);
        }
    }
    text.push('\n');
    text
}

/// The first line of the page that is not what was measured.
///
/// # Errors
///
/// Where the page cannot be read, or does not say where its tables begin and end.
pub fn stale(measurements: &[Measurement<'_>]) -> io::Result<Option<String>> {
    let page = fs::read_to_string(path())?;
    let (_, found, _) = parts(&page)?;
    let wanted = tables(measurements);
    if found == wanted {
        return Ok(None);
    }
    let first = wanted.lines().zip(found.lines()).find(|(wanted, found)| wanted != found);
    let (wanted, found) = first.unwrap_or(("another number of lines", ""));
    Ok(Some(format!("docs/peers.md has\n  {found}\nand what was measured is\n  {wanted}")))
}

/// Writes the tables into the page.
///
/// # Errors
///
/// As [`stale`], and where the page cannot be written.
pub fn write(measurements: &[Measurement<'_>]) -> io::Result<()> {
    let page = fs::read_to_string(path())?;
    let (before, _, after) = parts(&page)?;
    fs::write(path(), format!("{before}{BEGIN}{}{END}{after}", tables(measurements)))
}

fn root() -> &'static Path {
    const OWN: &str = env!("CARGO_MANIFEST_DIR");
    Path::new(OWN).ancestors().nth(2).expect("this crate is two folders below the root")
}

fn path() -> PathBuf {
    root().join("docs/peers.md")
}

/// What stands before the tables, the tables, and what stands behind them.
fn parts(page: &str) -> io::Result<(&str, &str, &str)> {
    let split = page.split_once(BEGIN).and_then(|(before, rest)| {
        let (tables, after) = rest.split_once(END)?;
        Some((before, tables, after))
    });
    split.ok_or_else(|| io::Error::other("docs/peers.md does not say where its tables begin and end"))
}

/// The peers and their versions, as the heads of columns.
fn heads() -> String {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock can be read");
    let lock: toml::Table = lock.parse().expect("Cargo.lock is TOML");
    let packages = lock["package"].as_array().expect("Cargo.lock has packages");
    let of_peer = |peer: Peer| {
        let named = packages.iter().filter(|package| package["name"].as_str() == Some(peer.name()));
        let versions: Vec<&str> = named.filter_map(|package| package["version"].as_str()).collect();
        assert_eq!(versions.len(), 1, "Cargo.lock has one {peer}");
        format!("{peer} {}", versions[0])
    };
    Peer::ALL.map(of_peer).join(" | ")
}

fn totals(text: &mut String, heads: &str, measurements: &[Measurement<'_>]) {
    let _ = writeln!(text, "| cases | {heads} |\n|---|--:|--:|");
    type Counts = fn(&Measurement<'_>) -> bool;
    let rows: [(&str, Counts); 7] = [
        ("all", |_| true),
        ("answered as they should be", |seen| seen.words.is_empty()),
        ("answered otherwise, in matters of taste alone", is_taste),
        ("… of these, with 200 in place of 204 and nothing else", is_only_status),
        ("answered otherwise, in something that can matter", |seen| {
            is_answered(seen) && !seen.words.is_empty() && !is_taste(seen)
        }),
        ("not answered: it panics when it is set up", |seen| matches!(seen.outcome, Outcome::Panics)),
        ("not asked: it cannot be told the policy", |seen| matches!(seen.outcome, Outcome::CannotSay)),
    ];
    for (title, counts) in rows {
        let _ = writeln!(text, "| {title} | {} |", count(measurements, counts));
    }
}

fn is_answered(seen: &Measurement<'_>) -> bool {
    matches!(seen.outcome, Outcome::Answered(_))
}

/// Whether 200 in place of 204 is all.
fn is_only_status(seen: &Measurement<'_>) -> bool {
    let Outcome::Answered(answer) = &seen.outcome else { return false };
    seen.words == ["status"] && (seen.case.expect.status, answer.status) == (204, 200)
}

fn is_taste(seen: &Measurement<'_>) -> bool {
    !seen.words.is_empty() && seen.behaviours.iter().all(|behaviour| behaviour.weight == Weight::Taste)
}

fn row(text: &mut String, behaviour: &'static Behaviour, measurements: &[Measurement<'_>]) {
    let is_shown = |seen: &Measurement<'_>| seen.behaviours.contains(&behaviour);
    let counts = count(measurements, is_shown);
    let smallest = measurements
        .iter()
        .filter(|seen| is_shown(seen))
        .min_by_key(|seen| (size(seen.case), seen.words.len()));
    let case = smallest.map_or("", |seen| &seen.case.id);
    let Behaviour { what, consequence, .. } = behaviour;
    let _ = writeln!(text, "| **{what}.** {consequence}. | {counts} | `{case}` |");
}

/// How many measurements of each peer are such.
fn count(measurements: &[Measurement<'_>], is_such: impl Fn(&Measurement<'_>) -> bool) -> String {
    Peer::ALL
        .map(|peer| measurements.iter().filter(|seen| seen.peer == peer && is_such(seen)).count().to_string())
        .join(" | ")
}

/// How much there is to read in a case.
fn size(case: &PolicyCase) -> usize {
    let request: usize =
        case.request.headers.iter().map(|(name, value)| name.len() + value.expand().len()).sum();
    let inner: usize = case.inner.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    request + inner + case.policy.to_string().len()
}
