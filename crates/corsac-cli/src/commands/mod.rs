//! One file a verb; each takes what was typed and gives an exit code.

mod call;
mod check;
mod completions;
mod demo;
mod dev;
mod explain;
mod export;
mod har;
mod import;
mod lint;
mod manual;
mod origin;
mod plan;
mod serve;

use crate::args::Verb;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::Printer;

pub(crate) fn run(verb: Verb, printer: &Printer) -> Result<Exit, Complaint> {
    match verb {
        Verb::Check(arguments) => check::run(&arguments, printer),
        Verb::Plan(arguments) => plan::run(&arguments, printer),
        Verb::Explain(arguments) => explain::run(&arguments, printer),
        Verb::Origin(arguments) => origin::run(&arguments, printer),
        Verb::Har(arguments) => har::run(&arguments, printer),
        Verb::Lint(arguments) => lint::run(&arguments, printer),
        Verb::Serve(arguments) => serve::run(&arguments, printer),
        Verb::Export(arguments) => export::run(&arguments, printer),
        Verb::Import(arguments) => import::run(&arguments, printer),
        Verb::Dev(arguments) => dev::run(&arguments, printer),
        Verb::Demo => demo::run(printer),
        Verb::Completions(arguments) => completions::run(&arguments, printer),
        Verb::Manual(arguments) => manual::run(&arguments, printer),
    }
}

/// A runtime for a command that waits on the network: one thread is enough for one call.
fn runtime() -> Result<tokio::runtime::Runtime, Complaint> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Complaint::new(format!("no runtime could be started: {error}"), ""))
}

/// Every verb, and its flags in full.
#[cfg(test)]
fn verbs_and_flags() -> Vec<(String, Vec<String>)> {
    let mut command = <crate::args::Arguments as clap::CommandFactory>::command();
    command.build();
    let flags = |verb: &clap::Command| {
        verb.get_arguments().filter_map(|flag| flag.get_long()).map(str::to_owned).collect::<Vec<_>>()
    };
    let verbs = command.get_subcommands().filter(|verb| verb.get_name() != "help");
    verbs.map(|verb| (verb.get_name().to_owned(), flags(verb))).collect()
}
