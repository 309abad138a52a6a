//! Any bytes as a file: a gateway's configuration, a policy in TOML or JSON, and behind a NUL a file of origins.
//!
//! Nothing panics; who is refused is told why; what is accepted comes back the same. The engine's reading of a policy and
//! the gateway's are held against each other. Nothing is read from the disk: relative paths lead nowhere here.
#![no_main]

use std::convert::Infallible;

use corsac::{FaultCode, OriginPattern, Policy, PolicyConfig};
use corsac_gateway::Config;
use corsac_gateway::config::{Lint, Severity};
use libfuzzer_sys::fuzz_target;

/// A part of every value in the environment, so that one that is shown is noticed.
const SECRET: &str = "s3cr3t";

const NOWHERE: &str = "there/is/no/such/folder/corsac.toml";

fuzz_target!(|bytes: &[u8]| {
    let (file, origins) = match bytes.iter().position(|byte| *byte == 0) {
        Some(nul) => (&bytes[..nul], &bytes[nul + 1..]),
        None => (bytes, &b""[..]),
    };
    let file = String::from_utf8_lossy(file);
    gateway(&file);
    if let Ok(config) = toml::from_str::<PolicyConfig>(&file) {
        let written = toml::to_string(&config).expect("a policy can be written as TOML");
        assert_eq!(toml::from_str::<PolicyConfig>(&written).as_ref(), Ok(&config));
        policy(&config, origins);
        if !file.contains("${") && config.allow_origins_file.is_none() {
            both(&file, &config);
        }
    }
    if let Ok(config) = serde_json::from_str::<PolicyConfig>(&file) {
        let written = serde_json::to_string(&config).expect("a policy can be written as JSON");
        assert_eq!(serde_json::from_str::<PolicyConfig>(&written).ok().as_ref(), Some(&config));
        policy(&config, origins);
    }
});

fn environment(name: &str) -> Option<String> {
    let value = match name {
        "KEY" => "s3cr3t-key",
        "ORIGIN" => "https://s3cr3t.example",
        "PATTERN" => "https://*.s3cr3t.example",
        "UPSTREAM" => "http://s3cr3t.example:3000",
        "ADDRESS" => "s3cr3t:address",
        "AGE" => "s3cr3t",
        "LINES" => "s3cr3t\n",
        "EMPTY" => "",
        _ => return None,
    };
    Some(value.to_owned())
}

fn gateway(file: &str) {
    let parsed = Config::parse(NOWHERE.as_ref(), file, &environment);
    let (findings, config) = match &parsed {
        Ok(config) => (config.warnings(), Some(config)),
        Err(faults) => (faults.findings(), None),
    };
    let has_error = findings.iter().any(|finding| finding.severity == Severity::Error);
    assert_eq!(has_error, config.is_none(), "an error is what refuses a configuration");
    let lint = Lint::of(NOWHERE.as_ref(), file, &environment);
    for finding in findings.iter().chain(lint.findings()) {
        let shown = finding.to_string();
        assert!(!finding.message.is_empty() && !finding.code.is_empty());
        assert!(file.contains(SECRET) || !shown.contains(SECRET), "{shown}");
        let steers = |letter: char| letter.is_control() && letter != '\n';
        assert!(!shown.contains(steers), "{shown:?} is not fit for a terminal");
    }
    let routes = config.map_or(&[][..], Config::routes);
    assert!(config.is_none() || !routes.is_empty());
    for policy in routes.iter().filter_map(|route| route.policy()) {
        same_again(policy, |config| config.into_policy());
    }
}

/// Refused with faults, or a policy that comes back the same.
fn policy(config: &PolicyConfig, origins: &[u8]) {
    let read = |config: PolicyConfig| config.into_policy_reading(|_| Ok::<_, Infallible>(origins));
    match read(config.clone()) {
        Ok(policy) => same_again(&policy, read),
        Err(faults) => assert!(!faults.faults().is_empty() && !faults.to_string().is_empty()),
    }
    let unread = config.clone().into_policy();
    if config.allow_origins_file.is_some() {
        let faults = unread.expect_err("nobody read the file");
        let is_about_file =
            |code| matches!(code, FaultCode::OriginsFileNotRead | FaultCode::AnyOriginNotAlone);
        assert!(faults.faults().iter().any(|fault| is_about_file(fault.code)), "{faults}");
    } else {
        assert_eq!(unread.is_ok(), read(config.clone()).is_ok());
    }
}

fn same_again<Error: std::fmt::Display>(
    policy: &Policy,
    read: impl Fn(PolicyConfig) -> Result<Policy, Error>,
) {
    let again = match read(policy.to_config()) {
        Ok(again) => again,
        Err(faults) => panic!("a policy's own configuration is refused: {faults}"),
    };
    assert_eq!(again.to_config(), policy.to_config());
    assert!(again.origin_patterns().eq(policy.origin_patterns()));
    assert_eq!(policy.origin_patterns().count(), policy.origin_count());
    for text in policy.origin_patterns() {
        let pattern: OriginPattern = text.parse().expect("what a policy has is a pattern");
        assert_eq!(policy.allows_origin(text), pattern.is_exact(), "{text}");
    }
}

/// The same lines below `[policies.app]`: the gateway accepts what the engine does, and understands it alike.
fn both(file: &str, config: &PolicyConfig) {
    const ROUTE: &str = "[[routes]]\npath = \"/\"\nupstream = \"http://127.0.0.1:3000\"\npolicy = \"app\"\n";
    let whole = format!("{ROUTE}[policies.app]\n{}", file.trim_start_matches('\u{feff}'));
    let parsed = Config::parse(NOWHERE.as_ref(), &whole, &environment);
    match (config.clone().into_policy(), &parsed) {
        (Ok(policy), Ok(parsed)) => {
            let routed = parsed.routes()[0].policy().expect("the route has a policy");
            assert_eq!(routed.to_config(), policy.to_config());
        }
        (Err(faults), Err(found)) => {
            let codes: Vec<&str> = found.findings().iter().map(|finding| finding.code).collect();
            for fault in faults.faults() {
                assert!(codes.contains(&fault.code.as_str()), "the gateway says nothing of {fault}");
            }
        }
        (Ok(_), Err(found)) => panic!("the gateway alone refuses it: {found}"),
        (Err(faults), Ok(_)) => panic!("the gateway accepts it in spite of {faults}"),
    }
}
