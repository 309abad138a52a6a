//! What was counted while the servers were asked, as a table: for `cargo xtask lab servers`, and for `docs/servers.md`.
//!
//! Only what was measured in this run gets into it. The page is held against it where every server was there.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;

use corsac_export::{Proof, target, targets};

use super::servers::{SERVERS, lab};

/// One server's numbers.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) target: &'static str,
    pub(crate) version: Option<String>,
    /// How many of the policies of the vectors its target can express.
    pub(crate) can: usize,
    /// How many policies there are.
    pub(crate) of: usize,
    /// How many cases it was asked.
    pub(crate) asked: usize,
    /// How many of its answers were the engine's, in status and every header.
    pub(crate) alike: usize,
    /// How many known differences it has.
    pub(crate) rows: usize,
}

static MEASURED: Mutex<Vec<Measured>> = Mutex::new(Vec::new());

/// Takes in what was counted of one server.
pub(crate) fn keep(measured: Measured) {
    MEASURED.lock().expect("nobody fails while holding it").push(measured);
}

/// What was measured, in the order of the targets.
pub(crate) struct Table(Vec<Measured>);

impl Table {
    pub(crate) fn measured() -> Self {
        let mut rows = MEASURED.lock().expect("nobody fails while holding it").clone();
        rows.retain(|row| SERVERS.iter().any(|server| server.target() == row.target));
        let place = |name| targets().iter().position(|target| target.name() == name);
        rows.sort_by_key(|row| place(row.target));
        Self(rows)
    }

    fn is_whole(&self) -> bool {
        SERVERS.iter().all(|server| self.0.iter().any(|row| row.target == server.target()))
    }

    /// As Markdown, which people can read as it is.
    fn text(&self) -> String {
        let mut lines = vec![
            ["target", "server", "version", "policies", "cases", "as the engine", "otherwise", "rows"]
                .map(str::to_owned),
            ["---", "---", "---", "--:", "--:", "--:", "--:", "--:"].map(str::to_owned),
        ];
        for Measured { target: name, version, can, of, asked, alike, rows } in &self.0 {
            let version = version.clone().unwrap_or_default();
            let title = target(name).expect("it is a target").title().to_owned();
            let (policies, otherwise) = (format!("{can} of {of}"), (asked - alike).to_string());
            let (asked, alike, rows) = (asked.to_string(), alike.to_string(), rows.to_string());
            lines.push([format!("`{name}`"), title, version, policies, asked, alike, otherwise, rows]);
        }
        let widths: [usize; 8] = std::array::from_fn(|column| {
            lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()
        });
        let mut text = String::new();
        for (index, line) in lines.iter().enumerate() {
            for (column, cell) in line.iter().enumerate() {
                let width = widths[column];
                let _ = match (index, column) {
                    (1, 0..3) => write!(text, "| {} ", "-".repeat(width)),
                    (1, _) => write!(text, "| {}: ", "-".repeat(width - 1)),
                    (_, 0..3) => write!(text, "| {cell:<width$} "),
                    (_, _) => write!(text, "| {cell:>width$} "),
                };
            }
            text.push_str("|\n");
        }
        text
    }

    fn page(&self) -> String {
        let mut page = String::from(HEAD);
        page.push_str(&self.text());
        page.push_str(TAIL);
        for target in targets() {
            let measured = self.0.iter().any(|row| row.target == target.name());
            let _ = match target.proof() {
                Proof::Parsed(by) => writeln!(page, "- `{}`: read by {by}", target.name()),
                Proof::NotRun(reason) => writeln!(page, "- `{}`: **not run**, since {reason}", target.name()),
                Proof::StandIn(what) => {
                    writeln!(page, "- `{}`: **not run** on the platform itself, but on {what}", target.name())
                }
                Proof::RealServer if measured => Ok(()),
                Proof::RealServer => writeln!(page, "- `{}`: {}", target.name(), ELSEWHERE),
            };
        }
        page
    }
}

const HEAD: &str = "\
# Exports on their real servers

`corsac export` writes one policy in the words of many servers ([exports.md](exports.md)). Those that can be had run what it
writes, untouched, and are asked the cases of [`vectors/policy`](../vectors/README.md), which say what the engine answers. This
page is what was counted. It is printed by

```
cargo xtask lab servers
```

and a test fails where the page says otherwise, versions aside, which are those of the last writing.

- *policies*: how many of the cases' policies the target can express; the others are refused, with the reason
- *cases*: how many requests were put to the server, garbage and floods among them
- *as the engine*: how many answers were the same in status, in every CORS header and in `Vary`
- *otherwise*: how many were not, every one of them covered by a row of `crates/corsac-export/known_differences`, which has the
  reason; no row excuses an answer to a browser that lets somebody in whom the policy keeps out
- *rows*: how many such rows there are; one that no case shows any more fails

Beside these, each answers a page's failing request with the headers, so that the page can read the error; and where an
authentication stands behind the lines, preflights pass without credentials, and a refusal can be read.

";

const TAIL: &str = "\nWhat is to be known beside the table:\n\n";

const ELSEWHERE: &str = "held against the engine by a test of its own, in another place";

fn file() -> PathBuf {
    lab().join("../docs/servers.md")
}

/// Shows the table where it is asked for, and holds the page against it, or writes it.
#[expect(clippy::print_stdout, reason = "a test harness of its own talks to the person who runs it")]
pub(crate) fn hold(table: &Table) -> ExitCode {
    if std::env::var_os("CORSAC_SHOW_SERVERS").is_some() {
        println!("\n{}", table.text());
    }
    if !table.is_whole() {
        return ExitCode::SUCCESS;
    }
    let page = table.page();
    if std::env::var_os("CORSAC_WRITE_DOCS").is_some() {
        if let Err(error) = std::fs::write(file(), page) {
            println!("{} cannot be written: {error}", file().display());
            return ExitCode::FAILURE;
        }
        return ExitCode::SUCCESS;
    }
    let written = std::fs::read_to_string(file()).unwrap_or_default();
    if without_versions(&written) == without_versions(&page) {
        return ExitCode::SUCCESS;
    }
    println!("docs/servers.md is not what was measured:\n\n{page}");
    println!("to write it anew: CORSAC_WRITE_DOCS=1 cargo xtask lab servers");
    ExitCode::FAILURE
}

/// A page without what another machine may have in another version, and without the room for it.
fn without_versions(page: &str) -> Vec<String> {
    page.lines()
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            match cells.len() {
                10 => [&cells[..3], &cells[4..]].concat().join("|").replace('-', ""),
                _ => line.to_owned(),
            }
        })
        .collect()
}
