//! The shared vectors about origins as texts: against one pattern, against several, and patterns that are none.

use corsac::{OriginPattern, OriginRule, Policy, PolicyConfig, Reason};
use corsac_vectors::{Report, Text, shown};
use http::header::{HeaderValue, ORIGIN};
use http::{HeaderMap, Method};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patterns {
    accepted: Vec<Accepted>,
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepted {
    pattern: Text,
    matches: Vec<Text>,
    others: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    pattern: Text,
    code: String,
    remedy: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sets {
    set: Vec<Set>,
}

/// Patterns that stand together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    patterns: Vec<Text>,
    /// An origin, and the pattern that lets it in.
    allowed: Vec<(Text, Text)>,
    refused: Vec<Text>,
}

fn patterns() -> Patterns {
    corsac_vectors::read("config/patterns.toml".as_ref())
}

fn policy_of(allow_origins: Vec<String>) -> Policy {
    PolicyConfig { allow_origins, ..PolicyConfig::default() }
        .into_policy()
        .unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn every_accepted_pattern_matches_what_it_says_and_nothing_else() {
    Report::of(|report| {
        for accepted in patterns().accepted {
            let pattern = accepted.pattern.expand();
            let parsed: OriginPattern = match pattern.parse() {
                Ok(parsed) => parsed,
                Err(error) => {
                    report.differ(format!("{}: {error}", shown(&pattern)));
                    continue;
                }
            };
            if parsed.to_string() != pattern {
                report.differ(format!("{} is printed as {parsed}", shown(&pattern)));
            }
            let policy = policy_of(vec![pattern.clone()]);
            let matches = accepted.matches.iter().map(|origin| (origin.expand(), true));
            let others = accepted.others.iter().map(|origin| (origin.expand(), false));
            for (origin, wanted) in matches.chain(others) {
                let pair = format!("{} against {}", shown(&pattern), shown(&origin));
                if parsed.matches(&origin) != wanted {
                    report.differ(format!("{pair}: the pattern says {}", !wanted));
                }
                // The index must agree with the pattern's own word.
                if policy.allows_origin(&origin) != wanted {
                    report.differ(format!("{pair}: the index says {}", !wanted));
                }
                report.see(format!("{pattern} {origin}"));
            }
        }
    });
}

#[test]
fn every_refused_pattern_says_why_and_what_to_write() {
    Report::of(|report| {
        for Refused { pattern, code, remedy } in patterns().refused {
            let pattern = pattern.expand();
            let what = shown(&pattern);
            match pattern.parse::<OriginPattern>() {
                Ok(parsed) => report.differ(format!("{what} was accepted as {parsed}")),
                Err(error) => {
                    if error.code.as_str() != code {
                        report.differ(format!("{what}: {} instead of {code}", error.code));
                    }
                    if remedy.is_some_and(|remedy| remedy != error.remedy) {
                        report.differ(format!("{what}: remedy {:?}", error.remedy));
                    }
                    if let Some(again) = refused_remedy(&error.remedy) {
                        report.differ(format!("{what}: the remedy is refused too: {again}"));
                    }
                }
            }
            report.see(pattern);
        }
    });
}

/// A remedy that gives a pattern gives one that is accepted: why, where it does not.
fn refused_remedy(remedy: &str) -> Option<String> {
    let suggested = remedy.strip_prefix("write ")?.split([' ', ',', ';']).next()?;
    if !suggested.contains("://") || suggested.contains("scheme") {
        return None;
    }
    suggested.parse::<OriginPattern>().err().map(|error| format!("{suggested}: {error}"))
}

#[test]
fn every_set_of_patterns_lets_in_whom_it_says_and_names_the_pattern() {
    Report::of(|report| {
        for set in corsac_vectors::read::<Sets>("config/pattern_sets.toml".as_ref()).set {
            let patterns: Vec<String> = set.patterns.iter().map(Text::expand).collect();
            let allowed = set.allowed.iter().map(|(origin, by)| (origin.expand(), Some(by.expand())));
            let wanted: Vec<(String, Option<String>)> =
                allowed.chain(set.refused.iter().map(|origin| (origin.expand(), None))).collect();
            let backwards: Vec<String> = patterns.iter().rev().cloned().collect();
            for patterns in [patterns.clone(), backwards] {
                let policy = policy_of(patterns.clone());
                for (origin, wanted) in &wanted {
                    let found = let_in_by(&policy, origin);
                    if found != *wanted {
                        let (patterns, origin) = (shown(&patterns.join(" ")), shown(origin));
                        report.differ(format!("{patterns} for {origin}: by {found:?}"));
                    }
                }
            }
            for (origin, _) in wanted {
                report.see(format!("{patterns:?} {origin}"));
            }
        }
    });
}

/// The pattern that a decision names.
fn let_in_by(policy: &Policy, origin: &str) -> Option<String> {
    let value = HeaderValue::from_bytes(origin.as_bytes())
        .unwrap_or_else(|_| panic!("{} is no header value", shown(origin)));
    let request = HeaderMap::from_iter([(ORIGIN, value)]);
    match policy.decide(&Method::GET, &request).reason() {
        Reason::Allowed(OriginRule::Pattern(pattern)) => Some(pattern.to_string()),
        _ => None,
    }
}
