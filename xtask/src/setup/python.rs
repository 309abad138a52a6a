//! The Python packages of the lab's servers, of grammars and of a client, every version pinned, in an environment of their own.
//!
//! Python itself is not brought: it is one of the three things a machine must have.

use std::path::Path;

use super::{Stamp, there_already};
use crate::command::CommandLine;
use crate::printer;

/// Whether this Python can make environments: Debian's cannot, without a package of its own.
pub(super) fn can_make_environments(root: &Path) -> bool {
    CommandLine::new("python3", &["-c", "import ensurepip, venv"]).succeeds(root)
}

/// Installs the Python packages, unless those of this very list are there.
pub(super) fn install(root: &Path) -> Result<(), String> {
    let folder = root.join("lab/servers/fastapi");
    let (list, copy) = (folder.join("requirements.txt"), folder.join(".venv/.installed-from"));
    let stamp = Stamp { list: &list, copy: &copy };
    let python = folder.join(".venv/bin/python").display().to_string();
    let works = CommandLine::new(
        &python,
        &["-c", "import fastapi, uvicorn, httpx, h2, flask_cors, gunicorn, tree_sitter"],
    );
    if stamp.is_current() && works.succeeds(&folder) {
        there_already("Python packages (fastapi, uvicorn, flask, httpx)");
        return Ok(());
    }
    printer::note(
        "Python packages (fastapi, uvicorn, flask, httpx): installed into lab/servers/fastapi/.venv, for the FastAPI scenarios, exported policies and a client of the gateway.",
    );
    CommandLine::new("python3", &["-m", "venv", "--clear", ".venv"]).run(&folder)?;
    let quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
    let arguments = [&["-m", "pip", "install"][..], &quiet, &["--requirement", "requirements.txt"]].concat();
    CommandLine::new(&python, &arguments).run(&folder)?;
    stamp.set()
}
