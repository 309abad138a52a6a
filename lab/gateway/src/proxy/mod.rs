//! The contestants: each set up for the same duties, as its users set it up.
//!
//! One policy (one origin, with credentials), an answer to preflights, the upstream's own CORS headers taken away, the
//! client's address and the name it used passed on, connections kept on both sides, one worker, no access log.

mod corsac;
mod haproxy;
mod nginx;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use corsac_lab::free_port;
use tempfile::TempDir;

use crate::Error;
use crate::cores::Cores;
use crate::process::Process;

pub(crate) use corsac::{build, configuration as corsac_configuration};

/// How many connections each is ready for.
const CONNECTIONS: usize = 16_000;

/// Who is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proxy {
    Nginx(PathBuf),
    Haproxy(PathBuf),
    /// A binary, and what it is called here.
    Corsac(PathBuf, String),
}

/// One that runs.
pub(crate) struct Running {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

impl Proxy {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Nginx(_) => "nginx",
            Self::Haproxy(_) => "haproxy",
            Self::Corsac(_, name) => name,
        }
    }

    /// nginx, if it is here.
    pub(crate) fn nginx() -> Option<Self> {
        program("nginx").map(Self::Nginx)
    }

    /// HAProxy, if it is here.
    pub(crate) fn haproxy() -> Option<Self> {
        program("haproxy").map(Self::Haproxy)
    }

    /// Starts it.
    pub(crate) fn start(&self, upstream: SocketAddr, cores: Cores) -> Result<Running, Error> {
        let folder = tempfile::Builder::new().prefix("corsac-lab-gateway-").tempdir()?;
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let command = match self {
            Self::Nginx(program) => nginx::command(program, &folder, address, upstream)?,
            Self::Haproxy(program) => haproxy::command(program, &folder, address, upstream)?,
            Self::Corsac(program, _) => corsac::command(program, &folder, address, None, upstream)?,
        };
        Ok(Running { process: Process::start(command, folder, cores, address)?, address })
    }
}

/// Starts Corsac with an admin listener there.
pub(crate) fn start_corsac(
    program: &Path,
    admin: SocketAddr,
    upstream: SocketAddr,
    cores: Cores,
) -> Result<Running, Error> {
    let folder = tempfile::Builder::new().prefix("corsac-lab-gateway-").tempdir()?;
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let command = corsac::command(program, &folder, address, Some(admin), upstream)?;
    Ok(Running { process: Process::start(command, folder, cores, address)?, address })
}

/// A program on the path, or where Debian has servers.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// A file in the folder.
fn write(folder: &TempDir, name: &str, text: &str) -> std::io::Result<PathBuf> {
    let path = folder.path().join(name);
    std::fs::write(&path, text)?;
    Ok(path)
}

/// A command in the folder.
fn command_in(folder: &TempDir, program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder.path());
    command
}
