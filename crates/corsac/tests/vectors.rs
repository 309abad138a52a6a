//! The shared vectors, held against the engine.

use std::collections::HashSet;

use corsac::{Action, AdviceCode, FaultCode, Finding, PolicyConfig};
use corsac_vectors::{Answer, PolicyCase, Report};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Deserialize;

fn header_map<Text: AsRef<[u8]>>(lines: impl IntoIterator<Item = (String, Text)>) -> HeaderMap {
    lines
        .into_iter()
        .map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a header name");
            (name, HeaderValue::from_bytes(value.as_ref()).expect("a header value"))
        })
        .fold(HeaderMap::new(), |mut map, (name, value)| {
            map.append(name, value);
            map
        })
}

fn answer(case: &PolicyCase) -> (Answer, &'static str, &'static str) {
    let config: PolicyConfig =
        case.policy.clone().try_into().unwrap_or_else(|error| panic!("{}: {error}", case.id));
    let policy = config.into_policy().unwrap_or_else(|faults| panic!("{}: {faults}", case.id));
    let request = header_map(case.request.headers.iter().map(|(name, value)| (name.clone(), value.expand())));
    let method: Method = case.request.method.parse().expect("a method");
    let decision = policy.decide(&method, &request);
    let (status, mut response) = match decision.action() {
        Action::Forward => (case.inner.status, header_map(case.inner.headers.iter().cloned())),
        Action::Respond(status) => (status.as_u16(), HeaderMap::new()),
    };
    decision.headers().apply(&mut response);
    let headers = response
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let forwarded = decision.action() == Action::Forward;
    (Answer { status, headers, forwarded }, decision.class().as_str(), decision.reason().as_str())
}

fn policy_cases() -> Vec<PolicyCase> {
    corsac_vectors::load("policy")
}

#[test]
fn every_policy_case_comes_out_as_written() {
    Report::of(|report| {
        for case in policy_cases() {
            let (answer, class, reason) = answer(&case);
            for difference in case.differences(&answer) {
                report.differ(difference);
            }
            if (class, reason) != (case.expect.class.as_str(), case.expect.reason.as_str()) {
                report.differ(format!("{}: {class}, {reason}", case.id));
            }
            report.see(case.id);
        }
    });
}

#[test]
fn no_policy_case_says_what_another_says_already() {
    Report::of(|report| {
        for PolicyCase { policy, request, inner, .. } in policy_cases() {
            report.see(format!("{policy} {request:?} {inner:?}"));
        }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultCases {
    case: Vec<FaultCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultCase {
    id: String,
    policy: PolicyConfig,
    /// What the file of origins has in it, where there is one.
    file: Option<String>,
    #[serde(default)]
    faults: Vec<String>,
    #[serde(default)]
    advice: Vec<String>,
}

fn fault_cases() -> Vec<FaultCase> {
    corsac_vectors::read::<FaultCases>("config/faults.toml".as_ref()).case
}

fn as_written<Code: std::fmt::Display>(findings: &[Finding<Code>]) -> Vec<String> {
    findings.iter().map(|finding| format!("{} {}", finding.place, finding.code)).collect()
}

#[test]
fn every_mistake_of_a_policy_is_found_at_once() {
    Report::of(|report| {
        for FaultCase { id, policy, file, faults, advice } in fault_cases() {
            let read = |_: &str| file.as_ref().ok_or("no such file");
            let (found_faults, found_advice) = match policy.into_policy_reading(read) {
                Ok(policy) => {
                    // What validated makes the same policy again.
                    let again = policy
                        .to_config()
                        .into_policy_reading(read)
                        .expect("a policy's own configuration is sound");
                    assert_eq!(again.to_config(), policy.to_config(), "{id}");
                    (Vec::new(), as_written(policy.advice()))
                }
                Err(found) => (as_written(found.faults()), as_written(found.advice())),
            };
            if found_faults != faults {
                report.differ(format!("{id}: faults {found_faults:?}"));
            }
            if found_advice != advice {
                report.differ(format!("{id}: advice {found_advice:?}"));
            }
            report.see(id);
        }
    });
}

#[test]
fn a_file_that_nobody_was_there_to_read_is_a_fault() {
    let config = PolicyConfig { allow_origins_file: Some("origins".into()), ..PolicyConfig::default() };
    let faults = config.into_policy().expect_err("the engine reads no files");
    assert_eq!(as_written(faults.faults()), ["allow_origins_file origins-file-not-read"]);
}

#[test]
fn every_code_of_a_fault_or_an_advice_has_a_case() {
    /// What takes a caller that reads no file, which a test of its own is, or gigabytes.
    const NO_TEXT_RAISES: &[&str] = &["origins-file-not-read", "origins-too-many"];

    #[derive(Deserialize)]
    struct Patterns {
        refused: Vec<Refused>,
    }
    #[derive(Deserialize)]
    struct Refused {
        code: String,
    }

    let patterns: Patterns = corsac_vectors::read("config/patterns.toml".as_ref());
    let findings = fault_cases().into_iter().flat_map(|case| [case.faults, case.advice].concat());
    let codes: HashSet<String> = (findings
        .filter_map(|finding| Some(finding.rsplit_once(' ')?.1.to_owned())))
    .chain(patterns.refused.into_iter().map(|refused| refused.code))
    .collect();
    let all = FaultCode::ALL.iter().map(|code| code.as_str());
    let without: Vec<&str> = all
        .chain(AdviceCode::ALL.iter().map(|code| code.as_str()))
        .filter(|code| !codes.contains(*code) && !NO_TEXT_RAISES.contains(code))
        .collect();
    assert!(without.is_empty(), "{without:?}");
}
