//! `corsac completions`: what a shell completes, made of the flags themselves.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::{Arguments, Completions};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::Printer;

pub(crate) fn run(arguments: &Completions, printer: &Printer) -> Result<Exit, Complaint> {
    printer.line(script(arguments.shell).trim_end());
    Ok(Exit::AsHoped)
}

fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "corsac", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;
    use crate::commands::verbs_and_flags;

    #[test]
    fn every_shell_is_told_every_verb_and_flag() {
        for shell in Shell::value_variants() {
            let script = script(*shell);
            for (verb, flags) in verbs_and_flags() {
                assert!(script.contains(&verb), "{shell} lacks {verb}");
                for flag in flags {
                    // fish names them without the hyphens.
                    let named = [format!("--{flag}"), format!("-l {flag}")];
                    assert!(named.iter().any(|named| script.contains(named)), "{shell} lacks --{flag}");
                }
            }
            // What can be the value of a flag as well.
            assert!(script.contains("chromium") && script.contains("fastapi"), "{shell}");
        }
    }
}
