//! The column `peers` of the cases: held against what was measured, and written.
//!
//! Writing touches the lines of the column and nothing else of a file.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;

use crate::{Measurement, Peer};

/// Every case whose column is not what was measured.
#[must_use]
pub fn stale(measurements: &[Measurement<'_>]) -> Vec<String> {
    let columns = columns(measurements);
    let mut stale: Vec<String> = measurements
        .chunk_by(|one, next| std::ptr::eq(one.case, next.case))
        .map(|of_case| of_case[0].case)
        .filter_map(|case| {
            let measured = columns.get(case.id.as_str());
            let written: BTreeMap<&str, &[String]> =
                case.peers.iter().map(|(peer, words)| (peer.as_str(), words.as_slice())).collect();
            (written != as_written(measured))
                .then(|| format!("{}: {} was measured", case.id, shown(measured)))
        })
        .collect();
    stale.sort();
    stale
}

/// Writes the column into every file of `vectors/policy`.
///
/// # Errors
///
/// Where a file cannot be read or written.
pub fn write(measurements: &[Measurement<'_>]) -> io::Result<()> {
    let columns = columns(measurements);
    for entry in fs::read_dir(corsac_vectors::folder().join("policy"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let before = fs::read_to_string(&path)?;
            let after = filled(&before, &columns);
            if after != before {
                fs::write(&path, after)?;
            }
        }
    }
    Ok(())
}

/// What is to be said of a case, by peer, in the order in which it is written.
type Column<'a> = Vec<(Peer, &'a [String])>;

fn columns<'a>(measurements: &'a [Measurement<'_>]) -> HashMap<&'a str, Column<'a>> {
    let mut columns: HashMap<&str, Column<'_>> = HashMap::new();
    for measurement in measurements.iter().filter(|measurement| !measurement.words.is_empty()) {
        let column = columns.entry(&measurement.case.id).or_default();
        column.push((measurement.peer, &measurement.words));
    }
    columns
}

fn as_written<'a>(column: Option<&Column<'a>>) -> BTreeMap<&'static str, &'a [String]> {
    column.into_iter().flatten().map(|(peer, words)| (peer.name(), *words)).collect()
}

fn shown(column: Option<&Column<'_>>) -> String {
    column.map_or_else(|| "no difference".to_owned(), line)
}

/// `peers = { tower-http = ["status"], actix-cors = ["status", "vary"] }`
fn line(column: &Column<'_>) -> String {
    let of_peer = |(peer, words): &(Peer, &[String])| format!("{peer} = {words:?}");
    format!("peers = {{ {} }}", column.iter().map(of_peer).collect::<Vec<_>>().join(", "))
}

/// The text of a file, with the column of every case as one line behind what is expected.
fn filled(text: &str, columns: &HashMap<&str, Column<'_>>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut column = None;
    let mut lines = text.split_inclusive('\n');
    while let Some(first) = lines.next() {
        let key = first.split_once(" = ").map(|(key, _)| key);
        if key == Some("peers") {
            continue;
        }
        filled.push_str(first);
        if key == Some("id") {
            let id = first.split('"').nth(1).unwrap_or_default();
            column = columns.get(id);
        } else if key == Some("expect") {
            // It may go on for several lines.
            let mut entry = first.to_owned();
            while entry.parse::<toml::Table>().is_err() {
                let Some(next) = lines.next() else { break };
                entry.push_str(next);
                filled.push_str(next);
            }
            if let Some(column) = column.take() {
                filled.push_str(&line(column));
                filled.push('\n');
            }
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> HashMap<&'static str, Column<'static>> {
        static WORDS: std::sync::LazyLock<[String; 2]> =
            std::sync::LazyLock::new(|| ["status".to_owned(), "vary".to_owned()]);
        HashMap::from([("a", vec![(Peer::TowerHttp, &WORDS[..1]), (Peer::ActixCors, &WORDS[..])])])
    }

    const FILLED: &str = r#"# A comment.
[[case]]
id = "a"
expect = { status = 200 }
peers = { tower-http = ["status"], actix-cors = ["status", "vary"] }

[[case]]
id = "b"
expect = { status = 200 }
"#;

    #[test]
    fn a_column_is_one_line_behind_what_is_expected() {
        let empty: String = FILLED.split_inclusive('\n').filter(|line| !line.starts_with("peers")).collect();
        assert_eq!(filled(&empty, &columns()), FILLED);
    }

    #[test]
    fn a_column_that_is_right_stays_and_one_that_is_stale_goes() {
        assert_eq!(filled(FILLED, &columns()), FILLED);
        let stale = format!("{FILLED}peers = {{ tower-http = [\"vary\"] }}\n");
        assert_eq!(filled(&stale, &columns()), FILLED);
    }

    #[test]
    fn what_is_expected_may_take_several_lines() {
        let text = "id = \"a\"\nexpect = { headers = [\n  [\"vary\", \"Origin\"],\n] }\n\n";
        assert_eq!(
            filled(text, &columns()),
            format!("{}{}\n\n", &text[..text.len() - 1], line(&columns()["a"]))
        );
    }
}
