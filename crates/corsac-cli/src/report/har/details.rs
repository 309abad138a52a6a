//! Everything about one call: the verdict, the cause, the fix, the exchange, and what each claim rests on.

use corsac_browser::{Outcome, RequestKind};
use corsac_diagnosis::har::{About, Conclusion, JudgedCall};
use corsac_diagnosis::{Confidence, Evidence, Seen};
use url::Position;

use super::Row;
use super::check_line::check_line;
use crate::printer::{Printer, Tone};
use crate::report::fixes::fixes;
use crate::report::human::{
    Arrow, Entry, Lanes, Recorded, Severity, Shown, Why, answered, further, sent, verdict,
};
use crate::report::shown_url;

/// Prints it.
pub(crate) fn details(row: &Row<'_>, verbose: bool, printer: &Printer) {
    let call = row.call;
    headline(call, printer);
    why(call, printer);
    if let Some(diagnosis) = &call.diagnosis {
        fixes(diagnosis, printer);
    }
    next(call, printer);
    exchange(call, verbose, printer);
    claims(call, printer);
    let settles = matches!(call.conclusion, Conclusion::Unclear | Conclusion::Unreachable)
        || (call.conclusion == Conclusion::Blocked && call.grade != Confidence::Observed);
    if let (true, Some((page, made))) = (settles, &call.made) {
        printer.gap();
        printer.line("What the server says now:");
        printer.line(format!("    {}", check_line(page, made)));
    }
}

/// Whose page made it.
fn page(call: &JudgedCall) -> String {
    call.origin.as_ref().map_or_else(|| "an unknown page".to_owned(), ToString::to_string)
}

fn headline(call: &JudgedCall, printer: &Printer) {
    let tone = match call.conclusion {
        Conclusion::Blocked | Conclusion::Unreachable => Tone::Bad,
        Conclusion::Unclear => Tone::Hint,
        Conclusion::Allowed | Conclusion::NotCors => Tone::Good,
    };
    let what = format!("{} {}", call.method, shown_url(&call.url));
    verdict(tone, call.conclusion.as_str(), &what, &page(call), printer);
}

/// The cause, or the failure where that is all there is; and what shows it.
fn why(call: &JudgedCall, printer: &Printer) {
    let failure = failure(call);
    let name = match (call.cause, call.failure) {
        (Some(cause), _) => cause.as_str(),
        (None, Some(failure)) => failure.as_str(),
        (None, None) if call.story.is_empty() => return,
        (None, None) => call.conclusion.as_str(),
    };
    let (story, remarks) = match (&failure, call.story.is_empty()) {
        (Some(failure), true) => (failure.clone(), Vec::new()),
        (Some(failure), false) => (call.story.clone(), vec![("failure", failure.clone())]),
        (None, _) => (call.story.clone(), Vec::new()),
    };
    let grade = call.diagnosis.as_ref().map_or(call.grade, |diagnosis| diagnosis.confidence);
    let exchanges = call.exchanges.iter().map(|exchange| Recorded {
        request: &exchange.request,
        response: exchange.response(),
        version: None,
    });
    Why {
        severity: match call.conclusion {
            Conclusion::Blocked | Conclusion::Unreachable => Severity::Error,
            Conclusion::Allowed => Severity::Warning,
            Conclusion::Unclear | Conclusion::NotCors => Severity::Note,
        },
        name,
        story,
        evidence: call.diagnosis.as_ref().map_or(&[], |diagnosis| &diagnosis.evidence),
        exchanges: exchanges.collect(),
        remarks,
        confidence: if call.cause.is_some() { grade } else { Confidence::Observed },
        remedy: call.remedy.clone(),
    }
    .print(printer);
}

/// What the browser concluded, and how sure that is.
fn failure(call: &JudgedCall) -> Option<String> {
    let id = call.failure?;
    let failure = call.verdict.as_ref()?.failure()?;
    let grade = call.claims.iter().find(|claim| claim.about == About::Failure).map(|claim| claim.grade);
    let sure = match grade {
        Some(grade) if grade != Confidence::Observed => format!(" ({})", grade.as_str()),
        _ => String::new(),
    };
    // The values of a response that is not in the file are not shown as if they were.
    let is_recorded = call.exchanges.last().is_none_or(|last| last.response().is_some());
    Some(if is_recorded {
        format!("{id}{sure}: {failure}.")
    } else {
        format!("{id}{sure}: {}.", id.meaning())
    })
}

