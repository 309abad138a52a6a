//! Java and C#, whose frameworks are not to be had here: grammars of both, by way of Python.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::files::{exported, has_star, none_of, read, reader, texts};

pub(crate) fn finds_the_same_texts_in_java() -> Result<(), Failed> {
    finds_the_same_texts("spring")
}

pub(crate) fn finds_the_same_texts_in_c_sharp() -> Result<(), Failed> {
    finds_the_same_texts("aspnet")
}

/// There is no fault, and every name and every exact origin of the policy is one of the strings.
fn finds_the_same_texts(target: &str) -> Result<(), Failed> {
    let (_folder, all) = exported(target)?;
    let mut command = Command::new(Part::Grammars.program()?);
    command.arg(reader("read_code.py")).env("PYTHONDONTWRITEBYTECODE", "1");
    let mut wrong = Vec::new();
    for (exported, read) in all.iter().zip(read(&mut command, &all)?) {
        let (config, strings) = (&exported.config, texts(&read["strings"]));
        // A star stands for the names beside it.
        let methods = config.allow_methods.iter().filter(|_| !has_star(&config.allow_methods));
        let origins = config.allow_origins.iter().filter(|origin| !origin.contains('*'));
        let headers = [&config.allow_headers, &config.expose_headers];
        let headers = headers.into_iter().filter(|list| !has_star(list)).flatten();
        let in_any_case = |name: &&String| strings.iter().any(|text| text.eq_ignore_ascii_case(name));
        let mut missing: Vec<&String> =
            methods.chain(origins).filter(|text| !strings.contains(text)).collect();
        missing.extend(headers.filter(|name| !in_any_case(name)));
        if read["sound"] != true || !missing.is_empty() {
            wrong.push(exported.is_read_otherwise(&format!("{missing:?} of {read}")));
        }
    }
    none_of(&wrong)
}
