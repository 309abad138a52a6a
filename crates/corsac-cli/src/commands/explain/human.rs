//! Messages and pages for a person.

use corsac_diagnosis::Cause;
use corsac_diagnosis::console::{Message, Settles, Slot};
use corsac_diagnosis::pages::{self, Family, Page};
use corsac_gateway::config::Code;

use crate::printer::{Printer, Tone, plain};

/// How many failures are told in full.
const TOLD: usize = 4;

/// What consoles said, call by call.
pub(super) fn messages(messages: &[Message], printer: &Printer) {
    for (index, message) in messages.iter().enumerate() {
        if index > 0 {
            printer.line("");
        }
        let times = match message.count {
            1 => String::new(),
            count => format!("  {count} times"),
        };
        printer.line(format!("{}{times}", Tone::Strong.paint(message.source.title())));
        failures(message, printer);
        for (label, value) in values(message) {
            printer.paragraph(label, value);
        }
        let is_other = |cause: &&Cause| message.failures.iter().all(|id| id.as_str() != cause.as_str());
        for (index, cause) in message.causes.iter().filter(is_other).enumerate() {
            printer.paragraph(if index == 0 { "perhaps" } else { "" }, &meant(*cause));
        }
        if let Some(older) = message.older {
            printer.paragraph("wording", &format!("that of {older}"));
        }
        settles(message, printer);
        for note in &message.notes {
            printer.note(note);
        }
    }
}

fn failures(message: &Message, printer: &Printer) {
    if !message.says_why() {
        if message.fails {
            printer.paragraph("says", "that a call failed, and not why");
        }
        return;
    }
    let told = if message.failures.len() == TOLD + 1 { TOLD + 1 } else { TOLD };
    for (index, failure) in message.failures.iter().take(told).enumerate() {
        let label = if index == 0 { "failure" } else { "or" };
        printer.paragraph(label, &format!("{failure}: {}", failure.meaning()));
    }
    let rest: Vec<&str> = message.failures.iter().skip(told).map(|failure| failure.as_str()).collect();
    if !rest.is_empty() {
        printer.paragraph("or", &rest.join(", "));
    }
}

fn meant(cause: Cause) -> String {
    format!("{cause}: {}", cause.meaning())
}

/// The values worth a line, with a short name each.
fn values(message: &Message) -> impl Iterator<Item = (&'static str, &str)> {
    message.values.iter().filter_map(|(slot, value)| {
        let label = match slot {
            Slot::Origin | Slot::Page => "page",
            Slot::Url => "url",
            Slot::FirstUrl => "called",
            Slot::Target => "leads to",
            Slot::Method => "method",
            Slot::Header => "header",
            Slot::Status => "status",
            Slot::AllowOrigin => "allowed",
            Slot::AllowCredentials => "says",
            Slot::Token => "token",
            Slot::Value => "value",
            Slot::AddressSpace => "space",
            Slot::DeclaredSpace => "declared",
            Slot::Port => "port",
            Slot::Directive => "directive",
            Slot::Error if value != "ERR_FAILED" => "error",
            _ => return None,
        };
        Some((label, if value.is_empty() { "(empty)" } else { value }))
    })
}

fn settles(message: &Message, printer: &Printer) {
    match &message.settles {
        Settles::Look(text) => printer.paragraph("look", text),
        Settles::Command(command) => {
            let what = if message.failures.len() > 1 { "says which it is, and why" } else { "says why" };
            printer.paragraph("settle", &format!("this makes the same call, and {what}:"));
            // Whole, however long: it is there to be copied.
            printer.line(format!("    {}", Tone::Hint.paint(plain(&command.line))));
            for blank in &command.blanks {
                let what = if *blank == "URL" { "the URL that was called" } else { "your page's origin" };
                printer.paragraph("", &format!("Write {what} for {blank}: the message does not tell it."));
            }
            for note in &command.notes {
                printer.paragraph("", note);
            }
        }
    }
    let first = message.failures.first().map(|failure| failure.as_str());
    if let Some(id) = first.or(message.causes.first().map(|cause| cause.as_str())) {
        printer.paragraph("more", &format!("corsac explain {id}"));
    }
}

/// The page of an identifier.
pub(super) fn page(page: &Page, printer: &Printer) {
    printer.line(format!("{}  {}", Tone::Strong.paint(page.id()), kind(page.family())));
    printer.indented("", page.meaning());
    printer.line("");
    printer.indented("", page.about());
    printer.line("");
    match page.example() {
        [story] if page.mended().is_empty() => printer.paragraph("example", story),
        [] => {}
        lines => code("example", lines, printer),
    }
    for (browser, lines) in page.consoles() {
        for (index, line) in lines.lines().enumerate() {
            printer.paragraph(if index == 0 { browser.as_str() } else { "" }, line);
        }
    }
    printer.line("");
    printer.paragraph("fix", page.fix());
    if !page.mended().is_empty() {
        code("mended", page.mended(), printer);
    }
    printer.line("");
    printer.paragraph("see also", &page.see().join(", "));
    if let Some(spec) = page.spec() {
        printer.paragraph("standard", spec);
    }
}

fn kind(family: Family) -> String {
    format!("{}: {}", family.as_str(), family.title())
}

fn code(label: &str, lines: &[String], printer: &Printer) {
    for (index, line) in lines.iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        printer.line(format!("{}{}", Tone::Quiet.paint(format!("{label:<10}")), plain(line)));
    }
}

/// The page of a code that is the gateway's own.
pub(super) fn code_of_a_file(code: Code, printer: &Printer) {
    printer.line(format!("{}  a finding about a gateway's file", Tone::Strong.paint(code.as_str())));
    printer.indented("", code.meaning());
    printer.line("");
    printer.paragraph("fix", "`corsac lint FILE` tells the line, and what to write there.");
}

/// Every identifier, family by family.
pub(super) fn list(printer: &Printer) {
    let ids = pages::all().iter().map(Page::id).chain(Code::ALL.iter().map(|code| code.as_str()));
    let widest = ids.map(str::len).max().unwrap_or_default();
    // One line each, however long, so that it can be searched.
    let line = |id: &str, meaning: &str| printer.line(format!("  {id:<widest$}  {meaning}"));
    for family in Family::ALL {
        printer.line(Tone::Strong.paint(kind(family)));
        for page in pages::all().iter().filter(|page| page.family() == family) {
            line(page.id(), page.meaning());
        }
        printer.line("");
    }
    printer.line(Tone::Strong.paint("file: what is wrong or unwise in a gateway's file"));
    for code in Code::ALL {
        line(code.as_str(), code.meaning());
    }
}
