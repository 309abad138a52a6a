//! The call in time: what the page did, what the browser made of it, and what crossed to the server.
//!
//! Prints what happened; decides nothing.

use corsac_browser::{Call, CredentialsMode, Page, RequestKind, WireRequest, WireResponse};
use corsac_diagnosis::{Evidence, Part, Reached};
use corsac_probe::{Report, Step};
use url::Position;

use super::body::of_the_body;
use super::evidence::spelled;
use super::lanes::{Arrow, Entry, Lanes};
use super::{Shown, status_line};
use crate::printer::{Printer, visible};
use crate::report::{host, shown, shown_url, target};

/// Prints the call from its beginning to its end.
pub(super) fn timeline(report: &Report, page: &Page, call: &Call, verbose: bool, printer: &Printer) {
    let mut calls = vec![format!("fetch {}", visible(&call.method))];
    if call.credentials != CredentialsMode::SameOrigin {
        calls.push(format!("credentials {}", call.credentials));
    }
    let server = shown_url(&call.url)[..Position::BeforePath].to_owned();
    let lanes = Lanes::of(&page.origin.to_string(), &report.browser.to_string(), &server, &calls[0], printer);
    let mut entries: Vec<Entry> = (report.verdict.dropped_headers.iter())
        .map(|dropped| Entry::Decision(format!("drops the header {} ({})", dropped.name, dropped.reason)))
        .collect();
    let mut known = host(&call.url);
    for (index, step) in report.steps.iter().enumerate() {
        entries.push(Entry::Decision(before(step, index)));
        let evidence: Vec<&Evidence> =
            report.diagnosis.evidence.iter().filter(|evidence| evidence.exchange == index).collect();
        let goes_elsewhere = std::mem::replace(&mut known, host(&step.request.url)) != known;
        sent(&step.request, goes_elsewhere || verbose, Shown { verbose }, &mut entries);
        received(step, &evidence, Shown { verbose }, &mut entries);
    }
    lanes.rows(&Arrow::Out.of(calls), &entries);
    let (result, decision) = end(report);
    lanes.rows(&Arrow::Back.of(vec![result]), &[Entry::Decision(decision)]);
}

fn before(step: &Step, index: usize) -> String {
    match step.request.kind {
        RequestKind::Preflight => {
            let reasons: Vec<String> = step.preflight_reasons.iter().map(ToString::to_string).collect();
            format!("asks for permission first: {}", reasons.join("; "))
        }
        RequestKind::Actual if index == 0 => "sends it at once: no preflight is needed".to_owned(),
        RequestKind::Actual => "goes on, and sends it".to_owned(),
    }
}

/// A request that crosses.
pub(crate) fn sent(request: &WireRequest, with_host: bool, shown_of: Shown, entries: &mut Vec<Entry>) {
    let line = |text| Entry::Line { sign: '>', text };
    let text = format!("{} {}", request.method, target(&shown_url(&request.url)));
    entries.push(Entry::Crossing { sign: '>', text });
    // A recording may have it among the others.
    if with_host && !(shown_of.verbose && request.headers.contains("host")) {
        entries.push(line(format!("Host: {}", host(&request.url))));
    }
    let headers = request.headers.iter().filter(|(name, _)| shown_of.request_header(name));
    entries.extend(headers.map(|(name, value)| line(format!("{name}: {}", shown(name, value)))));
}

fn received(step: &Step, evidence: &[&Evidence], shown_of: Shown, entries: &mut Vec<Entry>) {
    let reply = match &step.result {
        Ok(reply) => reply,
        Err(unreachable) => return entries.push(Entry::Nothing(unreachable.message.clone())),
    };
    answered(Some(&reply.version.to_string()), &reply.response, evidence, shown_of, entries);
    entries.extend(of_the_body(reply.body.problem, &reply.response).map(Entry::Decision));
}

/// A response that comes back.
pub(crate) fn answered(
    version: Option<&str>,
    response: &WireResponse,
    evidence: &[&Evidence],
    shown_of: Shown,
    entries: &mut Vec<Entry>,
) {
    let line = |text| Entry::Line { sign: '<', text };
    let version = version.map_or_else(String::new, |version| format!("{version} "));
    entries.push(Entry::Crossing { sign: '<', text: format!("{version}{}", status_line(response.status)) });
    for (name, value) in response.headers.iter() {
        let part = Part::Header(name.to_ascii_lowercase());
        if shown_of.response_header(name) || evidence.iter().any(|one| one.part == part) {
            entries.push(line(format!("{name}: {}", shown(name, value))));
        }
    }
    for one in evidence {
        if let Part::NoHeader(name) = &one.part {
            entries.push(line(format!("(no {})", spelled(name))));
        }
    }
}

/// What the page gets, and what the browser did last.
fn end(report: &Report) -> (String, String) {
    let diagnosis = &report.diagnosis;
    if report.verdict.is_allowed() && diagnosis.stopped_before.is_none() {
        let status = report.verdict.readable().and_then(|readable| readable.status);
        return match status {
            Some(status) => (format!("status {status}"), "hands the answer to the page".to_owned()),
            None => {
                ("status 0".to_owned(), "hands the page a response that tells nothing (status 0)".to_owned())
            }
        };
    }
    let is_sent_from_here = diagnosis.stopped_before.is_some() && diagnosis.reached == Reached::No;
    let remark = if is_sent_from_here { "; it was sent from here, to see what the server says" } else { "" };
    ("TypeError".to_owned(), format!("stops: {}{remark}", diagnosis.side_effects))
}
