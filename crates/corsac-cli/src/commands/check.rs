//! `corsac check`: one call as a browser makes it, and what it concludes.

use std::time::Duration;

use corsac_diagnosis::{Cause, Told};
use corsac_probe::{CheckOptions, Client, ClientOptions, Timeouts, check};

use crate::args::Check;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::Printer;
use crate::report::{self, Word};

pub(crate) fn run(arguments: &Check, printer: &Printer) -> Result<Exit, Complaint> {
    let (page, note) = arguments.call.page();
    let call = arguments.call.call()?;
    if let Some(note) = note {
        printer.note(note);
    }
    let options = ClientOptions {
        insecure: arguments.insecure,
        resolve: arguments.resolve.clone(),
        timeouts: timeouts(arguments.timeout),
        ..ClientOptions::default()
    };
    let client = Client::new(options).map_err(|error| Complaint::new(error.to_string(), error.remedy()))?;
    let options = CheckOptions {
        browser: arguments.call.browser,
        stack: arguments.stack,
        told: Told {
            page_address_space: arguments.page_address_space,
            reads: arguments.read_header.clone(),
            page_csp: (!arguments.page_csp.is_empty()).then(|| arguments.page_csp.join(", ")),
            ..Told::default()
        },
        other_engines: !arguments.no_extra_requests,
        questions: !arguments.no_extra_requests,
    };
    let report = super::runtime()?.block_on(check(&client, &page, &call, &options));
    if arguments.json {
        printer.line(report::json(&report, &page, &call));
    } else {
        report::human(&report, &page, &call, arguments.verbose, printer);
    }
    Ok(match Word::of(&report) {
        // The call passes, and what the page reads of it does not.
        Word::Allowed if report.diagnosis.cause == Some(Cause::HeaderNotExposed) => Exit::Blocked,
        Word::Allowed | Word::NotCors => Exit::AsHoped,
        Word::Blocked => Exit::Blocked,
        Word::Unreachable => Exit::Unreachable,
    })
}

/// No phase may take longer than the whole.
fn timeouts(seconds: u64) -> Timeouts {
    let total = Duration::from_secs(seconds);
    let usual = Timeouts::default();
    Timeouts {
        connect: usual.connect.min(total),
        head: usual.head.min(total),
        body: usual.body.min(total),
        total,
    }
}
