//! The npm packages of the Express scenarios, exactly as their lock file has them.
//!
//! Node itself is not brought: it is one of the three things a machine must have.

use std::path::Path;

use super::{Stamp, has_program, there_already};
use crate::command::CommandLine;
use crate::printer;

/// Installs the npm packages, unless those of this very lock file are there.
pub(super) fn install(root: &Path) -> Result<(), String> {
    let folder = root.join("lab/servers/express");
    let (lock, copy) = (folder.join("package-lock.json"), folder.join("node_modules/.installed-from"));
    let stamp = Stamp { list: &lock, copy: &copy };
    if stamp.is_current() {
        there_already("npm packages (express, cors)");
        return Ok(());
    }
    if !(has_program("node") && has_program("npm")) {
        return Err("there is no Node here; install Node 18 or newer with npm, then run it again".to_owned());
    }
    printer::note(
        "npm packages (express, cors): installed into lab/servers/express, for the Express scenarios.",
    );
    CommandLine::new("npm", &["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).run(&folder)?;
    stamp.set()
}
