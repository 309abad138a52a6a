//! The findings as SARIF 2.1.0, which code scanning shows beside the lines they are about.
//!
//! Spec: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::path::{Component, Path};

use corsac_gateway::config::{Finding, Lint, Place, Severity};
use serde_json::{Value, json};
use url::Url;

/// The document as text.
pub(super) fn sarif(lint: &Lint, file: &Path) -> String {
    let mut rules: Vec<&Finding> = Vec::new();
    for finding in lint.findings() {
        if !rules.iter().any(|known| known.code == finding.code) {
            rules.push(finding);
        }
    }
    let uri = uri(file);
    let results: Vec<Value> = lint
        .findings()
        .iter()
        .map(|finding| {
            let index = rules.iter().position(|rule| rule.code == finding.code);
            result(finding, index, &uri)
        })
        .collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "corsac",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|finding| rule(finding)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{document:#}")
}

fn rule(finding: &Finding) -> Value {
    let meaning = finding.meaning();
    json!({ "id": finding.code, "shortDescription": { "text": meaning }, "help": { "text": meaning } })
}

fn result(finding: &Finding, rule: Option<usize>, uri: &str) -> Value {
    let region = match &finding.place {
        Place::Span { line, characters, .. } => {
            json!({ "startLine": line, "startColumn": characters.start, "endColumn": characters.end })
        }
        // Code scanning shows nothing that has no line.
        Place::File { .. } | Place::Flag { .. } => json!({ "startLine": 1 }),
    };
    json!({
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        "message": { "text": format!("{}\n{}", finding.message, finding.help).trim_end() },
        "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": uri }, "region": region },
        }],
    })
}

/// The file as a URI: relative to where the command runs, which in CI is the repository, if it is below that.
fn uri(file: &Path) -> String {
    let names = file.components().filter(|part| *part != Component::CurDir);
    let below = names.clone().all(|part| matches!(part, Component::Normal(_)));
    if below {
        let mut root = Url::parse("file:///").expect("a URL");
        let names = names.map(|part| part.as_os_str().to_string_lossy());
        root.path_segments_mut().expect("it has a path").pop_if_empty().extend(names);
        return root.path().trim_start_matches('/').to_owned();
    }
    let absolute = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    Url::from_file_path(&absolute).map_or_else(|()| file.display().to_string(), String::from)
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_file_below_is_named_from_here() {
        assert_eq!(uri("corsac.toml".as_ref()), "corsac.toml");
        assert_eq!(uri("./deploy/my policy#1.toml".as_ref()), "deploy/my%20policy%231.toml");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_elsewhere_is_named_from_the_root() {
        assert_eq!(uri("/nowhere/corsac.toml".as_ref()), "file:///nowhere/corsac.toml");
    }
}
