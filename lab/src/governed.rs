//! An API in Node, and `corsac serve` with one policy in front of it: what real clients are put to.

use std::io;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::binary::{BuildError, corsac_binary};
use crate::folder;
use crate::parts::{Missing, Part};
use crate::port::free_port;
use crate::start::{Running, StartError, start_command};

/// An API and the gateway before it, for as long as this value is held.
#[derive(Debug)]
pub struct Governed {
    /// The gateway.
    pub gateway: Running,
    /// The API, which `servers/api/api.js` describes.
    pub api: Running,
    _folder: TempDir,
}

/// They could not be brought up.
#[derive(Debug, thiserror::Error)]
pub enum GovernedError {
    /// One of them did not start.
    #[error(transparent)]
    NotStarted(#[from] StartError),
    /// There is no gateway to start.
    #[error(transparent)]
    NotBuilt(#[from] BuildError),
    /// The gateway's configuration could not be written.
    #[error("the configuration could not be written: {0}")]
    NotWritten(#[from] io::Error),
}

impl Governed {
    /// Starts both. Pages of `origin` may call, with credentials.
    ///
    /// # Errors
    ///
    /// If Node is missing, or either does not come up.
    pub fn start(origin: &str) -> Result<Self, GovernedError> {
        let node = Part::Node.program().map_err(StartError::from)?;
        let port = free_port();
        let mut command = Command::new(node);
        command.arg(folder().join("servers/api/api.js")).env("PORT", port.to_string());
        let api = start_command("the API", &mut command, port)?;

        let port = free_port();
        let config = format!(
            "listen = \"127.0.0.1:{port}\"\n[policies.app]\nallow_origins = [\"{origin}\"]\n\
             allow_credentials = true\nallow_methods = [\"PUT\"]\n\
             allow_headers = [\"content-type\", \"x-asked\"]\nexpose_headers = [\"x-answered\"]\nmax_age = \"10m\"\n\
             [[routes]]\npath = \"/\"\nupstream = \"{}\"\npolicy = \"app\"\n",
            api.url("")
        );
        let run_in = tempfile::Builder::new().prefix("corsac-lab-governed-").tempdir()?;
        let file = run_in.path().join("corsac.toml");
        std::fs::write(&file, config)?;
        let mut command = Command::new(corsac_binary()?);
        command.arg("serve").arg("--config").arg(&file);
        Ok(Self { gateway: start_command("corsac serve", &mut command, port)?, api, _folder: run_in })
    }
}

/// The program that runs a part, and the script of `lab/clients` that it runs.
///
/// # Errors
///
/// [`Missing`], if the part is not on this machine.
pub fn client(part: Part, script: &str) -> Result<(PathBuf, PathBuf), Missing> {
    Ok((part.program()?, folder().join("clients").join(script)))
}
