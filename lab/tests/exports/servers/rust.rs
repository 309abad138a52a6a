//! Frameworks of Rust: one process, in which each text is a module, compiled as it stands (`lab/rust`).
//!
//! The binaries were built from the same vectors, and end at once where a text is not the one that they were built from.

use std::process::Command;

use corsac_lab::{Part, workspace_binary};
use libtest_mimic::Failed;

use super::{Folder, Server};

pub(crate) struct Rust {
    target: &'static str,
    binary: &'static str,
}

pub(crate) const TOWER_HTTP: Rust = Rust { target: "tower-http", binary: "corsac-lab-tower-http" };
pub(crate) const ACTIX_CORS: Rust = Rust { target: "actix-cors", binary: "corsac-lab-actix-cors" };

impl Server for Rust {
    fn target(&self) -> &'static str {
        self.target
    }

    fn part(&self) -> Part {
        Part::Cargo
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        let mut command = Command::new(workspace_binary(self.binary)?);
        command.env("PORT", served.port().to_string());
        Ok(command)
    }
}
