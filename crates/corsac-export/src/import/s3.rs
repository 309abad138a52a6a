//! The CORS rules of an S3 bucket: as `aws s3api get-bucket-cors` prints them, as the console has them, and as CloudFormation
//! spells them.
//!
//! Spec: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CORSRule.html>. A star stands for any letters. A rule whose
//! methods do not have that of a request says nothing to it, so that reading is allowed for listed methods alone.

use std::collections::HashSet;

use super::draft::{Draft, SAFELISTED};
use super::fault::Place;
use super::node::{Node, Value};
use super::reader::{Entry, Reader};

const KEYS: &[&str] = &[
    "ID",
    "Id",
    "AllowedOrigins",
    "AllowedMethods",
    "AllowedHeaders",
    "ExposeHeaders",
    "ExposedHeaders",
    "MaxAgeSeconds",
    "MaxAge",
];

/// The lists of rules in a text.
pub(crate) fn find(documents: &[Node]) -> Vec<&Node> {
    let mut found = Vec::new();
    for document in documents {
        document.walk(&mut |node| {
            found.extend(["CORSRules", "CorsRules"].iter().filter_map(|key| node.get(key)));
        });
        // The console shows the list alone.
        if let Value::List(rules) = &document.value
            && rules.iter().any(|rule| rule.get("AllowedOrigins").is_some())
        {
            found.push(document);
        }
    }
    found
}

pub(crate) fn read(node: &Node, reader: &mut Reader) -> Draft {
    let mut rules: Vec<Draft> = Vec::new();
    for rule in reader.list(node) {
        let rule = read_rule(rule, reader);
        match rules.first_mut() {
            None => rules.push(rule),
            // The first rule that fits counts: rules that differ in their origins alone are one.
            Some(first) if is_same_but_for_origins(first, &rule) => first.origins.extend(rule.origins),
            Some(_) => {
                let message = "This rule gives its origins something else than the first one; a policy gives all the same.";
                reader.fault(
                    rule.place,
                    message,
                    "take one of the rules into a file of its own, and import it alone",
                );
            }
        }
    }
    let mut draft = rules.into_iter().next().unwrap_or_else(|| Draft::at(node.place));
    draft.origins = with_any_port(draft.origins, reader);
    draft.notes.push("S3 says Access-Control-Allow-Credentials: true to every origin that is listed, and reads no cookies; the policy allows no credentials. Where something else reads them, add allow_credentials = true".to_owned());
    draft
}

fn read_rule(node: &Node, reader: &mut Reader) -> Draft {
    let mut draft = Draft::at(node.place);
    for (key, value) in reader.entries(node, KEYS) {
        match key {
            "AllowedOrigins" => draft.origins = reader.texts(value),
            "AllowedMethods" => {
                draft.methods = reader.texts(value);
                all_can_read(&draft.methods, value.place, reader);
            }
            "AllowedHeaders" => draft.headers = headers(value, reader),
            "ExposeHeaders" | "ExposedHeaders" => {
                draft.expose = reader.texts(value);
                for (name, place) in draft.expose.iter().filter(|(name, _)| name.contains('*')) {
                    let message = format!("S3 itself takes no star in `{name}`.");
                    reader.fault(*place, message, "list the names");
                }
            }
            "MaxAgeSeconds" | "MaxAge" => {
                draft.max_age = reader.integer(value).map(|seconds| (seconds, value.place));
            }
            _ => {}
        }
    }
    if draft.methods.is_empty() && reader.faults.is_empty() {
        reader.fault(node.place, "The rule allows no method.", "write AllowedMethods: GET, HEAD, POST");
    }
    draft
}

/// Origins that a policy allows can read answers to GET, HEAD and POST, always.
fn all_can_read(methods: &[Entry], place: Place, reader: &mut Reader) {
    let missing: Vec<&str> =
        SAFELISTED.into_iter().filter(|name| methods.iter().all(|(own, _)| own != name)).collect();
    if !missing.is_empty() && !methods.is_empty() {
        let message = format!(
            "The rule keeps answers to {} from its origins; a policy always lets them read GET, HEAD and POST.",
            missing.join(" and ")
        );
        reader.fault(place, message, format!("add {}, if that may be", missing.join(" and ")));
    }
}

/// The request headers: a star alone is all of them, `Authorization` too.
fn headers(node: &Node, reader: &mut Reader) -> Vec<Entry> {
    let mut headers = Vec::new();
    for (name, place) in reader.texts(node) {
        if name == "*" {
            headers.extend([(name, place), ("Authorization".to_owned(), place)]);
        } else if name.contains('*') {
            let message = format!("`{name}` stands for many names, which a policy cannot say.");
            reader.fault(place, message, "list the names, or write `*`");
        } else {
            headers.push((name, place));
        }
    }
    // Whatever is listed beside the star is in it.
    if headers.iter().any(|(name, _)| name == "*") {
        headers.retain(|(name, _)| name == "*" || name == "Authorization");
    }
    headers
}

fn is_same_but_for_origins(one: &Draft, other: &Draft) -> bool {
    let without = |draft: &Draft| {
        let mut config = draft.config();
        config.allow_origins.clear();
        config.allow_methods.sort();
        config.allow_headers.sort();
        config.expose_headers.sort();
        config
    };
    without(one) == without(other)
}

/// Puts `http://localhost` and `http://localhost:*` together, which are any port; and refuses stars a policy does not know.
fn with_any_port(origins: Vec<Entry>, reader: &mut Reader) -> Vec<Entry> {
    let listed: HashSet<&str> = origins.iter().map(|(own, _)| own.as_str()).collect();
    let has = |text: &str| listed.contains(text);
    let mut kept = Vec::new();
    for (text, place) in &origins {
        let host = text.split_once("://").map_or("", |(_, host)| host);
        let is_known =
            text == "*" || !text.contains('*') || (host.starts_with("*.") && text.matches('*').count() == 1);
        match text.strip_suffix(":*") {
            Some(base) if !base.contains('*') && has(base) => kept.push((text.clone(), *place)),
            Some(base) if !base.contains('*') => {
                let message =
                    format!("`{text}` is every port but the default one; a policy's `:*` has that too.");
                reader.fault(*place, message, format!("add {base}, if that may be"));
            }
            None if is_known && !has(&format!("{text}:*")) => kept.push((text.clone(), *place)),
            None if is_known => {}
            _ => {
                let message = format!("`{text}` matches origins that a policy cannot name.");
                reader.fault(
                    *place,
                    message,
                    "a policy knows https://*.app.example and http://localhost:*; list the origins",
                );
            }
        }
    }
    kept
}
