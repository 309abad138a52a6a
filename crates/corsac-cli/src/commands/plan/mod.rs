//! `corsac plan`: what a browser would send, and the same as curl lines, without the network.
//!
//! Every answer is taken to grant what was asked for.

mod json;

use std::time::Duration;

use corsac_browser::{Next, Pending, PreflightCache, RequestKind, WireRequest, fetch};

use crate::args::Plan;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::{Printer, Tone};
use crate::report;

pub(crate) fn run(arguments: &Plan, printer: &Printer) -> Result<Exit, Complaint> {
    let (page, note) = arguments.call.page();
    let call = arguments.call.call()?;
    if let Some(note) = note {
        printer.note(note);
    }
    let mut cache = PreflightCache::new();
    let mut next = fetch(&page, &call, arguments.call.browser, &mut cache, Duration::ZERO);
    let mut first = true;
    let mut requests = Vec::new();
    loop {
        match next {
            Next::Send(pending) => {
                if arguments.json {
                    requests.push(json::PlannedRequest::of(&pending, curl(pending.request())));
                } else {
                    if !first {
                        printer.line("");
                    }
                    show(&pending, printer);
                }
                first = false;
                let answer = pending.request().granted();
                next = pending.receive(answer, &mut cache, Duration::ZERO);
            }
            Next::Done(verdict) if arguments.json => {
                let exit = if verdict.failure().is_some() { Exit::Blocked } else { Exit::AsHoped };
                printer.line(json::json(page.origin.to_string(), requests, &verdict));
                return Ok(exit);
            }
            Next::Done(verdict) => {
                for dropped in &verdict.dropped_headers {
                    printer
                        .note(format!("the browser drops the header {} ({})", dropped.name, dropped.reason));
                }
                let Some(failure) = verdict.failure() else { return Ok(Exit::AsHoped) };
                printer.led(Tone::Bad, "BLOCKED  ", 9, &format!("{}: {failure}", failure.id));
                printer.line("Nothing would be sent.");
                return Ok(Exit::Blocked);
            }
        }
    }
}

fn show(pending: &Pending, printer: &Printer) {
    let request = pending.request();
    match request.kind {
        RequestKind::Preflight => {
            printer.line(Tone::Strong.paint("The browser asks for permission first (preflight), because"));
            for reason in pending.preflight_reasons() {
                printer.indented("  ", &reason.to_string());
            }
        }
        RequestKind::Actual => printer.line(Tone::Strong.paint("The browser sends the call itself")),
    }
    printer.line("");
    printer.line(format!("  {} {}", request.method, report::target(&request.url)));
    printer.line(format!("  Host: {}", report::host(&request.url)));
    for (name, value) in request.headers.iter() {
        printer.line(format!("  {name}: {}", String::from_utf8_lossy(value)));
    }
    printer.line("");
    printer.line(format!("  {}", Tone::Hint.paint(curl(request))));
}

/// The same request by hand. The headers every browser sends anyway are left out: they change nothing here.
fn curl(request: &WireRequest) -> String {
    let mut words = vec!["curl -i".to_owned()];
    match request.method.as_str() {
        "GET" => {}
        "HEAD" => words.push("-I".to_owned()),
        method => words.push(format!("-X {}", quote(method))),
    }
    words.push(quote(request.url.as_str()));
    for (name, value) in request.headers.iter() {
        let lower = name.to_ascii_lowercase();
        let usual = ["accept", "accept-encoding", "accept-language", "user-agent", "referer"];
        if usual.contains(&lower.as_str()) || lower.starts_with("sec-fetch-") {
            continue;
        }
        words.push(format!("-H {}", quote(&format!("{name}: {}", String::from_utf8_lossy(value)))));
    }
    if !request.body.is_empty() {
        words.push(format!("--data-binary {}", quote(&String::from_utf8_lossy(&request.body))));
    }
    words.join(" ")
}

/// A word of a shell, whatever it holds.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
