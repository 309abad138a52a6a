//! `corsac manual`: the manual's pages, made of the flags themselves.

use std::path::Path;

use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::args::{Arguments, Manual};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::Printer;

pub(crate) fn run(arguments: &Manual, printer: &Printer) -> Result<Exit, Complaint> {
    let Some(folder) = &arguments.folder else {
        let mut page = Vec::new();
        Man::new(Arguments::command())
            .render(&mut page)
            .map_err(|error| Complaint::new(format!("the page cannot be made: {error}"), ""))?;
        printer.line(String::from_utf8_lossy(&page).trim_end());
        return Ok(Exit::AsHoped);
    };
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), folder))
        .map_err(|error| unwritable(folder, &error))?;
    printer.say(format!(
        "The manual is in {}: man -l {}",
        folder.display(),
        folder.join("corsac.1").display()
    ));
    Ok(Exit::AsHoped)
}

fn unwritable(folder: &Path, error: &std::io::Error) -> Complaint {
    let what = format!("the manual cannot be written to {}: {error}", folder.display());
    Complaint::new(what, "pass a folder that you may write to, such as ~/.local/share/man/man1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::verbs_and_flags;

    #[test]
    fn every_verb_has_a_page_that_names_its_flags() {
        let folder = tempfile::tempdir().expect("a folder");
        clap_mangen::generate_to(Arguments::command(), folder.path()).expect("it can be written");
        let page = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap_or_default();
        let own = page("corsac.1");
        for (verb, flags) in verbs_and_flags() {
            assert!(own.contains(&format!("corsac\\-{verb}(1)")), "corsac.1 lacks {verb}");
            let page = page(&format!("corsac-{verb}.1"));
            for flag in flags {
                let flag = format!("--{flag}").replace('-', "\\-");
                assert!(page.contains(&flag), "corsac-{verb}.1 lacks {flag}");
            }
        }
    }
}
