//! Corsac's own gateway: a process for each text, which is its whole file.

use std::process::Command;

use corsac_lab::{Part, corsac_binary};
use libtest_mimic::Failed;

use super::{Folder, Server};

pub(crate) struct Corsac;

impl Server for Corsac {
    fn target(&self) -> &'static str {
        "corsac"
    }

    fn part(&self) -> Part {
        Part::Cargo
    }

    fn listens(&self) -> bool {
        true
    }

    fn at_once(&self) -> usize {
        1
    }

    fn version(&self) -> Option<Command> {
        let mut command = Command::new(corsac_binary().ok()?);
        command.arg("--version");
        Some(command)
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        let mut command = Command::new(corsac_binary()?);
        let [number] = served.numbers else { return Err("the gateway reads one file".into()) };
        command.arg("serve").arg("--config").arg(format!("policy_{number}.toml"));
        Ok(command)
    }
}
