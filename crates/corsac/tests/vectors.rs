//! The shared vectors, held against the engine.

use corsac::{Action, OriginPattern, PolicyConfig};
use corsac_vectors::{Answer, PolicyCase, assert_none};
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

#[test]
fn every_policy_case_comes_out_as_written() {
    let mut differences = Vec::new();
    for case in corsac_vectors::load::<PolicyCase>("policy") {
        let (answer, class, reason) = answer(&case);
        differences.extend(case.differences(&answer));
        if (class, reason) != (case.expect.class.as_str(), case.expect.reason.as_str()) {
            differences.push(format!("{}: {class}, {reason}", case.id));
        }
    }
    assert_none(&differences);
}

#[test]
fn case_ids_are_unique() {
    let mut ids: Vec<String> =
        corsac_vectors::load::<PolicyCase>("policy").into_iter().map(|case| case.id).collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[derive(Deserialize)]
struct Patterns {
    accepted: Vec<Accepted>,
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
struct Accepted {
    pattern: String,
    matches: Vec<String>,
    others: Vec<String>,
}

#[derive(Deserialize)]
struct Refused {
    pattern: String,
    code: String,
    remedy: Option<String>,
}

#[test]
fn every_accepted_pattern_matches_what_it_says_and_nothing_else() {
    let mut differences = Vec::new();
    for Accepted { pattern, matches, others } in
        corsac_vectors::read::<Patterns>("config/patterns.toml".as_ref()).accepted
    {
        let parsed: OriginPattern = match pattern.parse() {
            Ok(parsed) => parsed,
            Err(error) => {
                differences.push(format!("{pattern}: {error}"));
                continue;
            }
        };
        if parsed.to_string() != pattern {
            differences.push(format!("{pattern} is printed as {parsed}"));
        }
        // The index must agree with the pattern's own word.
        let policy = PolicyConfig { allow_origins: vec![pattern.clone()], ..PolicyConfig::default() }
            .into_policy()
            .unwrap_or_else(|faults| panic!("{pattern}: {faults}"));
        for (origins, wanted) in [(&matches, true), (&others, false)] {
            for origin in origins {
                if parsed.matches(origin) != wanted {
                    differences.push(format!("{pattern} against {origin:?}: the pattern says {}", !wanted));
                }
                // The default port is never written by a browser, whatever the pattern.
                if policy.allows_origin(origin) != wanted {
                    differences.push(format!("{pattern} against {origin:?}: the index says {}", !wanted));
                }
            }
        }
    }
    assert_none(&differences);
}

#[test]
fn every_refused_pattern_says_why_and_what_to_write() {
    let mut differences = Vec::new();
    for Refused { pattern, code, remedy } in
        corsac_vectors::read::<Patterns>("config/patterns.toml".as_ref()).refused
    {
        match pattern.parse::<OriginPattern>() {
            Ok(parsed) => differences.push(format!("{pattern:?} was accepted as {parsed}")),
            Err(error) => {
                if error.code.as_str() != code {
                    differences.push(format!("{pattern:?}: {} instead of {code}", error.code));
                }
                if remedy.as_ref().is_some_and(|remedy| *remedy != error.remedy) {
                    differences.push(format!("{pattern:?}: remedy {:?}", error.remedy));
                }
                // A remedy that gives a pattern gives one that is accepted.
                let suggested =
                    error.remedy.strip_prefix("write ").and_then(|rest| rest.split([' ', ',', ';']).next());
                if let Some(suggested) =
                    suggested.filter(|text| text.contains("://") && !text.contains("scheme"))
                    && let Err(again) = suggested.parse::<OriginPattern>()
                {
                    differences.push(format!("{pattern:?}: the remedy {suggested} is refused too: {again}"));
                }
            }
        }
    }
    assert_none(&differences);
}

#[derive(Deserialize)]
struct FaultCases {
    case: Vec<FaultCase>,
}

#[derive(Deserialize)]
struct FaultCase {
    id: String,
    policy: PolicyConfig,
    #[serde(default)]
    faults: Vec<String>,
    #[serde(default)]
    advice: Vec<String>,
}

#[test]
fn every_mistake_of_a_policy_is_found_at_once() {
    let mut differences = Vec::new();
    for FaultCase { id, policy, faults, advice } in
        corsac_vectors::read::<FaultCases>("config/faults.toml".as_ref()).case
    {
        let (got_faults, got_advice) = match policy.into_policy() {
            Ok(policy) => {
                // What validated makes the same policy again.
                let again = policy.to_config().into_policy().expect("a policy's own configuration is sound");
                assert_eq!(again.to_config(), policy.to_config(), "{id}");
                (Vec::new(), policy.advice().to_vec())
            }
            Err(found) => (found.faults().to_vec(), found.advice().to_vec()),
        };
        let got_faults: Vec<String> =
            got_faults.iter().map(|fault| format!("{} {}", fault.place, fault.code)).collect();
        let got_advice: Vec<String> =
            got_advice.iter().map(|advice| format!("{} {}", advice.place, advice.code)).collect();
        if got_faults != faults {
            differences.push(format!("{id}: faults {got_faults:?}"));
        }
        if got_advice != advice {
            differences.push(format!("{id}: advice {got_advice:?}"));
        }
    }
    assert_none(&differences);
}
