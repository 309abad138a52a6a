//! Lines of text, each taken as a pattern and as an origin, and every pattern held against every line.
//!
//! The same question is asked three ways: of the pattern, of the index of a policy that has all of them, and of the
//! oracle. Whether a pattern goes with credentials is another target's question.
#![no_main]

use corsac::{AdviceCode, OriginPattern, PolicyConfig};
use corsac_fuzz::matches;
use libfuzzer_sys::fuzz_target;

/// Every line meets every other one, twice over.
const MOST_LINES: usize = 8;

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.lines().take(MOST_LINES).collect();
    let patterns: Vec<OriginPattern> = lines.iter().filter_map(|line| read(line)).collect();
    for pattern in &patterns {
        one(pattern, &lines);
        for other in &patterns {
            pair(pattern, other, &lines);
        }
    }
    if !patterns.is_empty() {
        all(&patterns, &lines);
    }
});

fn read(line: &str) -> Option<OriginPattern> {
    match line.parse::<OriginPattern>() {
        Ok(pattern) => {
            assert_eq!(pattern.to_string(), line, "what is accepted is printed as it was written");
            assert_eq!(pattern.to_string().parse(), Ok(pattern.clone()));
            Some(pattern)
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}

fn one(pattern: &OriginPattern, lines: &[&str]) {
    let text = pattern.to_string();
    for line in lines {
        assert_eq!(pattern.matches(line), matches(&text, line), "{text} against {line}");
    }
    assert_eq!(pattern.matches(&text), pattern.is_exact(), "{text} against itself");
    assert!(pattern.covers(pattern));
}

fn pair(one: &OriginPattern, two: &OriginPattern, lines: &[&str]) {
    let covers = one.covers(two);
    for line in lines.iter().filter(|line| covers && two.matches(line)) {
        assert!(one.matches(line), "{one} should cover {two} on {line}");
    }
    if two.is_exact() {
        assert_eq!(covers, one.matches(&two.to_string()), "{one} and {two}");
    }
    assert!(one == two || !(covers && two.covers(one)), "{one} and {two} cover each other");
}

fn all(patterns: &[OriginPattern], lines: &[&str]) {
    let texts: Vec<String> = patterns.iter().map(OriginPattern::to_string).collect();
    let config = PolicyConfig { allow_origins: texts.clone(), ..PolicyConfig::default() };
    let policy = config.into_policy().expect("a list of patterns is a policy");
    for line in lines {
        let wanted = texts.iter().any(|text| matches(text, line));
        assert_eq!(policy.allows_origin(line), wanted, "{line} against {texts:?}");
    }
    for (at, pattern) in patterns.iter().enumerate() {
        let covered = patterns.iter().any(|other| other != pattern && other.covers(pattern));
        let advised = policy
            .advice()
            .iter()
            .any(|advice| advice.code == AdviceCode::OriginRedundant && advice.place.index == Some(at));
        let repeated = patterns[..at].contains(pattern);
        assert_eq!(advised, covered || repeated, "{pattern} among {texts:?}");
    }
}
