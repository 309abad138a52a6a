//! Typed access to a tree that collects what is wrong instead of stopping at it.
//!
//! Knows values and places; what the keys mean is in the files of the formats.

use std::collections::HashSet;

use super::fault::{Fault, Place};
use super::node::{Node, Value};

/// One pass over a text.
#[derive(Default)]
pub(crate) struct Reader {
    pub(crate) faults: Vec<Fault>,
}

/// A text and where it stands.
pub(crate) type Entry = (String, Place);

impl Reader {
    pub(crate) fn fault(&mut self, place: Place, message: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Fault::new(place, message, help));
    }

    /// Refuses a key that stands twice in one table, wherever it is: which of the two counts is for its reader to say, and
    /// readers differ.
    pub(crate) fn no_key_twice(&mut self, documents: &[Node]) {
        for document in documents {
            document.walk(&mut |node| {
                let Value::Table(entries) = &node.value else { return };
                let mut seen = HashSet::new();
                for (key, name) in entries.iter().filter_map(|(key, _)| Some((key, key.text()?))) {
                    if !seen.insert(name) {
                        let message = format!("`{}` stands here twice.", name.escape_debug());
                        self.fault(key.place, message, "leave the one that counts");
                    }
                }
            });
        }
    }

    /// The entries of a table that has these keys and no others.
    pub(crate) fn entries<'a>(&mut self, node: &'a Node, keys: &[&str]) -> Vec<(&'a str, &'a Node)> {
        let Value::Table(entries) = &node.value else {
            self.wrong_kind(node, "a table of keys and values");
            return Vec::new();
        };
        let mut known: Vec<(&str, &Node)> = Vec::new();
        for (key, value) in entries {
            match key.text() {
                Some(name) if !keys.contains(&name) => {
                    let message = format!(
                        "`{}` is not read here, and might change what is allowed.",
                        name.escape_debug()
                    );
                    self.fault(
                        key.place,
                        message,
                        format!("take it out; what is read is {}", keys.join(", ")),
                    );
                }
                Some(_) if value.is_nothing() => {}
                Some(name) => known.push((name, value)),
                None => self.wrong_kind(key, "a key"),
            }
        }
        known
    }

    pub(crate) fn list<'a>(&mut self, node: &'a Node) -> &'a [Node] {
        match &node.value {
            Value::List(entries) => entries,
            _ => {
                self.wrong_kind(node, "a list");
                &[]
            }
        }
    }

    pub(crate) fn text(&mut self, node: &Node) -> Option<Entry> {
        match node.text() {
            Some(text) if !node.is_nothing() => Some((text.to_owned(), node.place)),
            _ => {
                self.wrong_kind(node, "a text");
                None
            }
        }
    }

    /// The texts of a list.
    pub(crate) fn texts(&mut self, node: &Node) -> Vec<Entry> {
        self.list(node).iter().filter_map(|entry| self.text(entry)).collect()
    }

    /// The texts between the commas of one text, each at the place of the whole.
    pub(crate) fn separated(&mut self, node: &Node) -> Vec<Entry> {
        let Some((text, place)) = self.text(node) else { return Vec::new() };
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| (part.to_owned(), place)).collect()
    }

    pub(crate) fn boolean(&mut self, node: &Node) -> Option<bool> {
        match &node.value {
            Value::Plain(text) if matches!(&**text, "true" | "True" | "TRUE") => Some(true),
            Value::Plain(text) if matches!(&**text, "false" | "False" | "FALSE") => Some(false),
            _ => {
                self.wrong_kind(node, "true or false");
                None
            }
        }
    }

    /// A whole number, in quotes or not.
    pub(crate) fn integer(&mut self, node: &Node) -> Option<i64> {
        let number = node.text().and_then(|text| text.parse().ok());
        if number.is_none() {
            self.wrong_kind(node, "a whole number");
        }
        number
    }

    /// That pages may call into private networks is nothing a policy says.
    pub(crate) fn no_private_network(&mut self, node: &Node) {
        if self.boolean(node) == Some(true) {
            let message = "A policy lets no page into private networks.";
            self.fault(node.place, message, "take it out if nobody needs it");
        }
    }

    /// Headers of the protocol that the text puts on responses by itself, beside the configuration: their names, in small
    /// letters, and their values.
    pub(crate) fn set_beside(documents: &[Node]) -> Vec<(String, &Node)> {
        let mut found = Vec::new();
        for document in documents {
            document.walk(&mut |node| {
                let name = ["key", "name"].iter().find_map(|key| node.get(key)).and_then(Node::text);
                let name = name.unwrap_or_default().to_ascii_lowercase();
                let is_ours = corsac::CORS_RESPONSE_HEADERS.contains(&&*name)
                    || name == "access-control-allow-private-network";
                let value = ["value", "raw_value", "rawValue"].iter().find_map(|key| node.get(key));
                found.extend(value.filter(|_| is_ours).map(|value| (name, value)));
            });
        }
        found
    }

    /// Refuses such a header.
    pub(crate) fn no_header_beside(&mut self, name: &str, value: &Node) {
        let message = format!("`{name}` is said here too, beside the configuration.");
        self.fault(value.place, message, "take it out, so that one place says who may call");
    }

    /// Refuses that what a server says about CORS is taken away again by the text: `key` lists what is.
    pub(crate) fn no_header_taken_away(&mut self, documents: &[Node], key: &str) {
        for document in documents {
            document.walk(&mut |node| {
                let Some(Value::List(names)) = node.get(key).map(|names| &names.value) else { return };
                for (place, name) in names.iter().filter_map(|name| Some((name.place, name.text()?))) {
                    if name.to_ascii_lowercase().starts_with("access-control-") {
                        let message = format!(
                            "`{}` is taken away here, beside the configuration.",
                            name.escape_debug()
                        );
                        self.fault(place, message, "take it out, so that one place says who may call");
                    }
                }
            });
        }
    }

    fn wrong_kind(&mut self, node: &Node, wanted: &str) {
        match &node.value {
            Value::Elsewhere(what) => {
                let message = format!("{what} stands here, whose value is said elsewhere.");
                self.fault(node.place, message, format!("write the value itself: {wanted}"));
            }
            _ => self.fault(node.place, format!("This should be {wanted}."), format!("write {wanted}")),
        }
    }
}
