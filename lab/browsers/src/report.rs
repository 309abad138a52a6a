//! What a person reads of a run.
//!
//! Words only.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use corsac_browser::{HeaderList, Outcome};

use crate::predict::asked_url;
use crate::run::{Disagreement, Report};
use crate::scenario::Frame;

/// How many scenarios are named under each kind of difference.
const NAMED: usize = 12;

/// One line per engine.
#[must_use]
pub fn table(reports: &[Report]) -> String {
    let mut text = format!(
        "{:<10} {:<18} {:>7} {:>7} {:>9} {:>8} {:>8} {:>9}\n",
        "engine", "version", "agree", "known", "disagree", "skipped", "not run", "time"
    );
    for report in reports {
        let skipped: usize = report.skipped.values().map(Vec::len).sum();
        let not_run: usize = report.not_run.iter().map(|(_, ids)| ids.len()).sum();
        let _ = writeln!(
            text,
            "{:<10} {:<18} {:>7} {:>7} {:>9} {:>8} {:>8} {:>7.1} s",
            report.browser,
            report.version,
            report.agreed,
            report.known.len(),
            report.disagreed.len(),
            skipped,
            not_run,
            report.took.as_secs_f64()
        );
    }
    text
}

/// What one engine's line does not say: the kinds of difference, what was left out, what went wrong.
#[must_use]
pub fn details(report: &Report, repeat: impl Fn(&Disagreement) -> String) -> String {
    let mut text = String::new();
    for (skip, ids) in &report.skipped {
        let _ = writeln!(text, "{}: {} skipped: {skip}", report.browser, ids.len());
    }
    for why in &report.restarts {
        let _ = writeln!(text, "{}: started again: {why}", report.browser);
    }
    if !report.unsteady.is_empty() {
        let (count, ids) = (report.unsteady.len(), report.unsteady.join(" "));
        let _ = writeln!(text, "{}: {count} agreed only at a second look: {ids}", report.browser);
    }
    for (why, ids) in &report.not_run {
        let _ = writeln!(text, "{}: {} NOT RUN: {why}\n    {}", report.browser, ids.len(), ids.join(" "));
    }
    for case in &report.dead {
        let _ =
            writeln!(text, "{}: DEAD: the known difference of {case} does not show any more", report.browser);
    }
    let mut kinds: BTreeMap<String, Vec<&Disagreement>> = BTreeMap::new();
    for disagreement in &report.disagreed {
        kinds.entry(disagreement.kinds()).or_default().push(disagreement);
    }
    for (kind, disagreements) in kinds {
        let _ = writeln!(text, "\n{}: {} DISAGREE: {kind}", report.browser, disagreements.len());
        for disagreement in disagreements.iter().take(NAMED) {
            let detail = disagreement.differences.first().map(|difference| difference.detail.as_str());
            let _ = writeln!(text, "    {}\n        {}", repeat(disagreement), detail.unwrap_or_default());
        }
        if disagreements.len() > NAMED {
            let _ = writeln!(text, "    and {} more", disagreements.len() - NAMED);
        }
    }
    text
}

/// Everything about one disagreement.
#[must_use]
pub fn whole(disagreement: &Disagreement) -> String {
    let Disagreement { scenario, differences, prediction, seen } = disagreement;
    let mut text = format!("== {}\n{}", scenario.id(), scenario.case.as_toml());
    if scenario.frame != Frame::Page {
        let _ = writeln!(text, "(in a {} frame)", scenario.frame.as_str());
    }
    for difference in differences {
        let _ = writeln!(text, "-- {}: {}", difference.kind, difference.detail);
    }
    text.push_str("-- predicted\n");
    for request in &prediction.requests {
        let _ = writeln!(text, "   {} {}{}", request.method, asked_url(request), shown(&request.headers));
    }
    for verdict in &prediction.verdicts {
        match &verdict.outcome {
            Outcome::Allowed(readable) => {
                let _ = writeln!(text, "   => {readable:?}");
            }
            Outcome::Blocked(blocked) => {
                let _ = writeln!(text, "   => {}: {}", blocked.failure.id.as_str(), blocked.failure);
            }
        }
    }
    text.push_str("-- seen\n");
    for request in &seen.requests {
        let again = if request.again { " (again)" } else { "" };
        let scripted = if request.scripted { "" } else { " (not scripted)" };
        let _ = writeln!(
            text,
            "   {} {}{again}{scripted}{}",
            request.method,
            request.url,
            shown(&request.headers)
        );
    }
    for result in &seen.results {
        let _ = writeln!(text, "   => {result:?}");
    }
    for line in &seen.console {
        let _ = writeln!(text, "   console ({} {}): {}", line.level, line.source, line.text);
    }
    text
}

/// The headers that are compared, as far as they are there.
fn shown(headers: &HeaderList) -> String {
    let mut text = String::new();
    for name in crate::compare::COMPARED {
        if let Some(value) = headers.get_text(name) {
            let _ = write!(text, " {name}: {value};");
        }
    }
    text
}

impl Disagreement {
    /// The kinds of its differences, each once.
    #[must_use]
    pub fn kinds(&self) -> String {
        let mut kinds: Vec<_> = self.differences.iter().map(|difference| difference.kind.as_str()).collect();
        kinds.dedup();
        kinds.join(" + ")
    }
}
