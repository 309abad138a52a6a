//! `corsac explain`: what a console's message means, or one of Corsac's own identifiers.
//!
//! Reads what was typed or pasted, and prints; messages and pages are the diagnosis's.

mod human;
mod json;

use std::io::{self, IsTerminal as _, Read as _};

use corsac_diagnosis::console::{self, MAX_LENGTH};
use corsac_diagnosis::pages::{self, Page};
use corsac_gateway::config::{Code, nearest};

use crate::args::Explain;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::Printer;

const WHAT_TO_PASTE: &str = "paste the line from the browser's console, quotation marks around it; or name one of the \
     identifiers that `corsac explain` lists";

pub(crate) fn run(arguments: &Explain, printer: &Printer) -> Result<Exit, Complaint> {
    let Some(text) = text(arguments)? else {
        if arguments.json {
            printer.line(json::list());
        } else {
            human::list(printer);
        }
        return Ok(Exit::AsHoped);
    };
    if text.trim().is_empty() {
        return Err(Complaint::new("there is nothing to explain", WHAT_TO_PASTE));
    }
    let word = Some(text.trim()).filter(|word| is_identifier(word));
    if let Some(found) = word.and_then(Found::named) {
        found.show(arguments.json, printer);
        return Ok(Exit::AsHoped);
    }
    let messages = console::read(&text);
    if let Some(word) = word.filter(|_| messages.is_empty()) {
        return Err(unknown(word));
    }
    if messages.is_empty() {
        return Err(unread(&text));
    }
    if arguments.json {
        printer.line(json::messages(&messages));
    } else {
        human::messages(&messages, printer);
    }
    Ok(Exit::AsHoped)
}

/// What was typed, or what comes on stdin where that is not a person's keyboard; nothing if neither.
fn text(arguments: &Explain) -> Result<Option<String>, Complaint> {
    match &arguments.words[..] {
        [] if io::stdin().is_terminal() => Ok(None),
        [] => stdin().map(|text| Some(text).filter(|text| !text.trim().is_empty())),
        [dash] if dash == "-" => stdin().map(Some),
        words => Ok(Some(words.join(" "))),
    }
}

fn stdin() -> Result<String, Complaint> {
    let mut bytes = Vec::new();
    let limit = MAX_LENGTH as u64 + 1;
    io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(|error| {
        Complaint::new(format!("stdin cannot be read: {error}"), "paste the message as an argument")
    })?;
    if bytes.len() > MAX_LENGTH {
        return Err(Complaint::new(
            "that is more than 4 MiB",
            "pass the lines around the error alone, for example through grep -C 3 CORS",
        ));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// One word of letters, digits and hyphens, as identifiers are.
fn is_identifier(text: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'))
}

/// What an identifier is of.
enum Found {
    /// What the diagnosis has pages of.
    Pages(Vec<&'static Page>),
    /// What only the gateway says, about its file.
    OfAFile(Code),
}

impl Found {
    fn named(typed: &str) -> Option<Self> {
        let wanted = typed.to_ascii_lowercase().replace('_', "-");
        let pages = pages::named(&wanted);
        if !pages.is_empty() {
            return Some(Self::Pages(pages));
        }
        Code::ALL.iter().copied().find(|code| code.as_str() == wanted).map(Self::OfAFile)
    }

    fn show(&self, json: bool, printer: &Printer) {
        match self {
            Self::Pages(pages) if json => printer.line(json::pages(pages)),
            Self::OfAFile(code) if json => printer.line(json::code_of_a_file(*code)),
            Self::OfAFile(code) => human::code_of_a_file(*code, printer),
            Self::Pages(pages) => {
                for (index, page) in pages.iter().enumerate() {
                    if index > 0 {
                        printer.line("");
                    }
                    human::page(page, printer);
                }
            }
        }
    }
}

/// A text without a message in it; one of Firefox's own language is likely where CORS is spoken of.
fn unread(text: &str) -> Complaint {
    let speaks_of_cors =
        ["cors", "access-control-"].iter().any(|word| text.to_ascii_lowercase().contains(word));
    if !speaks_of_cors {
        return Complaint::new("there is no message of a browser's console in that text", WHAT_TO_PASTE);
    }
    Complaint::new(
        "that speaks of CORS, but is no message of a browser's console that is known here: they are read in English",
        "paste the whole line from the console; where the browser speaks another language, `corsac check URL --origin \
         ORIGIN` makes the same call, and says why it fails",
    )
}

fn unknown(typed: &str) -> Complaint {
    let known = pages::all().iter().map(Page::id).chain(Code::ALL.iter().map(|code| code.as_str()));
    let remedy = match nearest(typed, known) {
        Some(meant) => format!("did you mean `{meant}`? `corsac explain` lists them all"),
        None => WHAT_TO_PASTE.to_owned(),
    };
    Complaint::new(format!("`{typed}` is none of Corsac's identifiers, and no console's message"), remedy)
}
