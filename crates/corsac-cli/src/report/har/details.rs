//! Everything about one call: the verdict, the cause, the exchange, the fix, and what each claim rests on.

use corsac_browser::{Outcome, RequestKind};
use corsac_diagnosis::har::{About, Conclusion, JudgedCall};
use corsac_diagnosis::{Confidence, Evidence, Exchange, Part, Seen};

use super::Row;
use super::check_line::check_line;
use crate::printer::{Printer, Tone};
use crate::report::fixes::fixes;
use crate::report::human::{TELLING, mark, status_line};
use crate::report::{host, shown, shown_url, target};

/// Prints it.
pub(crate) fn details(row: &Row<'_>, verbose: bool, printer: &Printer) {
    let call = row.call;
    headline(call, printer);
    cause(call, printer);
    exchange(call, verbose, printer);
    if let Some(diagnosis) = &call.diagnosis {
        fixes(diagnosis, printer);
    }
    claims(call, printer);
    let settles = matches!(call.conclusion, Conclusion::Unclear | Conclusion::Unreachable)
        || (call.conclusion == Conclusion::Blocked && call.grade != Confidence::Observed);
    if let (true, Some((page, made))) = (settles, &call.made) {
        printer.line("");
        printer.line("What the server says now:");
        printer.line(format!("    {}", check_line(page, made)));
    }
}

fn headline(call: &JudgedCall, printer: &Printer) {
    let tone = match call.conclusion {
        Conclusion::Blocked | Conclusion::Unreachable => Tone::Bad,
        Conclusion::Unclear => Tone::Hint,
        Conclusion::Allowed | Conclusion::NotCors => Tone::Good,
    };
    let from = call.origin.as_ref().map_or_else(|| "an unknown page".to_owned(), ToString::to_string);
    printer.line(format!(
        "{}  {} {}  from {from}",
        tone.paint(call.conclusion.as_str().to_ascii_uppercase()),
        crate::printer::plain(&call.method),
        shown_url(&call.url),
    ));
    let failure = call.verdict.as_ref().and_then(|verdict| verdict.failure());
    if let (Some(id), Some(failure)) = (call.failure, failure) {
        let grade = call.claims.iter().find(|claim| claim.about == About::Failure).map(|claim| claim.grade);
        let sure = match grade {
            Some(grade) if grade != Confidence::Observed => format!(" ({})", grade.as_str()),
            _ => String::new(),
        };
        // The values of a response that is not in the file are not shown as if they were.
        if call.exchanges.last().is_some_and(|last| last.response().is_none()) {
            printer.paragraph("failure", &format!("{id}{sure}: {}.", id.meaning()));
        } else {
            printer.paragraph("failure", &format!("{id}{sure}: {failure}."));
        }
    }
}

fn cause(call: &JudgedCall, printer: &Printer) {
    if let Some(cause) = call.cause {
        let grade = call.diagnosis.as_ref().map_or(call.grade, |diagnosis| diagnosis.confidence);
        printer.paragraph("cause", &format!("{cause} ({})", grade.as_str()));
    }
    if !call.story.is_empty() {
        printer.paragraph("", &call.story);
    }
    if !call.remedy.is_empty() {
        printer.paragraph("change", &call.remedy);
    }
    if let Some(Outcome::Blocked(blocked)) = call.verdict.as_ref().map(|verdict| &verdict.outcome)
        && call.exchanges.last().is_some_and(|last| last.response().is_some())
    {
        for next in &blocked.next {
            printer.paragraph("then", &format!("{}: {next}.", next.id));
        }
    }
    for (browser, failure) in &call.elsewhere {
        let said =
            failure.map_or_else(|| "lets it through".to_owned(), |id| format!("{id}: {}.", id.meaning()));
        printer.paragraph(&browser.to_string(), &said);
    }
}

fn claims(call: &JudgedCall, printer: &Printer) {
    printer.line("");
    printer.line("How sure this is:");
    for claim in &call.claims {
        let first = format!("  {:<12}{:<9} ", claim.about, claim.grade.as_str());
        printer.indented(&first, &format!("{} ({})", claim.says, claim.because));
    }
}

fn exchange(call: &JudgedCall, verbose: bool, printer: &Printer) {
    if call.exchanges.is_empty() {
        return;
    }
    printer.line("");
    for (index, exchange) in call.exchanges.iter().enumerate() {
        let kind = match exchange.request.kind {
            RequestKind::Preflight => "asked for permission",
            RequestKind::Actual if index == 0 => "sent",
            RequestKind::Actual => "went on, and sent",
        };
        printer.paragraph("browser", kind);
        request(exchange, verbose, printer);
        let evidence: Vec<&Evidence> = call
            .diagnosis
            .iter()
            .flat_map(|diagnosis| &diagnosis.evidence)
            .filter(|evidence| evidence.exchange == index)
            .collect();
        response(exchange, &evidence, verbose, printer);
    }
    if let Some(Outcome::Blocked(blocked)) = call.verdict.as_ref().map(|verdict| &verdict.outcome)
        && call.conclusion == Conclusion::Blocked
    {
        let method = corsac::normalize_method(&call.method);
        let effect = match &call.diagnosis {
            Some(diagnosis) => diagnosis.side_effects.clone(),
            None if blocked.request_reached_server => {
                format!(
                    "the {method} reached the server and may have had its effect; the page cannot see the answer"
                )
            }
            None => format!("the {method} itself was never sent"),
        };
        printer.paragraph("browser", &format!("stopped: {effect}"));
    }
}

fn request(exchange: &Exchange, verbose: bool, printer: &Printer) {
    const TOLD: [&str; 5] = [
        "origin",
        "cookie",
        "authorization",
        "access-control-request-method",
        "access-control-request-headers",
    ];
    let request = &exchange.request;
    printer.line(format!("  > {} {}", Tone::Strong.paint(&request.method), target(&shown_url(&request.url))));
    if !request.headers.contains("host") {
        printer.line(format!("  > Host: {}", host(&request.url)));
    }
    for (name, value) in request.headers.iter() {
        let lower = name.to_ascii_lowercase();
        if verbose || lower == "host" || lower == "content-type" || TOLD.contains(&lower.as_str()) {
            printer.line(format!("  > {}: {}", crate::printer::plain(name), shown(name, value)));
        }
    }
}

fn response(exchange: &Exchange, evidence: &[&Evidence], verbose: bool, printer: &Printer) {
    let response = match &exchange.seen {
        Seen::Response { response, .. } => response,
        Seen::Nothing { message, .. } => {
            printer.indented("  x ", message);
            return;
        }
    };
    printer.line(format!("  < {}", Tone::Strong.paint(status_line(response.status))));
    for shown_by in evidence.iter().filter(|evidence| evidence.part == Part::Status) {
        mark(printer, 0, 3, &shown_by.shows);
    }
    for (name, value) in response.headers.iter() {
        let lower = name.to_ascii_lowercase();
        let shows = evidence.iter().find(|evidence| evidence.part == Part::Header(lower.clone()));
        let telling = lower.starts_with("access-control-") || TELLING.contains(&lower.as_str());
        if !verbose && !telling && shows.is_none() {
            continue;
        }
        let text = shown(name, value);
        printer.line(format!("  < {}: {text}", crate::printer::plain(name)));
        if let Some(evidence) = shows {
            mark(printer, name.chars().count() + 2, text.chars().count().max(1), &evidence.shows);
        }
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
