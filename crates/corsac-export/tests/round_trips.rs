//! There and back: a policy that a target can express, in the target's words, read again, is the same policy.

use corsac::{MaxAgeConfig, PolicyConfig};
use corsac_export::{Context, ImportSource, Lack, Refusal, export, import, target, targets};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, TestRunner};

/// Targets whose words can be read back.
const THERE_AND_BACK: &[&str] = &["gateway-api", "envoy", "s3"];

/// Formats that can be read, and that no target writes: the test writes them itself.
const READ_ALONE: &[&str] = &["tower-http"];

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Nobody, somebody, families, everybody.
fn origins() -> impl Strategy<Value = Vec<String>> {
    let listed = [
        "https://app.example",
        "https://admin.example:8443",
        "http://localhost:5173",
        "http://[::1]:3000",
        "http://127.0.0.1",
        "https://xn--bcher-kva.example",
        "https://*.app.example",
        "https://*.dev.example:8443",
        "http://localhost:*",
        "https://*.any.example:*",
        "tauri://localhost",
    ];
    prop_oneof![
        1 => Just(texts(&["*"])),
        3 => subsequence(texts(&listed[..6]), 1..=6),
        3 => subsequence(texts(&listed[..8]), 1..=8),
        3 => subsequence(texts(&listed), 1..=11),
    ]
}

fn policies() -> impl Strategy<Value = PolicyConfig> {
    let methods = prop_oneof![
        4 => subsequence(texts(&["PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"]), 0..=5),
        1 => Just(texts(&["*"])),
    ];
    let names = texts(&["Authorization", "Content-Type", "X-Request-Id", "x-!#$%&'*+.^_`|~"]);
    let headers = prop_oneof![
        4 => subsequence(names, 0..=4),
        1 => Just(texts(&["*"])),
        1 => Just(texts(&["*", "Authorization"])),
    ];
    let expose = prop_oneof![
        3 => subsequence(texts(&["X-Request-Id", "ETag", "X-Total"]), 0..=3),
        1 => Just(texts(&["*"])),
    ];
    let max_age = proptest::option::of(select(vec![0, 1, 5, 600, 86400]));
    (origins(), any::<bool>(), methods, headers, expose, max_age).prop_filter_map(
        "the engine has something against it",
        |(allow_origins, allow_credentials, allow_methods, allow_headers, expose_headers, max_age)| {
            let config = PolicyConfig {
                allow_origins,
                allow_credentials,
                allow_methods,
                allow_headers,
                expose_headers,
                max_age: max_age.map(MaxAgeConfig::Seconds),
                ..PolicyConfig::default()
            };
            config.into_policy().ok().map(|policy| policy.to_config())
        },
    )
}

/// What browsers make of it: no max-age is 5 seconds to all of them, the order of a list says nothing, and for safelisted headers
/// nobody asks.
fn meaning(config: &PolicyConfig) -> PolicyConfig {
    let mut config = config.clone();
    config.max_age.get_or_insert(MaxAgeConfig::Seconds(5));
    for list in [&mut config.allow_origins, &mut config.allow_methods] {
        list.sort();
    }
    for list in [&mut config.allow_headers, &mut config.expose_headers] {
        list.iter_mut().for_each(|name| name.make_ascii_lowercase());
        list.sort();
    }
    config.allow_headers.retain(|name| !["accept", "accept-language", "content-language"].contains(&&**name));
    config
}

fn is_of_the_policy(lack: &Lack) -> bool {
    lack.feature.is_some_and(|feature| feature.key().is_some())
}

/// What of a policy a target's words have. Those of S3 have none for credentials, and its star is for all headers.
fn as_said(target: &str, mut config: PolicyConfig) -> PolicyConfig {
    if target == "s3" && config.allow_credentials {
        config.allow_credentials = false;
        if config.allow_headers.iter().any(|name| name == "*") {
            config.allow_headers = texts(&["*", "Authorization"]);
        }
    }
    config
}