fn next(call: &JudgedCall, printer: &Printer) {
    if let Some(Outcome::Blocked(blocked)) = call.verdict.as_ref().map(|verdict| &verdict.outcome)
        && call.exchanges.last().is_some_and(|last| last.response().is_some())
    {
        further(&blocked.next, str::to_owned, printer);
    }
    for (index, (browser, failure)) in call.elsewhere.iter().enumerate() {
        if index == 0 {
            printer.gap();
        }
        let said =
            failure.map_or_else(|| "lets it through".to_owned(), |id| format!("{id}: {}.", id.meaning()));
        printer.paragraph(&browser.to_string(), &said);
    }
}

fn claims(call: &JudgedCall, printer: &Printer) {
    printer.gap();
    printer.line("How sure this is:");
    for claim in &call.claims {
        let first = format!("  {:<12}{:<9} ", claim.about, claim.grade.as_str());
        printer.indented(&first, &format!("{} ({})", claim.says, claim.because));
    }
}

/// What was recorded, in time.
fn exchange(call: &JudgedCall, verbose: bool, printer: &Printer) {
    if call.exchanges.is_empty() {
        return;
    }
    printer.gap();
    let says = format!("fetch {}", call.method);
    let server = shown_url(&call.url)[..Position::BeforePath].to_owned();
    let lanes = Lanes::of(&page(call), &call.browser.to_string(), &server, &says, printer);
    let shown = Shown { verbose };
    let mut entries = Vec::new();
    for (index, exchange) in call.exchanges.iter().enumerate() {
        let kind = match exchange.request.kind {
            RequestKind::Preflight => "asked for permission",
            RequestKind::Actual if index == 0 => "sent it",
            RequestKind::Actual => "went on, and sent it",
        };
        entries.push(Entry::Decision(kind.to_owned()));
        let goes_elsewhere = exchange.request.url.origin() != call.url.origin();
        sent(&exchange.request, goes_elsewhere || verbose, shown, &mut entries);
        match &exchange.seen {
            Seen::Response { response, .. } => {
                let evidence: Vec<&Evidence> = call
                    .diagnosis
                    .iter()
                    .flat_map(|diagnosis| &diagnosis.evidence)
                    .filter(|evidence| evidence.exchange == index)
                    .collect();
                answered(None, response, &evidence, shown, &mut entries);
            }
            Seen::Nothing { message, .. } => entries.push(Entry::Nothing(message.clone())),
        }
    }
    lanes.rows(&Arrow::Out.of(vec![says]), &entries);
    let (result, decision) = end(call);
    lanes.rows(&Arrow::Back.of(vec![result]), &[Entry::Decision(decision)]);
}

/// What the page got, and what the browser did last.
fn end(call: &JudgedCall) -> (String, String) {
    let status = call.exchanges.last().and_then(|last| last.response()).map(|response| response.status);
    match (call.conclusion, call.verdict.as_ref().map(|verdict| &verdict.outcome)) {
        (Conclusion::Blocked, Some(Outcome::Blocked(blocked))) => {
            let method = corsac::normalize_method(&call.method);
            let effect = match &call.diagnosis {
                Some(diagnosis) => diagnosis.side_effects.clone(),
                None if blocked.request_reached_server => format!(
                    "the {method} reached the server and may have had its effect; the page cannot see the answer"
                ),
                None => format!("the {method} itself was never sent"),
            };
            ("TypeError".to_owned(), format!("stopped: {effect}"))
        }
        (Conclusion::Blocked, _) => ("TypeError".to_owned(), "stopped".to_owned()),
        (Conclusion::Unreachable, _) => ("TypeError".to_owned(), "stopped: there was no answer".to_owned()),
        (Conclusion::Allowed | Conclusion::NotCors, _) => {
            let status = status.map_or_else(|| "an answer".to_owned(), |status| format!("status {status}"));
            (status, "handed the answer to the page".to_owned())
        }
        (Conclusion::Unclear, _) => ("?".to_owned(), "the file does not tell how it ended".to_owned()),
    }
}
