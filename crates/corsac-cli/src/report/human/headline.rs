//! The verdict in a line; what stands behind it; and what would fail next.

use corsac_browser::{Call, Failure, Outcome, Page, console_lines};
use corsac_diagnosis::Confidence;
use corsac_probe::Report;

use super::evidence::Recorded;
use super::why::{Severity, Why};
use crate::printer::{Printer, Tone};
use crate::report::{Secrets, Word, shown_url};

pub(super) fn headline(report: &Report, page: &Page, call: &Call, printer: &Printer) {
    let word = Word::of(report);
    let tone = match word {
        Word::Allowed | Word::NotCors => Tone::Good,
        Word::Blocked | Word::Unreachable => Tone::Bad,
    };
    let what = format!("{} {}", corsac::normalize_method(&call.method), shown_url(&call.url));
    verdict(tone, word.as_str(), &what, &page.origin.to_string(), printer);
}

/// A verdict, on what, and whose page: in one line where there is room.
pub(crate) fn verdict(tone: Tone, word: &str, what: &str, from: &str, printer: &Printer) {
    let (first, from) = (format!("{}  ", word.to_ascii_uppercase()), format!("from {from}"));
    let indent = first.len();
    if indent + what.chars().count() + 2 + from.chars().count() <= printer.width() {
        return printer.led(tone, &first, indent, &format!("{what}  {from}"));
    }
    printer.led(tone, &first, indent, what);
    printer.led(tone, &" ".repeat(indent), indent, &from);
}

/// The cause, or the failure where that says it all; what shows it; and what to change.
pub(super) fn why(report: &Report, page: &Page, call: &Call, printer: &Printer) {
    let diagnosis = &report.diagnosis;
    let secrets = Secrets::of(report, call);
    let failure = report.verdict.failure();
    let id = diagnosis.stopped_before.or(failure.map(|failure| failure.id));
    // What the failure says in its own words; of no answer at all, the cause says it.
    let said = match (diagnosis.stopped_before, failure) {
        (Some(failure), _) => Some(failure.meaning().to_owned()),
        (None, Some(failure)) if report.unreachable().is_none() => Some(failure.to_string()),
        _ => None,
    };
    let said = said.map(|said| secrets.hide(&said));
    let (name, story) = match (diagnosis.cause, id, &said) {
        (Some(cause), ..) => (cause.as_str(), secrets.hide(&diagnosis.story)),
        (None, Some(id), Some(said)) => (id.as_str(), format!("{said}.")),
        _ => return,
    };
    let severity = match Word::of(report) {
        Word::Blocked | Word::Unreachable => Severity::Error,
        Word::Allowed => Severity::Warning,
        Word::NotCors => Severity::Note,
    };
    let mut remarks = Vec::new();
    if let (Some(_), Some(id), Some(said)) = (diagnosis.cause, id, &said) {
        remarks.push(("failure", format!("{id}: {said}.")));
    }
    if diagnosis.stopped_before.is_none() {
        let lines = console_lines(report.browser, page, call, &report.verdict);
        remarks.extend(lines.iter().map(|line| ("console", secrets.hide(line))));
    }
    let exchanges = report.steps.iter().map(|step| {
        let reply = step.result.as_ref().ok();
        Recorded {
            request: &step.request,
            response: reply.map(|reply| &reply.response),
            version: reply.map(|reply| reply.version.to_string()),
        }
    });
    Why {
        severity,
        name,
        story,
        evidence: &diagnosis.evidence,
        exchanges: exchanges.collect(),
        remarks,
        confidence: if diagnosis.cause.is_some() { diagnosis.confidence } else { Confidence::Observed },
        remedy: secrets.hide(&diagnosis.remedy),
    }
    .print(printer);
}

/// What would stop the call once this is mended.
pub(super) fn next(report: &Report, call: &Call, printer: &Printer) {
    let Outcome::Blocked(blocked) = &report.verdict.outcome else { return };
    let secrets = Secrets::of(report, call);
    further(&blocked.next, |text| secrets.hide(text), printer);
}

/// Failures that would come one after the other.
pub(crate) fn further(failures: &[Failure], shown: impl Fn(&str) -> String, printer: &Printer) {
    for (index, next) in failures.iter().enumerate() {
        if index == 0 {
            printer.gap();
        }
        let when = if index == 0 { "once that is mended, " } else { "and then " };
        printer.led(Tone::Hint, "next: ", 6, &shown(&format!("{when}{}: {next}.", next.id)));
    }
}
