//! What real browsers printed about calls that failed, kept so that what reads consoles can be held against it.
//!
//! Words nothing and judges nothing. Ports and paths that change from run to run are given the same names in every run.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use corsac_browser::Browser;

use crate::compare::without_own_address;
use crate::observe::Observation;
use crate::origins::Origins;
use crate::predict::Prediction;
use crate::scenario::Placed;

/// The number that the first port of an entry gets.
const FIRST_PORT: usize = 8001;

/// The console's lines about the calls of a scenario, and how these failed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Printed {
    /// The identifiers of the failures, in the order of the calls; each once if it follows itself.
    failures: Vec<&'static str>,
    /// The lines, in order.
    lines: Vec<String>,
}

impl Printed {
    /// What was seen of a scenario that came out as predicted; nothing where the console is empty.
    #[must_use]
    pub fn of(
        placed: &Placed,
        prediction: &Prediction,
        seen: &Observation,
        origins: &Origins,
    ) -> Option<Self> {
        let mut failures: Vec<_> = prediction
            .verdicts
            .iter()
            .filter_map(|verdict| verdict.failure())
            .map(|it| it.id.as_str())
            .collect();
        failures.dedup();
        if seen.console.is_empty() || failures.is_empty() {
            return None;
        }
        let mut lines: Vec<String> = seen
            .console
            .iter()
            .map(|line| without_own_address(placed, &line.text).replace(&format!("/{}/", placed.key), "/"))
            .collect();
        let ports = origins.places().into_iter().filter_map(|place| {
            let origin = origins.origin(place).ok()?;
            origin.rsplit_once(':').map(|(_, port)| format!(":{port}"))
        });
        let mut ports: Vec<(usize, String)> =
            ports.filter_map(|port| Some((lines.concat().find(&port)?, port))).collect();
        ports.sort();
        for (index, (_, port)) in ports.iter().enumerate() {
            let name = format!(":{}", FIRST_PORT + index);
            for line in &mut lines {
                *line = line.replace(port, &name);
            }
        }
        Some(Self { failures, lines })
    }
}

/// The entries as a file of vectors: each once, in an order that does not depend on the run.
#[must_use]
pub fn as_toml(browser: Browser, version: &str, printed: &[Printed]) -> String {
    let unique: BTreeSet<&Printed> = printed.iter().collect();
    let mut text = format!(
        "# What {browser} printed in the lab about calls that failed, each once, and how they failed.\n\
         # Written by `cargo xtask lab browsers --engine {browser} --handwritten --console FILE`.\n\n\
         version = {version:?}\n"
    );
    for Printed { failures, lines } in unique {
        let _ = write!(text, "\n[[case]]\nfailures = {failures:?}\nlines = [\n");
        for line in lines {
            let _ = writeln!(text, "  {},", toml::Value::from(line.as_str()));
        }
        text.push_str("]\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_written_once_and_read_back() {
        let entry = |failure, line: &str| Printed { failures: vec![failure], lines: vec![line.to_owned()] };
        let printed = [entry("b", "it's \"b\"\u{b}"), entry("a", "1"), entry("b", "it's \"b\"\u{b}")];
        let text = as_toml(Browser::Firefox, "1.2", &printed);
        let read: toml::Table = toml::from_str(&text).expect("TOML");
        assert_eq!(read["version"].as_str(), Some("1.2"));
        let cases = read["case"].as_array().expect("a list");
        let lines: Vec<_> = cases.iter().map(|case| case["lines"][0].as_str()).collect();
        assert_eq!(lines, [Some("1"), Some("it's \"b\"\u{b}")]);
    }
}
