//! What the servers that a policy is to be exported to have to say of it. They are asked by exporting; no rule is here.

use corsac::{Policy, PolicyConfig};
use corsac_export::{Context, Feature, Lack, Refusal, Target, export};
use corsac_gateway::config::{Code, Remark, Severity};

/// What one target says.
pub(super) fn remarks(target: &dyn Target, policy: &Policy) -> Vec<Remark> {
    let (config, title) = (policy.to_config(), target.title());
    match export(target, policy, &Context::default()) {
        Ok(exported) => {
            let (own, of_all): (Vec<&Lack>, Vec<&Lack>) = exported
                .warnings
                .iter()
                .partition(|lack| lack.feature.is_none_or(|feature| feature.key().is_some()));
            let own = own.into_iter().map(|lack| otherwise(title, lack, &config));
            own.chain(whatever_is_asked(target, &of_all)).collect()
        }
        Err(Refusal::Unable { lacks, .. }) => {
            lacks.iter().map(|lack| refuses(title, lack, &config)).collect()
        }
        Err(Refusal::Unwritable { value, .. }) => vec![unwritable(title, &value, &config)],
    }
}

fn refuses(title: &str, Lack { feature, title: what, reason, .. }: &Lack, config: &PolicyConfig) -> Remark {
    Remark {
        severity: Severity::Warning,
        code: Code::TargetRefuses,
        key: feature.and_then(Feature::key),
        entry: feature.and_then(|feature| feature.entry(config)).map(str::to_owned),
        message: format!("{title} cannot do this, {what}: {reason}."),
        help: "change it for this server, or choose another: corsac export --list".into(),
    }
}

fn otherwise(title: &str, Lack { feature, title: what, reason, .. }: &Lack, config: &PolicyConfig) -> Remark {
    Remark {
        severity: Severity::Note,
        code: Code::TargetOtherwise,
        key: feature.and_then(Feature::key),
        entry: feature.and_then(|feature| feature.entry(config)).map(str::to_owned),
        message: format!("{title} does this otherwise, {what}: {reason}."),
        help: "nothing, if that may be; it lets nobody in".into(),
    }
}

/// What a target does otherwise for every policy, in one remark.
fn whatever_is_asked(target: &dyn Target, lacks: &[&Lack]) -> Option<Remark> {
    let features: Vec<&str> = lacks.iter().map(|lack| lack.title).collect();
    (!features.is_empty()).then(|| Remark {
        severity: Severity::Note,
        code: Code::TargetOtherwise,
        key: None,
        entry: None,
        message: format!(
            "Under any policy, {} does these otherwise: {}.",
            target.title(),
            features.join("; ")
        ),
        help: format!("nothing, if that may be; corsac export --list {} has the reasons", target.name()),
    })
}

/// The value itself is not repeated: the environment may have supplied it.
fn unwritable(title: &str, value: &str, config: &PolicyConfig) -> Remark {
    let lists = [
        ("allow_origins", &config.allow_origins),
        ("allow_methods", &config.allow_methods),
        ("allow_headers", &config.allow_headers),
        ("expose_headers", &config.expose_headers),
    ];
    // A target names the line that it could not write, which has all entries of a list, or one.
    let has = |list: &[String]| !list.is_empty() && list.iter().any(|entry| value.contains(entry.as_str()));
    let found = lists.into_iter().find(|(_, list)| has(list));
    Remark {
        severity: Severity::Warning,
        code: Code::TargetRefuses,
        key: found.map(|(key, _)| key),
        entry: found.and_then(|(_, list)| list.iter().find(|entry| *entry == value).cloned()),
        message: format!("A value here cannot be written in the language of {title}."),
        help: "corsac export names it; take it out for this server, or choose another".into(),
    }
}