fn is_the_same(policy: &PolicyConfig, text: &str) -> Result<(), TestCaseError> {
    let imported = import(text, None).map_err(|faults| {
        let shown: Vec<String> =
            faults.faults().iter().map(|fault| fault.shown("text", text).to_string()).collect();
        TestCaseError::fail(format!("{}\n{text}", shown.join("\n")))
    })?;
    prop_assert_eq!(meaning(&imported.config), meaning(policy), "{}", text);
    Ok(())
}

#[test]
fn every_format_is_on_one_list_and_every_target_on_the_first() {
    let mut names: Vec<&str> = THERE_AND_BACK.iter().chain(READ_ALONE).copied().collect();
    names.sort_unstable();
    let mut all: Vec<&str> = ImportSource::ALL.iter().map(|source| source.name()).collect();
    all.sort_unstable();
    assert_eq!(names, all);
    let is_json = |name: &&&str| **name == "tower-http";
    for name in READ_ALONE.iter().filter(|name| !is_json(name)) {
        assert!(target(name).is_none(), "{name} is a target: it goes there and back");
    }
    assert!(THERE_AND_BACK.iter().all(|name| targets().iter().any(|target| target.name() == *name)));
}

#[test]
fn what_a_target_writes_is_read_as_the_same_policy() {
    for name in THERE_AND_BACK {
        let target = target(name).expect("it is a target");
        let written = std::cell::Cell::new(0_usize);
        let mut runner =
            TestRunner::new(Config { cases: 1500, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&policies(), |config| {
            let policy = config.clone().into_policy().expect("the engine had nothing against it");
            match export(target, &policy, &Context::default()) {
                // What it does in a lesser way comes back as that.
                Ok(exported) if exported.warnings.iter().any(is_of_the_policy) => Ok(()),
                Ok(exported) => {
                    written.set(written.get() + 1);
                    is_the_same(&as_said(name, config), &exported.text)
                }
                // What it cannot express has no words to be read.
                Err(Refusal::Unable { .. } | Refusal::Unwritable { .. }) => Ok(()),
            }
        });
        outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(written.get() > 10, "{name}: only {} of the policies could be written", written.get());
    }
}

/// What a `CorsLayer` would be built with for the policy, if it can be: it has no patterns.
fn tower_http(config: &PolicyConfig) -> Option<String> {
    let one = |list: &[String]| if list == ["*"] { "*".into() } else { serde_json::Value::from(list) };
    if config.allow_origins.iter().any(|origin| origin.len() > 1 && origin.contains('*')) {
        return None;
    }
    let names = |list: &[String]| match list {
        [star] if star == "*" && config.allow_credentials => "mirror_request".into(),
        [star, _] if star == "*" => "mirror_request".into(),
        list => one(list),
    };
    let mut layer = serde_json::json!({
        "allow_origin": one(&config.allow_origins),
        "allow_credentials": config.allow_credentials,
        "allow_methods": names(&config.allow_methods),
        "allow_headers": names(&config.allow_headers),
        "expose_headers": one(&config.expose_headers),
    });
    if let Some(MaxAgeConfig::Seconds(seconds)) = config.max_age {
        layer["max_age"] = seconds.into();
    }
    Some(format!("{layer:#}"))
}

#[test]
fn a_layer_of_tower_http_is_read_as_the_same_policy() {
    let written = std::cell::Cell::new(0_usize);
    let mut runner = TestRunner::new(Config { cases: 1500, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&policies(), |config| {
        // With credentials, `*` and a name beside it would be more than the name.
        let beside = config.allow_credentials && config.allow_headers.len() > 1;
        match tower_http(&config) {
            Some(text) if !(beside && config.allow_headers[0] == "*") => {
                written.set(written.get() + 1);
                is_the_same(&config, &text)
            }
            _ => Ok(()),
        }
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert!(written.get() > 100, "only {} of the policies could be written", written.get());
}
