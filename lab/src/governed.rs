//! An API in Node, and `corsac serve` with one policy in front of it: what real clients are put to.

use std::io;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::binary::{BuildError, corsac_binary};
use crate::folder;
use crate::parts::{Missing, Part};
use crate::start::{Running, StartError, start_telling};

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
        let mut command = Command::new(node);
        command.arg(folder().join("servers/api/api.js"));
        let api = start_telling("the API", &mut command, "listening on http://127.0.0.1:")?;

        let config = format!(
            "listen = \"127.0.0.1:0\"\n[policies.app]\nallow_origins = [\"{origin}\"]\n\
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
        let gateway = start_telling("corsac serve", &mut command, "listening on http://127.0.0.1:")?;
        Ok(Self { gateway, api, _folder: run_in })
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
