//! JSON that says what a `CorsLayer` of tower-http was built with: one key a method of it.
//!
//! `docs/import.md` describes it. `"*"` is `Any`, `"mirror_request"` is that, and a list is a list.

use super::draft::Draft;
use super::node::{Node, Value};
use super::reader::{Entry, Reader};

const KEYS: &[&str] = &[
    "allow_origin",
    "allow_credentials",
    "allow_methods",
    "allow_headers",
    "expose_headers",
    "max_age",
    "allow_private_network",
    "vary",
];

/// The text itself, if it is one.
pub(crate) fn find(documents: &[Node]) -> Vec<&Node> {
    documents.iter().filter(|document| document.get("allow_origin").is_some()).collect()
}

/// What one key says.
enum Said {
    Any(super::fault::Place),
    Mirror(super::fault::Place),
    List(Vec<Entry>),
}

pub(crate) fn read(node: &Node, reader: &mut Reader) -> Draft {
    let mut draft = Draft::at(node.place);
    let entries = reader.entries(node, KEYS);
    let own = |key: &str| entries.iter().find(|(own, _)| *own == key).map(|(_, value)| *value);
    let credentials = own("allow_credentials").and_then(|value| Some((reader.boolean(value)?, value.place)));
    draft.credentials = credentials;
    let credentials = credentials.is_some_and(|(allowed, _)| allowed);
    for (key, value) in entries {
        match key {
            "allow_origin" => {
                draft.origins = match said(value, reader) {
                    Said::Any(place) | Said::Mirror(place) => vec![("*".to_owned(), place)],
                    Said::List(origins) => origins,
                };
                for (origin, place) in
                    draft.origins.iter().filter(|(origin, _)| origin.len() > 1 && origin.contains('*'))
                {
                    let message =
                        format!("`{origin}` stands for itself alone in tower-http, and no browser sends it.");
                    reader.fault(
                        *place,
                        message,
                        "list the origins; or write the policy yourself, which knows patterns",
                    );
                }
            }
            "allow_methods" => draft.methods = names(value, credentials, None, reader),
            "allow_headers" => draft.headers = names(value, credentials, Some("Authorization"), reader),
            "expose_headers" => draft.expose = names(value, credentials, None, reader),
            "max_age" => draft.max_age = reader.integer(value).map(|seconds| (seconds, value.place)),
            "allow_private_network" => reader.no_private_network(value),
            // A policy writes `Vary` itself, wherever its answer depends on something.
            _ => {}
        }
    }
    draft
}

/// Names of methods or headers. `beside` is what a mirror allows and a star does not.
fn names(value: &Node, credentials: bool, beside: Option<&str>, reader: &mut Reader) -> Vec<Entry> {
    match said(value, reader) {
        Said::Any(place) if credentials => {
            let message = "tower-http panics where `*` and credentials come together.";
            reader.fault(place, message, "list the names, or write \"mirror_request\"");
            Vec::new()
        }
        Said::Any(place) => vec![("*".to_owned(), place)],
        Said::Mirror(place) => {
            let star = ("*".to_owned(), place);
            let beside = beside.filter(|_| !credentials).map(|name| (name.to_owned(), place));
            std::iter::once(star).chain(beside).collect()
        }
        Said::List(names) => {
            if let Some((_, place)) = names.iter().find(|(name, _)| name == "*") {
                reader.fault(*place, "tower-http takes no `*` in a list.", "write \"*\" instead of the list");
            }
            names
        }
    }
}

fn said(value: &Node, reader: &mut Reader) -> Said {
    if let Value::List(_) = &value.value {
        return Said::List(reader.texts(value));
    }
    match reader.text(value) {
        Some((text, place)) if text == "*" => Said::Any(place),
        Some((text, place)) if text == "mirror_request" => Said::Mirror(place),
        Some(one) => Said::List(vec![one]),
        None => Said::List(Vec::new()),
    }
}
