//! `corsac har`: every cross-origin call of a recording, judged again.

use std::io::Read as _;
use std::path::Path;

use corsac_diagnosis::har::{Options, Recording, judge};

use crate::args::Har;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::input::PageOrigin;
use crate::printer::Printer;
use crate::report::har::{self as report, Row};

pub(crate) fn run(arguments: &Har, printer: &Printer) -> Result<Exit, Complaint> {
    let file = name(&arguments.file);
    let bytes = read(&arguments.file)?;
    let recording =
        Recording::read(&bytes).map_err(|error| Complaint::new(format!("{file} {error}"), error.remedy()))?;
    drop(bytes);
    if let Some(PageOrigin { origin, cut_from: Some(typed) }) = &arguments.origin {
        printer.note(format!("the origin of {typed} is {origin}"));
    }
    let options = Options {
        origin: arguments.origin.as_ref().map(|given| given.origin.clone()),
        browser: arguments.browser,
        stack: arguments.stack,
    };
    let calls = judge(&recording, &options);
    let has_failed = calls.iter().any(|call| call.has_failed());
    report::notes(&recording, printer);
    if let Some(number) = arguments.entry {
        let call = calls.iter().find(|call| call.number == number).ok_or_else(|| {
            Complaint::new(
                format!("--entry: {file} has no call {number}"),
                match calls.len() {
                    0 => "it has none at all".to_owned(),
                    most => {
                        format!("write a number from 1 to {most}; without --entry, there is a table of them")
                    }
                },
            )
        })?;
        let row = Row::alone(call);
        if arguments.json {
            printer.line(report::json(&file, &recording, &calls, &[row]));
        } else {
            report::details(&row, arguments.verbose, printer);
        }
        return Ok(if call.has_failed() { Exit::Blocked } else { Exit::AsHoped });
    }
    let rows = Row::merged(&calls, arguments.all);
    if arguments.json {
        printer.line(report::json(&file, &recording, &calls, &rows));
    } else {
        report::table(&file, &recording, &calls, &rows, printer);
    }
    Ok(if has_failed { Exit::Blocked } else { Exit::AsHoped })
}

fn name(file: &Path) -> String {
    if file.as_os_str() == "-" { "stdin".to_owned() } else { file.display().to_string() }
}

fn read(file: &Path) -> Result<Vec<u8>, Complaint> {
    let cannot = |error: std::io::Error| {
        let remedy = if file.is_dir() {
            "it is a folder: name the file in it"
        } else {
            "name a HAR file, or - for stdin"
        };
        Complaint::new(format!("{} cannot be read: {error}", name(file)), remedy)
    };
    if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(cannot)?;
        return Ok(bytes);
    }
    std::fs::read(file).map_err(cannot)
}
