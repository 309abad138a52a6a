//! Console messages read back: what the real browsers printed in the lab, and older wordings with noise around them.

use std::collections::BTreeSet;

use corsac_diagnosis::console;
use serde::Deserialize;

/// Lines that a real browser printed about calls that failed, and how they failed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Printed {
    failures: Vec<String>,
    lines: Vec<String>,
}

#[derive(Deserialize)]
struct Real {
    case: Vec<Printed>,
}

/// Failures of which an engine prints nothing that could be told from another's lines.
fn is_silent(engine: &str, failure: &str) -> bool {
    match failure {
        "redirect-mode-error" | "no-cors-redirect-mode" => engine != "webkit",
        "bad-port" => true,
        _ => false,
    }
}

#[test]
fn everything_the_real_browsers_printed_is_recognised() {
    let mut differences = Vec::new();
    for engine in ["chromium", "firefox", "webkit"] {
        let real: Real = corsac_vectors::read(format!("console/real_{engine}.toml").as_ref());
        assert!(real.case.len() > 250, "{engine}: only {} entries", real.case.len());
        for printed in real.case {
            let text = printed.lines.join("\n");
            let messages = console::read(&text);
            for line in console::unread(&text) {
                differences.push(format!("{engine}: {:?} is not understood: {line}", printed.failures));
            }
            let mut read = BTreeSet::new();
            for message in &messages {
                if message.source.as_str() != engine {
                    differences.push(format!("{engine}: taken for {:?}: {text}", message.source));
                }
                let ids: Vec<String> = message.failures.iter().map(ToString::to_string).collect();
                if !ids.is_empty() && !ids.iter().any(|id| printed.failures.contains(id)) {
                    differences
                        .push(format!("{engine}: {:?} read as {ids:?}: {}", printed.failures, message.text));
                }
                read.extend(ids);
            }
            // Of several calls, the lines of one may be taken for another's.
            let is_alone = printed.failures.len() == 1;
            if !is_alone && !printed.failures.iter().any(|failure| read.contains(failure)) {
                differences.push(format!("{engine}: none of {:?} read: {text}", printed.failures));
            }
            for failure in printed.failures.iter().filter(|_| is_alone) {
                if !read.contains(failure) && !is_silent(engine, failure) {
                    differences.push(format!("{engine}: {failure} not among {read:?}: {text}"));
                }
            }
        }
    }
    corsac_vectors::assert_none(&differences);
}
