//! What the targets in Rust share: literals, and an origin held against patterns in plain code.
//!
//! No expression and no crate for it: a few lines that do what the engine does, down to the lengths of names and ports.

use crate::parts::Parts;
use crate::quote;

/// The patterns among the origins, as a table and the lines that read it; nothing where all are exact.
///
/// The function is `fn is_among(origin: &str) -> bool`.
pub(super) fn patterns(policy: &Parts) -> Option<String> {
    let rows: String = policy
        .listed()
        .iter()
        .filter(|pattern| !pattern.is_exact())
        .map(|pattern| {
            let (scheme, rest) = pattern.text.split_once("://").unwrap_or(("", &pattern.text));
            let (rest, any_port) = match rest.strip_suffix(":*") {
                Some(rest) => (rest, true),
                None => (rest, false),
            };
            let (host, subdomains) = match rest.strip_prefix("*.") {
                Some(host) => (host, true),
                None => (rest, false),
            };
            format!(
                "    ({}, {subdomains}, {}, {any_port}),\n",
                quote::rust(&format!("{scheme}://")),
                quote::rust(host),
            )
        })
        .collect();
    (!rows.is_empty()).then(|| format!("{TABLE}{rows}];\n\n{MACHINE}"))
}

/// The exact origins.
pub(super) fn exact(policy: &Parts) -> impl Iterator<Item = &str> {
    policy.listed().iter().filter(|pattern| pattern.is_exact()).map(|pattern| &*pattern.text)
}

/// A table of the exact origins, where there are any.
pub(super) fn origins_table(policy: &Parts) -> Option<String> {
    let rows: String = exact(policy).map(|origin| format!("    {},\n", quote::rust(origin))).collect();
    (!rows.is_empty()).then(|| format!("const ORIGINS: &[&str] = &[\n{rows}];\n\n"))
}

/// A call in a chain of them, whose argument is a list, broken where a line would be too long.
pub(super) fn call(before: &str, elements: &[String], after: &str) -> String {
    const LONGEST: usize = 100 - 8;
    let list = elements.join(", ");
    let line = format!("{before}[{list}]{after}");
    if line.len() < LONGEST {
        return line;
    }
    let (inner, closing) = after.split_at(after.len() - before.matches('(').count());
    if list.len() + inner.len() + 8 < LONGEST && !inner.is_empty() {
        return format!("{before}\n            [{list}]{inner},\n        {closing}");
    }
    let lines = |indent: &str| -> String {
        elements.iter().map(|element| format!("{indent}    {element},\n")).collect()
    };
    if inner.is_empty() {
        return format!("{before}[\n{}        ]{closing}", lines("        "));
    }
    let indent = "            ";
    format!("{before}\n{indent}[\n{}{indent}]\n{indent}{inner},\n        {closing}", lines(indent))
}

const TABLE: &str = "\
/// What an origin begins with, whether names stand before the host, the host, and whether any port may follow it.
const PATTERNS: &[(&str, bool, &str, bool)] = &[
";

const MACHINE: &str = "\
fn is_among(origin: &str) -> bool {
    PATTERNS.iter().any(|&(scheme, subdomains, host, any_port)| {
        let Some(rest) = origin.strip_prefix(scheme) else { return false };
        let name = match rest.rsplit_once(':') {
            Some((name, port)) if any_port && is_port(scheme, port) => name,
            _ => rest,
        };
        match name.strip_suffix(host) {
            Some(\"\") => !subdomains,
            Some(before) => subdomains && name.len() <= 253 && before.strip_suffix('.').is_some_and(are_labels),
            None => false,
        }
    })
}

/// A port as browsers write it, who leave out the scheme's own.
fn is_port(scheme: &str, port: &str) -> bool {
    let own = matches!((scheme, port), (\"http://\", \"80\") | (\"https://\", \"443\"));
    let digits = port.bytes().all(|letter| letter.is_ascii_digit()) && !port.starts_with('0');
    digits && !own && port.parse::<u16>().is_ok()
}

/// One or more names of a host, with dots between them.
fn are_labels(labels: &str) -> bool {
    let is_plain = |letter: u8| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    labels.split('.').all(|label| (1..=63).contains(&label.len()) && label.bytes().all(is_plain))
}
";
