//! `corsac export`: a policy in the words of another server.

use std::path::Path;

use corsac_export::{Can, Context, Feature, Refusal, Target, export, target, targets};
use corsac_gateway::Config;
use corsac_gateway::config::{NamedPolicy, nearest};

use crate::args::Export;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::{Printer, Tone};

pub(crate) fn run(arguments: &Export, printer: &Printer) -> Result<Exit, Complaint> {
    let (Some(file), Some(to)) = (&arguments.file, &arguments.to) else {
        list(printer);
        return Ok(Exit::AsHoped);
    };
    let target = target(to).expect("clap takes the names of targets alone");
    let policies = match Config::load_policies(file) {
        Ok(policies) => policies,
        Err(faults) => {
            printer.say(faults.to_string().trim_end());
            return Ok(Exit::Usage);
        }
    };
    let policy = choose(&policies, arguments.policy.as_deref(), file)?;
    let context = Context { name: policy.name().unwrap_or_default().to_owned(), ..Context::default() };
    match export(target, policy.policy(), &context) {
        Ok(exported) => {
            exported.warnings.iter().for_each(|warning| printer.note(warning.to_string()));
            printer.line(exported.text.trim_end());
            Ok(Exit::AsHoped)
        }
        Err(refusal) => {
            refuse(&refusal, printer);
            Ok(Exit::Blocked)
        }
    }
}

/// The policy that is meant: the named one, or the only one.
fn choose<'a>(
    policies: &'a [NamedPolicy],
    name: Option<&str>,
    file: &Path,
) -> Result<&'a NamedPolicy, Complaint> {
    let file = file.display();
    let names: Vec<&str> = policies.iter().filter_map(NamedPolicy::name).collect();
    match (name, policies) {
        (_, []) => {
            let remedy = "write [policies.app], and below it allow_origins = [\"https://app.example\"]";
            Err(Complaint::new(format!("{file} has no policy"), remedy))
        }
        (None, [only]) => Ok(only),
        (None, _) => Err(Complaint::new(
            format!("{file} has several policies"),
            format!("pass --policy with one of {}", names.join(", ")),
        )),
        (Some(name), _) => policies.iter().find(|policy| policy.name() == Some(name)).ok_or_else(|| {
            let remedy = match nearest(name, names.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("it has {}", names.join(", ")),
            };
            Complaint::new(format!("{file} has no policy `{name}`"), remedy)
        }),
    }
}

fn refuse(refusal: &Refusal, printer: &Printer) {
    let remedy = match refusal {
        Refusal::Unable { lacks, .. } => {
            let reasons: Vec<String> = lacks.iter().map(ToString::to_string).collect();
            reasons.join("; ")
        }
        Refusal::Unwritable { .. } => "take it out of the policy, or choose another target".to_owned(),
    };
    printer.complain(&Complaint::new(refusal.to_string(), remedy));
}

fn list(printer: &Printer) {
    for (index, target) in targets().iter().enumerate() {
        if index > 0 {
            printer.line("");
        }
        show(*target, printer);
    }
}

fn show(target: &dyn Target, printer: &Printer) {
    printer.line(format!("{:<9} {}", Tone::Strong.paint(target.name()), target.title()));
    let mut does_all = true;
    let features = Feature::OF_POLICIES.iter().chain(Feature::OF_ALL);
    let of_all = features.map(|feature| (feature.title(), target.can(*feature)));
    let own = target.peculiarities().iter().map(|own| (own.title, own.can));
    for (title, can) in of_all.chain(own) {
        let (word, reason) = match can {
            Can::Yes => continue,
            Can::Otherwise(reason) => ("otherwise", reason),
            Can::No(reason) => ("refused", reason),
        };
        does_all = false;
        printer.indented(&format!("  {word:<10}"), &format!("{title}: {reason}"));
    }
    if does_all {
        printer.indented("  ", "does all that a policy can ask for");
    }
}
