//! Exported manifests of gateways that cannot run here: for every policy of the shared vectors, held against the schemas
//! that those gateways would hold them against.
//!
//! What a gateway does with a manifest is not known here.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use corsac::{Policy, PolicyConfig};
use corsac_export::{Context, export, target};
use corsac_lab::{Part, parts_required, run};
use libtest_mimic::{Arguments, Failed, Trial};

/// The targets, each with a key of its manifests that a policy cannot do without.
const MANIFESTS: &[(&str, &str)] = &[
    ("traefik", "accessControlAllowHeaders"),
    ("kong", "origins"),
    ("apisix", "allow_methods"),
    ("gateway-api", "allowOrigins"),
    ("istio", "allowOrigins"),
    ("ingress-nginx", "cors-allow-credentials"),
];

/// Far more than it takes, for machines that are busy.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let missing = Part::Manifests.program().err();
    if let Some(missing) = missing {
        say(&format!("!! LEFT OUT: exported manifests: {missing}"));
    }
    let leave_out = missing.is_some() && !parts_required();
    let trials = MANIFESTS.iter().flat_map(|&(target, key)| {
        [
            Trial::test(format!("{target}: every manifest fits the schemas"), move || every_one_fits(target)),
            Trial::test(format!("{target}: a key that is misspelled is found"), move || {
                a_misspelled_key_is_found(target, key)
            }),
        ]
    });
    let trials = trials.map(|trial| trial.with_ignored_flag(leave_out)).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

#[expect(clippy::print_stderr, reason = "a test harness of its own talks to the person who runs it")]
fn say(line: &str) {
    eprintln!("{line}");
}

fn every_one_fits(target: &str) -> Result<(), Failed> {
    let texts = exported(target)?;
    let mut findings = read(target, &texts)?;
    // Some are templates before they are YAML, comments and all.
    findings.extend(texts.iter().filter(|text| text.contains("{{")).cloned());
    if findings.is_empty() && texts.len() > 20 {
        return Ok(());
    }
    Err(format!("of {} manifests:\n  {}", texts.len(), findings.join("\n  ")).into())
}

fn a_misspelled_key_is_found(target: &str, key: &str) -> Result<(), Failed> {
    let texts = exported(target)?;
    let text = texts.iter().find(|text| text.contains(key)).ok_or("no manifest has the key")?;
    let misspelled = text.replacen(key, &key.replacen(['a', 'o'], "e", 1), 1);
    let findings = read(target, &[misspelled])?;
    if findings.is_empty() { Err(format!("`{key}` was not missed").into()) } else { Ok(()) }
}

/// The manifests for all policies that the target can express.
fn exported(name: &str) -> Result<Vec<String>, Failed> {
    let mut policies: Vec<PolicyConfig> = Vec::new();
    for case in corsac_vectors::load::<corsac_vectors::PolicyCase>("policy") {
        let config: PolicyConfig = case.policy.clone().try_into()?;
        if !policies.contains(&config) {
            policies.push(config);
        }
    }
    let target = target(name).ok_or("it is not a target")?;
    let policies: Vec<Policy> = policies
        .into_iter()
        .map(PolicyConfig::into_policy)
        .collect::<Result<_, _>>()
        .map_err(|faults| faults.to_string())?;
    let context = Context { name: "{{ env \"HOME\" }}: my App'\n#2".into(), ..Context::default() };
    let texts = policies.iter().filter_map(|policy| export(target, policy, &context).ok());
    Ok(texts.map(|exported| exported.text).collect())
}

/// What the reader finds in these manifests.
fn read(target: &str, texts: &[String]) -> Result<Vec<String>, Failed> {
    let folder = tempfile::Builder::new().prefix("corsac-lab-manifests-").tempdir()?;
    for (number, text) in texts.iter().enumerate() {
        std::fs::write(folder.path().join(format!("policy_{number}.yaml")), text)?;
    }
    let mut command = Command::new(Part::Manifests.program()?);
    command.arg(reader()).arg(target).arg(folder.path());
    let output = run(&mut command, PATIENCE)?;
    let mut lines: Vec<String> = output.stdout.lines().map(str::to_owned).collect();
    let read = lines.pop();
    if output.status == Some(0) && read == Some(format!("read {}", texts.len())) {
        return Ok(lines);
    }
    Err(format!("the reader came to no end: {output:?}").into())
}

fn reader() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/manifests/read.js")
}
