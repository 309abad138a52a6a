//! `corsac import`: another server's CORS configuration as a policy.

use std::io::{self, Read as _};
use std::path::Path;

use corsac_export::{ImportSource, import};

use crate::args::Import;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::{Printer, plain};

pub(crate) fn run(arguments: &Import, printer: &Printer) -> Result<Exit, Complaint> {
    let Import { file, from, name } = arguments;
    if name.is_empty() || name.contains(char::is_control) {
        return Err(Complaint::new("a policy's name is a word", "write --name app"));
    }
    let shown = if is_stdin(file) { "stdin".to_owned() } else { file.display().to_string() };
    let text = read(file).map_err(|error| {
        Complaint::new(format!("{shown} cannot be read: {error}"), "pass a file of YAML or JSON in UTF-8")
    })?;
    let named = |from: &String| ImportSource::ALL.iter().copied().find(|source| source.name() == from);
    match import(&text, from.as_ref().and_then(named)) {
        Ok(imported) => {
            printer.note(format!("read as {}", imported.source.title()));
            imported.notes.iter().for_each(|note| printer.note(note));
            printer.line(imported.toml(name).trim_end());
            Ok(Exit::AsHoped)
        }
        Err(faults) => {
            for (index, fault) in faults.faults().iter().enumerate() {
                if index > 0 {
                    printer.say("");
                }
                for line in fault.shown(&shown, &text).to_string().lines() {
                    printer.say(plain(line));
                }
            }
            Ok(if faults.is_of_the_file() { Exit::Usage } else { Exit::Findings })
        }
    }
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

fn read(file: &Path) -> io::Result<String> {
    if is_stdin(file) {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(file)
}
