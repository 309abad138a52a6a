//! `corsac lint`: what is wrong or unwise in the policies of a file, for people and for programs.

mod json;
mod sarif;
mod targets;

use std::io;

use corsac::Policy;
use corsac_export::{Target, target};
use corsac_gateway::config::{Finding, Lint, Severity};

use crate::args;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::{Printer, Tone};

pub(crate) fn run(arguments: &args::Lint, printer: &Printer) -> Result<Exit, Complaint> {
    let args::Lint { file, policy, .. } = arguments;
    let targets: Vec<&dyn Target> = arguments.target.iter().filter_map(|name| target(name)).collect();
    let ask = |policy: &Policy| targets.iter().flat_map(|target| targets::remarks(*target, policy)).collect();
    let lint = Lint::load_asking(file, &ask).map_err(|error| {
        let what = format!("{} cannot be read: {error}", file.display());
        Complaint::new(what, remedy(&error))
    })?;
    let lint = match policy {
        Some(policy) => lint
            .limited_to(policy)
            .map_err(|missing| Complaint::new(missing.to_string(), missing.remedy()))?,
        None => lint,
    };
    if arguments.json {
        printer.line(json::json(&lint, file, policy.as_deref()));
    } else if arguments.sarif {
        printer.line(sarif::sarif(&lint, file));
    } else {
        human(&lint, &name(arguments), printer);
    }
    let findings = lint.count(Severity::Error) + lint.count(Severity::Warning);
    Ok(if findings == 0 { Exit::AsHoped } else { Exit::Findings })
}

fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "pass the path of a file, as in corsac lint deploy/corsac.toml",
        io::ErrorKind::InvalidData => "save it as UTF-8",
        _ => "look at the permissions of the file and its folders",
    }
}

/// What was judged.
fn name(arguments: &args::Lint) -> String {
    let file = arguments.file.display();
    match &arguments.policy {
        Some(policy) => format!("{file}, policy {policy}"),
        None => file.to_string(),
    }
}

/// A finding as compilers show them: its first line and its help are broken where the terminal ends, the source is not.
fn show(finding: &Finding, printer: &Printer) {
    const HELP: &str = "   = help: ";
    let tone = match finding.severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Strong,
        Severity::Note => Tone::Hint,
    };
    let text = finding.to_string();
    for (index, line) in text.lines().enumerate() {
        match (line.split_once("]: "), line.strip_prefix(HELP)) {
            (Some((code, message)), _) if index == 0 => {
                printer.led(tone, &format!("{code}]: "), 2, message);
            }
            (_, Some(help)) => printer.led(Tone::Hint, HELP, HELP.len(), help),
            _ => printer.line(line),
        }
    }
}

fn human(lint: &Lint, name: &str, printer: &Printer) {
    for finding in lint.findings() {
        show(finding, printer);
        printer.line("");
    }
    let counts: Vec<String> = [
        (Severity::Error, Tone::Bad, "error"),
        (Severity::Warning, Tone::Strong, "warning"),
        (Severity::Note, Tone::Hint, "note"),
    ]
    .into_iter()
    .filter_map(|(severity, tone, word)| match lint.count(severity) {
        0 => None,
        1 => Some(tone.paint(format!("1 {word}"))),
        count => Some(tone.paint(format!("{count} {word}s"))),
    })
    .collect();
    if counts.is_empty() {
        printer.line(format!("{name}: {}", Tone::Good.paint("nothing to say")));
    } else {
        printer.line(format!("{name}: {}", counts.join(", ")));
    }
}
