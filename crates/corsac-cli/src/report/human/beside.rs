//! What was sent beside the call: for the sake of other engines, and to tell causes apart.

use corsac_browser::RequestKind;
use corsac_probe::{Report, Step};

use super::body::of_the_body;
use super::{Shown, status_line};
use crate::printer::{Printer, Tone};
use crate::report::{host, shown, shown_url, target};

pub(super) fn beside(report: &Report, verbose: bool, printer: &Printer) {
    for extra in &report.extras {
        printer.gap();
        let reasons: Vec<String> = extra.step.preflight_reasons.iter().map(ToString::to_string).collect();
        let what = match extra.step.request.kind {
            RequestKind::Preflight => format!("would also ask for permission ({})", reasons.join("; ")),
            RequestKind::Actual => "would send this instead".to_owned(),
        };
        let what = format!("{what}, so it was sent as well; the verdict at the top does not hang on it");
        printer.paragraph(&extra.browser.to_string(), &what);
        request(printer, &extra.step, Shown { verbose });
        response(printer, &extra.step, Shown { verbose });
    }
    asked(report, verbose, printer);
}

/// What was asked beside the call: a line each, and all of it for who wants to see.
fn asked(report: &Report, verbose: bool, printer: &Printer) {
    for (index, asked) in report.asked.iter().enumerate() {
        if index == 0 || verbose {
            printer.gap();
        }
        let lead = if index == 0 { "also asked, to tell causes apart: " } else { "and " };
        printer.paragraph("corsac", &format!("{lead}{}", asked.question.purpose()));
        if verbose {
            request(printer, &asked.step, Shown { verbose });
            response(printer, &asked.step, Shown { verbose });
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

fn request(printer: &Printer, step: &Step, shown_of: Shown) {
    let request = &step.request;
    printer.line(format!("  > {} {}", Tone::Strong.paint(&request.method), target(&shown_url(&request.url))));
    printer.line(format!("  > Host: {}", host(&request.url)));
    for (name, value) in request.headers.iter().filter(|(name, _)| shown_of.request_header(name)) {
        printer.indented("  > ", &format!("{name}: {}", shown(name, value)));
    }
}

fn response(printer: &Printer, step: &Step, shown_of: Shown) {
    let reply = match &step.result {
        Ok(reply) => reply,
        Err(unreachable) => {
            return printer.line(format!("  {} {}", Tone::Bad.paint("x"), unreachable.message));
        }
    };
    printer.line(format!("  < {} {}", reply.version, Tone::Strong.paint(status_line(reply.response.status))));
    for (name, value) in reply.response.headers.iter().filter(|(name, _)| shown_of.response_header(name)) {
        printer.indented("  < ", &format!("{name}: {}", shown(name, value)));
    }
    if let Some(words) = of_the_body(reply.body.problem, &reply.response) {
        printer.indented("  ! ", &words);
    }
}
