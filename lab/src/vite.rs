//! How Vite's dev server is run: on a copy of the page of `servers/vite`, which a test may then edit.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::folder;
use crate::parts::Part;
use crate::start::{Running, StartError, start_telling};

/// What the page is made of, as far as it is copied.
const SOURCES: [&str; 4] = ["package.json", "index.html", "main.js", "greeting.js"];

/// A dev server and the folder of the page that it serves.
#[derive(Debug)]
pub struct DevServer {
    /// The server.
    pub server: Running,
    folder: TempDir,
}

impl DevServer {
    /// Starts Vite as `npm run dev` does, on a page whose greeting is `first`.
    ///
    /// # Errors
    ///
    /// [`StartError::Missing`] if Vite is not on this machine; the others if it does not come up.
    pub fn vite() -> Result<Self, StartError> {
        let node = Part::Vite.program()?;
        let servers = folder().join("servers/vite");
        let not_started = |source| StartError::NotStarted { name: "Vite".to_owned(), source };
        let page = copy(&servers).map_err(not_started)?;
        let mut command = Command::new(node);
        command
            .arg(servers.join("node_modules/vite/bin/vite.js"))
            // The first that its `localhost` leads to; the lab looks at that one.
            .args(["--host", "127.0.0.1", "--port", "0"])
            .current_dir(page.path())
            .env("NO_COLOR", "1");
        let server = start_telling("Vite", &mut command, "Local:   http://127.0.0.1:")?;
        Ok(Self { server, folder: page })
    }

    /// Edits the page's greeting, as in an editor.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn greet(&self, text: &str) -> io::Result<()> {
        fs::write(self.folder.path().join("greeting.js"), format!("export const greeting = '{text}';\n"))
    }
}

fn copy(from: &Path) -> io::Result<TempDir> {
    let to = tempfile::Builder::new().prefix("corsac-lab-vite-").tempdir()?;
    for name in SOURCES {
        fs::copy(from.join(name), to.path().join(name))?;
    }
    Ok(to)
}
