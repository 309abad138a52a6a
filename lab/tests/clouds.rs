//! Exported configurations of clouds, which cannot be had here: read as their own tools read them, and then put to models of
//! what each documents, call by call, beside the engine.
//!
//! A browser judges both. It may let no page do with the cloud's answers what it would not let it do with the policy's, nor
//! keep it from what the policy allows, but for what the export warns of.

#[path = "clouds/calls.rs"]
mod calls;
#[path = "clouds/engine.rs"]
mod engine;
#[path = "clouds/model/mod.rs"]
mod model;
#[path = "clouds/reading.rs"]
mod reading;

use std::process::ExitCode;

use corsac::{Policy, PolicyConfig};
use corsac_browser::CredentialsMode;
use corsac_export::{Context, Export, Feature, export, target};
use corsac_lab::{Part, parts_required};
use corsac_vectors::PolicyCase;
use libtest_mimic::{Arguments, Failed, Trial};

use calls::{Question, Readable, Server};
use engine::Engine;
use model::{azure, cloud_front, gcs, http_api, s3};

/// A cloud: the target's name, what reads its texts, and what makes a model of what was read.
struct Cloud {
    target: &'static str,
    part: Part,
    /// Whether its answers allow credentials where the policy does not, of which the export warns.
    always_allows_credentials: bool,
    model: fn(serde_json::Value) -> Result<Box<dyn Server>, serde_json::Error>,
}

const CLOUDS: &[Cloud] = &[
    Cloud {
        target: "aws-http-api",
        part: Part::Botocore,
        always_allows_credentials: false,
        model: http_api::read,
    },
    Cloud { target: "s3", part: Part::Botocore, always_allows_credentials: true, model: s3::read },
    Cloud {
        target: "cloudfront",
        part: Part::Botocore,
        always_allows_credentials: false,
        model: cloud_front::read,
    },
    Cloud { target: "gcs", part: Part::Botocore, always_allows_credentials: false, model: gcs::read },
    Cloud { target: "azure-storage", part: Part::Shell, always_allows_credentials: true, model: azure::read },
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    say_what_is_left_out();
    let trials = CLOUDS
        .iter()
        .map(|cloud| {
            let leave_out = cloud.part.program().is_err() && !parts_required();
            let name = format!("{}: its tools read every text, and none is wider", cloud.target);
            Trial::test(name, move || is_read_and_no_wider(cloud)).with_ignored_flag(leave_out)
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

#[expect(clippy::print_stderr, reason = "a test harness of its own talks to the person who runs it")]
fn say_what_is_left_out() {
    for (cloud, missing) in CLOUDS.iter().filter_map(|cloud| Some((cloud, cloud.part.program().err()?))) {
        eprintln!("!! LEFT OUT: what reads exports to {}: {missing}", cloud.target);
    }
}

/// Each policy of the vectors that the target can do, and its text.
fn exported(cloud: &Cloud, cases: &[PolicyCase]) -> Result<Vec<(Policy, Export)>, Failed> {
    let target = target(cloud.target).expect("it is a target");
    let (mut seen, mut exported): (Vec<PolicyConfig>, _) = (Vec::new(), Vec::new());
    for case in cases {
        let config: PolicyConfig = case.policy.clone().try_into()?;
        if seen.contains(&config) {
            continue;
        }
        seen.push(config.clone());
        let policy = config.into_policy().map_err(|faults| faults.to_string())?;
        if let Ok(export) = export(target, &policy, &Context::default()) {
            exported.push((policy, export));
        }
    }
    Ok(exported)
}

fn is_read_and_no_wider(cloud: &Cloud) -> Result<(), Failed> {
    let cases: Vec<PolicyCase> = corsac_vectors::load("policy");
    let exported = exported(cloud, &cases)?;
    let texts: Vec<&str> = exported.iter().map(|(_, export)| &*export.text).collect();
    let read = reading::read(cloud.target, &texts)?;
    let questions = calls::questions(&cases);
    let (mut wrong, mut allowed) = (Vec::new(), 0);
    for ((policy, export), read) in exported.iter().zip(read) {
        let model = (cloud.model)(read?)?;
        let engine = Engine(policy);
        for question in &questions {
            let pair = Pair { engine: &engine, model: &*model, question };
            allowed += usize::from(question.put(&*model).is_some());
            if let Some(what) = pair.difference(cloud, export) {
                wrong.push(format!("{what}: {question:?}\n{}", export.text));
            }
        }
    }
    match wrong.first() {
        Some(first) => Err(format!("{} differences; the first: {first}", wrong.len()).into()),
        // Where nothing is ever allowed, nothing was tried.
        None if allowed == 0 => Err("no call was allowed".into()),
        None => Ok(()),
    }
}

/// A call, and the two who answer it.
struct Pair<'a> {
    engine: &'a Engine<'a>,
    model: &'a dyn Server,
    question: &'a Question,
}

impl Pair<'_> {
    /// In what the cloud's outcome differs from the policy's, if the export does not warn of it.
    fn difference(&self, cloud: &Cloud, export: &Export) -> Option<String> {
        let (policys, clouds) = (self.question.put(self.engine), self.question.put(self.model));
        let warns = |feature: Feature| export.warnings.iter().any(|lack| lack.feature == Some(feature));
        if is_within(&clouds, &policys) {
            // Any method is written out as those that the cloud has.
            let is_written_out = warns(Feature::AnyMethod) || warns(Feature::AnyMethodWithCredentials);
            let is_known = is_written_out && self.question.has_rare_method();
            let narrower = clouds != policys && !is_known;
            return narrower.then(|| format!("narrower: {clouds:?} instead of {policys:?}"));
        }
        let own = export.warnings.iter().filter(|lack| lack.feature.is_none());
        let is_known = cloud.always_allows_credentials
            && own.map(|lack| lack.title).any(|title| title.contains("credentials"))
            // Credentials are all that it is wider by.
            && is_within(&clouds, &self.question.with(CredentialsMode::Omit).put(self.engine));
        (!is_known).then(|| format!("wider: {clouds:?} instead of {policys:?}"))
    }
}

/// Whether one outcome lets the page have no more than the other.
fn is_within(outcome: &Readable, other: &Readable) -> bool {
    match (outcome, other) {
        (None, _) => true,
        (Some(names), Some(others)) => names.is_subset(others),
        (Some(_), None) => false,
    }
}
