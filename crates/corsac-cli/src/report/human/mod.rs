//! The result of a check for a person: the verdict first, then one root cause with what shows it, what to change, what
//! would fail next, and last the call in time.

mod beside;
mod body;
mod engines;
mod evidence;
mod headline;
mod hidden;
mod lanes;
mod timeline;
mod underline;
mod visible;
mod why;

use corsac_browser::{Call, Page};
use corsac_probe::Report;

use super::fixes::fixes;
use crate::printer::Printer;

pub(crate) use evidence::Recorded;
pub(crate) use headline::{further, verdict};
pub(crate) use lanes::{Arrow, Entry, Lanes};
pub(crate) use timeline::{answered, sent};
pub(crate) use why::{Severity, Why};

/// Prints all of it.
pub(crate) fn human(report: &Report, page: &Page, call: &Call, verbose: bool, printer: &Printer) {
    headline::headline(report, page, call, printer);
    headline::why(report, page, call, printer);
    fixes(&report.diagnosis, printer);
    headline::next(report, call, printer);
    engines::other_engines(report, page, call, printer);
    printer.gap();
    timeline::timeline(report, page, call, verbose, printer);
    beside::beside(report, verbose, printer);
    hidden::hidden(&report.verdict, printer);
}

/// Which headers are worth showing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    /// All of them.
    pub(crate) verbose: bool,
}

impl Shown {
    /// Those that every request has tell nothing.
    fn request_header(self, name: &str) -> bool {
        let lower = name.to_ascii_lowercase();
        let usual = [
            "accept",
            "accept-encoding",
            "accept-language",
            "connection",
            "host",
            "priority",
            "referer",
            "user-agent",
        ];
        let is_usual = usual.contains(&lower.as_str())
            || ["sec-fetch-", "sec-ch-ua"].iter().any(|start| lower.starts_with(start));
        self.verbose || !is_usual
    }

    /// The protocol's, and those that tell who answered.
    fn response_header(self, name: &str) -> bool {
        const TELLING: &[&str] = &[
            "age",
            "allow",
            "content-type",
            "cross-origin-resource-policy",
            "location",
            "server",
            "vary",
            "www-authenticate",
            "x-cache",
            "x-powered-by",
        ];
        let lower = name.to_ascii_lowercase();
        self.verbose || lower.starts_with("access-control-") || TELLING.contains(&lower.as_str())
    }
}

fn status_line(status: u16) -> String {
    http::StatusCode::from_u16(status)
        .ok()
        .and_then(|code| code.canonical_reason())
        .map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}
