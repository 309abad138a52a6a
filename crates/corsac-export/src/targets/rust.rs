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

/// In a file of its own, so that a test can compile it.
const MACHINE: &str = include_str!("rust_origins.in");

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use corsac::Policy;
    use proptest::prelude::*;

    /// The patterns, as [`super::patterns`] writes them.
    const PATTERNS: &[(&str, bool, &str, bool)] = &[
        ("https://", true, "app.example", false),
        ("http://", false, "localhost", true),
        ("https://", true, "dev.example", true),
        ("http://", false, "[::1]", true),
    ];

    include!("rust_origins.in");

    fn policy() -> Policy {
        Policy::builder()
            .allow_origins([
                "https://*.app.example",
                "http://localhost:*",
                "https://*.dev.example:*",
                "http://[::1]:*",
            ])
            .into_policy()
            .expect("a sound policy")
    }

    /// Origins that are near to the patterns, or in them.
    fn origin() -> impl Strategy<Value = String> {
        let one_of = |texts: &'static [&'static str]| proptest::sample::select(texts).prop_map(str::to_owned);
        let scheme = one_of(&["https://", "http://", "https:", "HTTPS://", "null"]);
        let label = prop_oneof![
            8 => one_of(&["a.", "b-c.", "x_1.", "xn--bcher-kva."]),
            1 => one_of(&[".", "A.", "*.", "é.", "a b.", "a", "user@"]),
            1 => "[a-z]{60,66}\\.",
        ];
        let labels = prop_oneof![
            9 => proptest::collection::vec(label, 0..4).prop_map(|labels| labels.concat()),
            1 => "([a-z]{9}\\.){20,28}",
        ];
        let host =
            one_of(&["app.example", "dev.example", "localhost", "[::1]", "app.example.evil", "127.0.0.1"]);
        let port = prop_oneof![
            4 => Just(String::new()),
            4 => (1_u32..70_000).prop_map(|port| format!(":{port}")),
            2 => one_of(&[":80", ":443", ":0", ":", ":080", ":+1", ":65536", ":*", ":1:2"]),
        ];
        let rest = prop_oneof![9 => Just(String::new()), 1 => one_of(&["/", " ", ".", "?", "\u{0}"])];
        (scheme, labels, host, port, rest)
            .prop_map(|(scheme, labels, host, port, rest)| [scheme, labels, host, port, rest].concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn the_lines_let_in_whom_the_engine_lets_in(origin in origin()) {
            static POLICY: LazyLock<Policy> = LazyLock::new(policy);
            prop_assert_eq!(is_among(&origin), POLICY.allows_origin(&origin), "{}", origin);
        }
    }

    #[test]
    fn the_patterns_are_those_that_are_written() {
        let written = super::patterns(&crate::parts::Parts::of(&policy())).expect("there are some");
        for (scheme, subdomains, host, any_port) in PATTERNS {
            let row = format!("    ({scheme:?}, {subdomains}, {host:?}, {any_port}),\n");
            assert!(written.contains(&row), "{row} in {written}");
        }
        assert!(is_among("https://a.b.app.example") && is_among("http://localhost:3000"));
    }
}
