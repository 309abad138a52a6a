//! Other servers' configurations as policies: the cases of `vectors/import`.

use corsac::PolicyConfig;
use corsac_export::{ImportSource, import};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

/// A text, and the policy it is, or every reason why it is none: place, message, help.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    from: Option<String>,
    text: String,
    policy: Option<PolicyConfig>,
    #[serde(default)]
    refused: Vec<[String; 3]>,
}

fn cases() -> Vec<Case> {
    let files = ["gateway_api", "envoy", "s3", "tower_http", "recognised"];
    let read = |file: &str| corsac_vectors::read::<File>(format!("import/{file}.toml").as_ref()).case;
    files.into_iter().flat_map(read).collect()
}

fn source(name: &str) -> ImportSource {
    let found = ImportSource::ALL.iter().copied().find(|source| source.name() == name);
    found.unwrap_or_else(|| panic!("no format is named {name}"))
}

/// What differs between a case and what comes out.
fn judge(case: &Case, from: Option<ImportSource>, differences: &mut Vec<String>) {
    // A literal text of TOML begins after its first line break; the cases count that line.
    let text = if case.text.contains('\n') { format!("\n{}", case.text) } else { case.text.clone() };
    let id = &case.id;
    match (import(&text, from), &case.policy) {
        (Ok(imported), Some(policy)) => {
            let policy = policy.clone().into_policy().expect("the case's policy is sound");
            let config = imported.config.clone().into_policy().expect("what is imported is sound");
            if config.to_config() != policy.to_config() {
                differences.push(format!("{id}: {}", imported.toml("app")));
            }
            let file: toml::Table = imported.toml("app").parse().expect("TOML");
            let again: PolicyConfig = file["policies"]["app"].clone().try_into().expect("keys of a policy");
            assert_eq!(again, imported.config, "{id}");
        }
        (Err(faults), None) => {
            let got: Vec<_> = faults.faults().iter().collect();
            let is_as_expected = got.len() == case.refused.len()
                && got.iter().zip(&case.refused).all(|(fault, [place, message, help])| {
                    let at = fault.place.map_or_else(String::new, |at| format!("{}:{}", at.line, at.column));
                    at == *place && fault.message.contains(message) && fault.help.contains(help)
                });
            if !is_as_expected {
                let shown: Vec<String> =
                    got.iter().map(|fault| fault.shown("text", &text).to_string()).collect();
                differences.push(format!("{id}:\n{}", shown.join("\n")));
            }
        }
        (other, _) => differences.push(format!("{id}: {other:?}")),
    }
}

#[test]
fn every_case_is_the_policy_it_should_be_or_none() {
    let mut differences = Vec::new();
    for case in cases() {
        judge(&case, case.from.as_deref().map(source), &mut differences);
    }
    corsac_vectors::assert_none(&differences);
}

#[test]
fn every_case_is_recognised_without_its_format() {
    let mut differences = Vec::new();
    for case in cases().iter().filter(|case| case.id != "recognised-another-than-was-named") {
        judge(case, None, &mut differences);
    }
    corsac_vectors::assert_none(&differences);
}
