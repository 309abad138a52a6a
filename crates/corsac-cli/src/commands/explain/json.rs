//! Messages and pages as JSON, version 1. The shape is a promise: fields are added, never renamed or removed.

use std::collections::BTreeMap;

use corsac_diagnosis::console::{Message, Settles};
use corsac_diagnosis::pages::{self, Page};
use corsac_gateway::config::Code;
use serde::Serialize;

#[cfg(test)]
use crate::schema;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Messages<'a> {
    #[cfg_attr(test, schemars(schema_with = "schema::version"))]
    version: u8,
    messages: Vec<MessageEntry<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct MessageEntry<'a> {
    #[cfg_attr(test, schemars(schema_with = "schema::identifier"))]
    engine: &'static str,
    text: &'a str,
    older: Option<&'static str>,
    count: usize,
    #[cfg_attr(test, schemars(schema_with = "schema::failures"))]
    failures: Vec<&'static str>,
    #[cfg_attr(test, schemars(schema_with = "schema::identifiers"))]
    causes: Vec<&'static str>,
    values: BTreeMap<&'static str, &'a str>,
    command: Option<CommandEntry<'a>>,
    look: Option<&'static str>,
    notes: &'a [String],
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CommandEntry<'a> {
    line: &'a str,
    blanks: &'a [&'static str],
    notes: &'a [&'static str],
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Pages<'a> {
    #[cfg_attr(test, schemars(schema_with = "schema::version"))]
    version: u8,
    pages: Vec<PageEntry<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PageEntry<'a> {
    #[cfg_attr(test, schemars(schema_with = "schema::identifier"))]
    id: &'static str,
    #[cfg_attr(test, schemars(schema_with = "schema::identifier"))]
    family: &'static str,
    meaning: &'a str,
    about: &'a str,
    example: &'a [String],
    consoles: BTreeMap<&'static str, Vec<&'a str>>,
    fix: &'a str,
    mended: &'a [String],
    see: &'a [String],
    spec: Option<&'static str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct List {
    #[cfg_attr(test, schemars(schema_with = "schema::version"))]
    version: u8,
    identifiers: Vec<Identifier>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Identifier {
    #[cfg_attr(test, schemars(schema_with = "schema::identifier"))]
    id: &'static str,
    #[cfg_attr(test, schemars(schema_with = "schema::identifier"))]
    family: &'static str,
    meaning: String,
}

fn text(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document)
        .unwrap_or_else(|error| format!("{{\"version\":1,\"error\":\"{error}\"}}"))
}

/// What consoles said.
pub(super) fn messages(messages: &[Message]) -> String {
    text(&Messages { version: 1, messages: messages.iter().map(message_entry).collect() })
}

fn message_entry(message: &Message) -> MessageEntry<'_> {
    let (command, look) = match &message.settles {
        Settles::Command(command) => {
            let entry = CommandEntry { line: &command.line, blanks: &command.blanks, notes: &command.notes };
            (Some(entry), None)
        }
        Settles::Look(text) => (None, Some(*text)),
    };
    MessageEntry {
        engine: message.source.as_str(),
        text: &message.text,
        older: message.older,
        count: message.count,
        failures: message.failures.iter().map(|failure| failure.as_str()).collect(),
        causes: message.causes.iter().map(|cause| cause.as_str()).collect(),
        values: message.values.iter().map(|(slot, value)| (slot.as_str(), value)).collect(),
        command,
        look,
        notes: &message.notes,
    }
}

/// The pages of an identifier.
pub(super) fn pages(pages: &[&Page]) -> String {
    text(&Pages { version: 1, pages: pages.iter().map(|page| page_entry(page)).collect() })
}

fn page_entry(page: &Page) -> PageEntry<'_> {
    PageEntry {
        id: page.id(),
        family: page.family().as_str(),
        meaning: page.meaning(),
        about: page.about(),
        example: page.example(),
        consoles: page
            .consoles()
            .iter()
            .map(|(browser, lines)| (browser.as_str(), lines.lines().collect()))
            .collect(),
        fix: page.fix(),
        mended: page.mended(),
        see: page.see(),
        spec: page.spec(),
    }
}

/// The page of a code that is the gateway's own.
pub(super) fn code_of_a_file(code: Code) -> String {
    text(&List { version: 1, identifiers: vec![identifier(code)] })
}

fn identifier(code: Code) -> Identifier {
    Identifier { id: code.as_str(), family: "file", meaning: code.meaning().to_owned() }
}

/// Every identifier.
pub(super) fn list() -> String {
    let pages = pages::all().iter().map(|page| Identifier {
        id: page.id(),
        family: page.family().as_str(),
        meaning: page.meaning().to_owned(),
    });
    let codes = Code::ALL.iter().map(|code| identifier(*code));
    text(&List { version: 1, identifiers: pages.chain(codes).collect() })
}

/// What is printed is one of these.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(untagged, title = "corsac explain --json")]
#[expect(dead_code, reason = "it has a schema, and is never made")]
enum Document<'a> {
    /// Of console lines.
    Messages(Messages<'a>),
    /// Of an identifier.
    Pages(Pages<'a>),
    /// Of nothing: every identifier.
    List(List),
}

#[cfg(test)]
#[test]
fn the_schema_is_the_one_that_is_kept() {
    schema::assert_kept::<Document<'_>>("explain");
}
