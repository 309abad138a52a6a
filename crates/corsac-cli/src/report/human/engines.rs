//! The other engines, where they come to another verdict, or where theirs is not known.
//!
//! Of one that blocks the call as well, whatever it would be told, nothing is said.

use corsac_browser::{Call, Page, Verdict, console_lines};
use corsac_probe::{Conclusion, Engine, Report};

use crate::printer::Printer;
use crate::report::Secrets;

pub(super) fn other_engines(report: &Report, page: &Page, call: &Call, printer: &Printer) {
    let secrets = Secrets::of(report, call);
    let mut is_first = true;
    for Engine { browser, conclusion } in &report.engines {
        let said = match conclusion {
            Conclusion::Reached(verdict) if is_same(verdict, &report.verdict) => continue,
            Conclusion::Reached(verdict) => verdict
                .failure()
                .map_or_else(|| "allows it".to_owned(), |failure| format!("{}: {failure}.", failure.id)),
            Conclusion::BlockedAnyway(_) if !report.verdict.is_allowed() => continue,
            conclusion => crate::report::unreached(*browser, conclusion).unwrap_or_default(),
        };
        if std::mem::take(&mut is_first) {
            printer.gap();
        }
        printer.paragraph(&browser.to_string(), &secrets.hide(&said));
        if let Some(verdict) = conclusion.verdict() {
            for line in console_lines(*browser, page, call, verdict) {
                printer.paragraph("", &secrets.hide(&format!("console: {line}")));
            }
        }
    }
}

fn is_same(one: &Verdict, other: &Verdict) -> bool {
    let failure = |verdict: &Verdict| verdict.failure().map(|failure| failure.id);
    one.is_allowed() == other.is_allowed() && failure(one) == failure(other)
}
