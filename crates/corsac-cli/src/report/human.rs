//! The result of a check for a person: the verdict first, then the cause, what to change, and the exchange.

use corsac_browser::{Browser, Call, Outcome, Page, RequestKind, Verdict, console_lines};
use corsac_diagnosis::{Confidence, Evidence, Part, Reached};
use corsac_probe::{BodyProblem, Conclusion, Engine, Report, Step};

use super::fixes::fixes;
use super::{Word, host, shown, shown_url, target};
use crate::printer::{Printer, Tone};

/// Response headers worth showing unasked.
pub(super) const TELLING: &[&str] = &[
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

/// Prints all of it.
pub(crate) fn human(report: &Report, page: &Page, call: &Call, verbose: bool, printer: &Printer) {
    headline(report, page, call, printer);
    cause(report, printer);
    other_engines(report, page, call, printer);
    printer.line("");
    exchange(report, page, call, verbose, printer);
    readable(&report.verdict, printer);
    fixes(&report.diagnosis, printer);
}

fn headline(report: &Report, page: &Page, call: &Call, printer: &Printer) {
    let word = Word::of(report);
    let tone = match word {
        Word::Allowed | Word::NotCors => Tone::Good,
        Word::Blocked | Word::Unreachable => Tone::Bad,
    };
    let word = word.as_str().to_ascii_uppercase();
    printer.line(format!(
        "{}  {} {}  from {}",
        tone.paint(word),
        corsac::normalize_method(&call.method),
        shown_url(&call.url),
        page.origin
    ));
    if let Some(failure) = report.diagnosis.stopped_before {
        return printer.paragraph("failure", &format!("{failure}: {}.", failure.meaning()));
    }
    if let (Some(failure), None) = (report.verdict.failure(), report.unreachable()) {
        printer.paragraph("failure", &format!("{}: {failure}.", failure.id));
    }
    console(report.browser, &report.verdict, page, call, printer);
}

/// What that browser's console prints, line by line.
fn console(browser: Browser, verdict: &Verdict, page: &Page, call: &Call, printer: &Printer) {
    for line in console_lines(browser, page, call, verdict) {
        printer.paragraph("console", &line);
    }
}

fn cause(report: &Report, printer: &Printer) {
    let diagnosis = &report.diagnosis;
    if let Some(cause) = diagnosis.cause {
        let how_sure = match diagnosis.confidence {
            Confidence::Observed => "",
            Confidence::Inferred => " (inferred: the exchange suggests it)",
            Confidence::Unknown => " (unknown: the exchange does not tell)",
        };
        printer.paragraph("cause", &format!("{cause}{how_sure}"));
    }
    if !diagnosis.story.is_empty() {
        printer.paragraph("", &diagnosis.story);
    }
    if !diagnosis.remedy.is_empty() {
        printer.paragraph("change", &diagnosis.remedy);
    }
    if let Outcome::Blocked(blocked) = &report.verdict.outcome {
        for next in &blocked.next {
            printer.paragraph("then", &format!("{}: {next}.", next.id));
        }
    }
}

/// The other engines, where they come to another verdict, or where theirs is not known. Of one that blocks the call as
/// well, whatever it would be told, nothing is said.
fn other_engines(report: &Report, page: &Page, call: &Call, printer: &Printer) {
    for Engine { browser, conclusion } in &report.engines {
        let said = match conclusion {
            Conclusion::Reached(verdict) if is_same(verdict, &report.verdict) => continue,
            Conclusion::Reached(verdict) => verdict
                .failure()
                .map_or_else(|| "allows it".to_owned(), |failure| format!("{}: {failure}.", failure.id)),
            Conclusion::BlockedAnyway(_) if !report.verdict.is_allowed() => continue,
            conclusion => super::unreached(*browser, conclusion).unwrap_or_default(),
        };
        printer.paragraph(&browser.to_string(), &said);
        if let Some(verdict) = conclusion.verdict() {
            console(*browser, verdict, page, call, printer);
        }
    }
}

fn is_same(one: &Verdict, other: &Verdict) -> bool {
    let failure = |verdict: &Verdict| verdict.failure().map(|failure| failure.id);
    one.is_allowed() == other.is_allowed() && failure(one) == failure(other)
}

fn exchange(report: &Report, page: &Page, call: &Call, verbose: bool, printer: &Printer) {
    let credentials = match call.credentials {
        corsac_browser::CredentialsMode::SameOrigin => String::new(),
        mode => format!(", credentials {mode}"),
    };
    lane(
        printer,
        "page",
        &format!("{}  fetch {} {}{credentials}", page.origin, call.method, shown_url(&call.url)),
    );
    for dropped in &report.verdict.dropped_headers {
        lane(printer, "browser", &format!("drops the header {} ({})", dropped.name, dropped.reason));
    }
    for (index, step) in report.steps.iter().enumerate() {
        before(printer, step, index);
        request(printer, step, verbose);
        let evidence: Vec<&Evidence> =
            report.diagnosis.evidence.iter().filter(|evidence| evidence.exchange == index).collect();
        response(printer, step, &evidence, verbose);
    }
    after(printer, report);
    for extra in &report.extras {
        printer.line("");
        let reasons: Vec<String> = extra.step.preflight_reasons.iter().map(ToString::to_string).collect();
        let what = match extra.step.request.kind {
            RequestKind::Preflight => format!("would also ask for permission ({})", reasons.join("; ")),
            RequestKind::Actual => "would send this instead".to_owned(),
        };
        let what = format!("{what}, so it was sent as well; the verdict at the top does not hang on it");
        lane(printer, &extra.browser.to_string(), &what);
        request(printer, &extra.step, verbose);
        response(printer, &extra.step, &[], verbose);
    }
    asked(report, verbose, printer);
}

/// What was asked beside the call: a line each, and all of it for who wants to see.
fn asked(report: &Report, verbose: bool, printer: &Printer) {
    for (index, asked) in report.asked.iter().enumerate() {
        if index == 0 || verbose {
            printer.line("");
        }
        let lead = if index == 0 { "also asked, to tell causes apart: " } else { "and " };
        lane(printer, "corsac", &format!("{lead}{}", asked.question.purpose()));
        if verbose {
            request(printer, &asked.step, verbose);
            response(printer, &asked.step, &[], verbose);
        } else {
            let request = &asked.step.request;
            let came = match &asked.step.result {
                Ok(reply) => format!("< {}", status_line(reply.response.status)),
                Err(unreachable) => format!("{} {}", Tone::Bad.paint("x"), unreachable.message),
            };
            printer.line(format!("  > {} {}  {came}", request.method, target(&shown_url(&request.url))));
        }
        if let Some(shows) = report.diagnosis.learned_from(index) {
            printer.indented("  = ", shows);
        }
    }
}

fn lane(printer: &Printer, name: &str, text: &str) {
    printer.paragraph(name, text);
}

fn before(printer: &Printer, step: &Step, index: usize) {
    match step.request.kind {
        RequestKind::Preflight => {
            let reasons: Vec<String> = step.preflight_reasons.iter().map(ToString::to_string).collect();
            lane(printer, "browser", &format!("asks for permission first: {}", reasons.join("; ")));
        }
        RequestKind::Actual if index == 0 => {
            lane(printer, "browser", "sends it at once: no preflight is needed");
        }
        RequestKind::Actual => lane(printer, "browser", "goes on, and sends it"),
    }
}

fn request(printer: &Printer, step: &Step, verbose: bool) {
    let request = &step.request;
    printer.line(format!("  > {} {}", Tone::Strong.paint(&request.method), target(&shown_url(&request.url))));
    printer.line(format!("  > Host: {}", host(&request.url)));
    for (name, value) in request.headers.iter() {
        let lower = name.to_ascii_lowercase();
        let usual = ["accept", "accept-encoding", "accept-language", "referer", "user-agent"];
        if !verbose && (usual.contains(&lower.as_str()) || lower.starts_with("sec-fetch-")) {
            continue;
        }
        printer.line(format!("  > {name}: {}", shown(name, value)));
    }
}

fn response(printer: &Printer, step: &Step, evidence: &[&Evidence], verbose: bool) {
    let reply = match &step.result {
        Ok(reply) => reply,
        Err(unreachable) => {
            printer.line(format!("  {} {}", Tone::Bad.paint("x"), unreachable.message));
            return;
        }
    };
    printer.line(format!("  < {} {}", reply.version, Tone::Strong.paint(status_line(reply.response.status))));
    for shown_by in evidence.iter().filter(|evidence| evidence.part == Part::Status) {
        mark(printer, reply.version.to_string().len() + 1, 3, &shown_by.shows);
    }
    for (name, value) in reply.response.headers.iter() {
        let lower = name.to_ascii_lowercase();
        let shows = evidence.iter().find(|evidence| evidence.part == Part::Header(lower.clone()));
        let telling = lower.starts_with("access-control-") || TELLING.contains(&lower.as_str());
        if !verbose && !telling && shows.is_none() {
            continue;
        }
        let text = shown(name, value);
        printer.line(format!("  < {name}: {text}"));
        if let Some(evidence) = shows {
            mark(printer, name.chars().count() + 2, text.chars().count().max(1), &evidence.shows);
        }
    }
    if let Some(problem) = reply.body.problem.filter(|problem| *problem != BodyProblem::OverLimit) {
        printer.line(format!(
            "  {} the body: {problem}; reading it would fail in the page too",
            Tone::Bad.paint("!")
        ));
    }
    for evidence in evidence {
        match &evidence.part {
            Part::NoHeader(name) => {
                printer.line(format!("  {} no {name}: {}", Tone::Bad.paint("!"), evidence.shows));
            }
            Part::Body | Part::RequestHeader(_) => {
                printer.line(format!("  {} {}", Tone::Bad.paint("!"), evidence.shows));
            }
            Part::Status | Part::Header(_) | Part::NoResponse => {}
        }
    }
}

/// Underlines bytes of the line above, and says what they show.
pub(super) fn mark(printer: &Printer, column: usize, length: usize, shows: &str) {
    let room = printer.width().saturating_sub(4 + column + 1);
    let carets = "^".repeat(length.min(room.max(3)));
    let indent = " ".repeat(4 + column);
    if 4 + column + carets.len() + 1 + shows.chars().count() <= printer.width() {
        printer.line(format!("{indent}{} {}", Tone::Bad.paint(carets), Tone::Bad.paint(shows)));
    } else {
        printer.line(format!("{indent}{}", Tone::Bad.paint(carets)));
        printer.line(format!("    {}", Tone::Bad.paint(shows)));
    }
}

fn after(printer: &Printer, report: &Report) {
    let side_effects = &report.diagnosis.side_effects;
    if report.verdict.is_allowed() && report.diagnosis.stopped_before.is_none() {
        let status = report.verdict.readable().and_then(|readable| readable.status);
        let text = match status {
            Some(status) => format!("fetch() resolves with status {status}"),
            None => "fetch() resolves with a response that tells nothing (status 0)".to_owned(),
        };
        return lane(printer, "page", &text);
    }
    let is_sent_from_here =
        report.diagnosis.stopped_before.is_some() && report.diagnosis.reached == Reached::No;
    let remark = if is_sent_from_here { "; it was sent from here, to see what the server says" } else { "" };
    lane(printer, "browser", &format!("stops: {side_effects}{remark}"));
    lane(printer, "page", "fetch() rejects with a TypeError that says nothing");
}

/// Headers that came and that the page may miss; those that no script asks for are left out.
fn readable(verdict: &Verdict, printer: &Printer) {
    let Some(readable) = verdict.readable().filter(|_| verdict.is_cors()) else { return };
    let dull = [
        "connection",
        "date",
        "etag",
        "keep-alive",
        "server",
        "transfer-encoding",
        "vary",
        "via",
        "x-powered-by",
    ];
    let missed: Vec<&str> = readable
        .hidden
        .iter()
        .map(String::as_str)
        .filter(|name| {
            !name.starts_with("access-control-") && !name.starts_with("set-cookie") && !dull.contains(name)
        })
        .collect();
    if !missed.is_empty() {
        printer.line("");
        let names = missed.join(", ");
        printer.paragraph(
            "hidden",
            &format!("the page cannot read {names}: Access-Control-Expose-Headers can name them"),
        );
    }
}

pub(super) fn status_line(status: u16) -> String {
    http::StatusCode::from_u16(status)
        .ok()
        .and_then(|code| code.canonical_reason())
        .map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}
