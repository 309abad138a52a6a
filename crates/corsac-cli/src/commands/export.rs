//! `corsac export`: a policy in the words of another server.

use std::path::Path;

use corsac_export::{Can, Context, Proof, Refusal, Target, export, families, target, targets};
use corsac_gateway::Config;
use corsac_gateway::config::{NamedPolicy, nearest};

use crate::args::Export;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::{Printer, Tone};

pub(crate) fn run(arguments: &Export, printer: &Printer) -> Result<Exit, Complaint> {
    let named = |name: &String| target(name).expect("clap takes the names of targets alone");
    if let Some(listed) = &arguments.list {
        match listed.as_ref().or(arguments.to.as_ref()).map(named) {
            Some(target) => show(target, printer),
            None => list(printer),
        }
        return Ok(Exit::AsHoped);
    }
    let (Some(file), Some(target)) = (&arguments.file, arguments.to.as_ref().map(named)) else {
        unreachable!("clap asks for both where nothing is listed");
    };
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

/// Every target in a line, with its like.
fn list(printer: &Printer) {
    let width = targets().iter().map(|target| target.name().len()).max().unwrap_or_default() + 2;
    let head = format!("{:width$}  proof     refused  otherwise  known", "");
    printer.line(Tone::Quiet.paint(head));
    for (family, targets) in families() {
        printer.line(Tone::Strong.paint(family));
        for target in targets {
            printer.line(format!("  {:<width$}{}   {}", target.name(), summary(target), target.title()));
        }
    }
    printer.line("");
    printer.indented(
        "proof      ",
        "real: it runs the lines in the tests, and is asked the cases; stand-in: another server that runs them does; parsed: a schema or parser reads them",
    );
    printer.indented("refused    ", "what a policy may ask for and it cannot do: no lines are written then");
    printer.indented(
        "otherwise  ",
        "what it does in a lesser way, which lets nobody in; written with a warning",
    );
    printer.indented("known      ", "differences of the real one that the lines cannot help");
    printer.line("\nOne of them, with its reasons: corsac export --list nginx");
}

/// How it was proven, and how much it lacks.
fn summary(target: &dyn Target) -> String {
    let row = target.row();
    let refused = row.iter().filter(|(_, can)| matches!(can, Can::No(_))).count();
    let otherwise = row.iter().filter(|(_, can)| matches!(can, Can::Placed(_) | Can::Otherwise(_))).count();
    let proof = match target.proof() {
        Proof::RealServer => "real",
        Proof::StandIn(_) => "stand-in",
        Proof::Parsed(_) => "parsed",
        Proof::NotRun(_) => "not run",
    };
    format!("{proof:<8} {refused:>7} {otherwise:>10} {:>6}", target.differences().len())
}

/// All that is to be known of one target.
fn show(target: &dyn Target, printer: &Printer) {
    printer.line(format!("{}: {}", Tone::Strong.paint(target.name()), target.title()));
    printer.indented("  ", target.place());
    let proof = match target.proof() {
        Proof::RealServer => {
            "the real one runs the lines, and is asked every shared case it can express".to_owned()
        }
        Proof::StandIn(what) => {
            format!(
                "not run on the platform itself, but on {what}, which is asked every shared case it can express"
            )
        }
        Proof::Parsed(by) => format!("not run; the lines are read by {by}"),
        Proof::NotRun(reason) => format!("not run: {reason}"),
    };
    printer.indented("  proof      ", &proof);
    let mut does_all = true;
    for (title, can) in target.row() {
        let (word, reason) = match can {
            Can::Yes => continue,
            Can::Placed(reason) | Can::Otherwise(reason) => ("otherwise", reason),
            Can::No(reason) => ("refused", reason),
        };
        does_all = false;
        printer.indented(&format!("  {word:<11}"), &format!("{title}: {reason}"));
    }
    if does_all {
        printer.indented("  ", "does all that a policy can ask for");
    }
    let differences = target.differences();
    if !differences.is_empty() {
        printer.line("");
        let known = "In this the real one differs from the policy, and the lines cannot help it:";
        printer.indented("  ", known);
    }
    for difference in differences {
        printer.indented("  - ", &format!("{difference}: {}", difference.why));
    }
}
