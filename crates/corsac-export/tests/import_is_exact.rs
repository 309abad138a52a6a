//! What is imported lets in exactly those whom its text lets in: beside an independent reading of each format, over origins
//! that browsers can send.

use corsac::Policy;
use corsac_export::import;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree as _;

/// Origins near enough to one another to be mistaken.
fn origins() -> Vec<String> {
    let mut origins: Vec<String> = ["null", "tauri://localhost", "https://[::1]", "https://127.0.0.1"]
        .into_iter()
        .map(str::to_owned)
        .collect();
    let hosts = [
        "app.example",
        "a.app.example",
        "a.b.app.example",
        "a_1-x.app.example",
        "evilapp.example",
        "app.example.evil.test",
        "appxexample",
        "localhost",
        "example",
        "a.localhost",
    ];
    for scheme in ["http", "https"] {
        for host in hosts {
            for port in ["", ":81", ":8443", ":65535"] {
                origins.push(format!("{scheme}://{host}{port}"));
            }
        }
    }
    origins
}

fn policy(text: &str) -> Option<Policy> {
    import(text, None).ok()?.config.into_policy().ok()
}

fn is_exact(text: &str, reading: impl Fn(&str) -> bool) -> Result<(), TestCaseError> {
    let Some(policy) = policy(text) else { return Ok(()) };
    for origin in origins() {
        prop_assert_eq!(policy.allows_origin(&origin), reading(&origin), "{}\n{}", origin, text);
    }
    Ok(())
}

/// A star stands for any letters, none among them.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).any(|at| rest.is_char_boundary(at) && glob(after, &rest[at..]))
        }),
    }
}

/// Pieces of expressions, right and wrong.
fn expressions() -> impl Strategy<Value = String> {
    let part = |parts: &'static [&'static str]| select(parts);
    let one = (
        part(&["", "^"]),
        part(&["https", "http", "https?", "http.", "https*", "tauri", "null", ".*"]),
        part(&["://", r":\/\/", ":", ""]),
        part(&[
            "",
            r"([a-z0-9_-]+\.)+",
            r"([a-z0-9_-]+\.)*",
            r"(.+\.)?",
            r".*\.",
            r"(?:.*\.)?",
            r"[^.]+\.",
            r"([a-z]+\.)+",
            ".*",
            r"\w+\.",
        ]),
        part(&[
            r"app\.example",
            "app.example",
            "localhost",
            r"(app|evilapp)\.example",
            r"\[::1\]",
            r"app\.example\.?",
        ]),
        part(&["", r"(:\d+)?", r":\d+", r"(:[1-9][0-9]{0,4})?", r":8443", r"(:8443)?", ".*", r"(:\d{2,4})?"]),
        part(&["", "$"]),
    )
        .prop_map(|(begin, scheme, slashes, sub, host, port, end)| {
            format!("{begin}{scheme}{slashes}{sub}{host}{port}{end}")
        });
    let several = proptest::collection::vec(one.clone(), 2..4).prop_map(|all| all.join("|"));
    let all = select(vec![".*".to_owned(), "^.+$".to_owned(), "(.*)".to_owned()]);
    prop_oneof![1 => all, 30 => one, 10 => several.clone(), 10 => several.prop_map(|all| format!("^({all})$"))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn an_expression_of_envoy(expression in expressions()) {
        // Envoy has it match the whole origin; and one that matches a star matches everybody.
        let whole = regex_lite::Regex::new(&format!(r"\A(?:{expression})\z")).expect("a regular expression");
        let text = format!("allow_origin_string_match: [{{ safe_regex: {{ regex: '{expression}' }} }}]");
        is_exact(&text, |origin| whole.is_match("*") || whole.is_match(origin))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn stars_of_s3_and_of_gateway_api(
        listed in subsequence(
            vec![
                "https://app.example",
                "https://*.app.example",
                "https://*app.example",
                "https://app.example*",
                "http://localhost",
                "http://localhost:*",
                "http://*",
                "*://app.example",
                "https://*.app.example:8443",
                "https://*.app.example:*",
                "*",
            ],
            1..=4,
        ),
    ) {
        let list = listed.iter().map(|origin| format!("'{origin}'")).collect::<Vec<_>>().join(", ");
        let matches = |origin: &str| listed.iter().any(|pattern| glob(pattern, origin));
        let rules = format!("[{{ AllowedMethods: [GET, HEAD, POST], AllowedOrigins: [{list}] }}]");
        is_exact(&rules, matches)?;
        // In Gateway API a star is part of the host: a port has none.
        let route = format!("{{ type: CORS, cors: {{ allowOrigins: [{list}] }} }}");
        if !listed.iter().any(|origin| origin.ends_with(":*")) {
            is_exact(&route, matches)?;
        }
    }

    #[test]
    fn no_text_is_too_strange_to_be_refused(text in r#"[ \n\t:\-\[\]{}"',#&*!|>%@`a-c0-9~?\\]{0,60}"#) {
        let _ = import(&text, None);
    }

    #[test]
    fn no_value_is_too_strange_to_be_refused(value in r"\PC{0,40}", key in select(vec![
        "allow_origin", "allow_methods", "allow_headers", "expose_headers", "max_age", "allow_credentials", "vary",
    ])) {
        let layer = serde_json::json!({ "allow_origin": "https://app.example", key: value });
        if let Err(faults) = import(&layer.to_string(), None) {
            prop_assert!(!faults.faults().is_empty());
            for fault in faults.faults() {
                prop_assert!(!fault.shown("file", &layer.to_string()).to_string().is_empty());
                prop_assert!(!fault.help.is_empty());
            }
        }
    }
}

#[test]
fn expressions_that_are_read_are_not_rare() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let read = (0..3000).filter(|_| {
        let expression = expressions().new_tree(&mut runner).expect("it can be made").current();
        policy(&format!("allow_origin_string_match: [{{ safe_regex: {{ regex: '{expression}' }} }}]"))
            .is_some()
    });
    assert!(read.count() > 30);
}
