//! Envoy: a process for each text, which is the whole of its configuration.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server};

pub(crate) struct Envoy;

impl Server for Envoy {
    fn target(&self) -> &'static str {
        "envoy"
    }

    fn part(&self) -> Part {
        Part::Envoy
    }

    fn listens(&self) -> bool {
        true
    }

    fn at_once(&self) -> usize {
        1
    }

    fn version(&self) -> Option<Command> {
        let mut command = Command::new(self.part().program().ok()?);
        command.arg("--version");
        Some(command)
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        let mut command = Command::new(self.part().program()?);
        command.args(["--disable-hot-restart", "--concurrency", "1", "--log-level", "error"]);
        for number in served.numbers {
            command.arg("-c").arg(format!("policy_{number}.yaml"));
        }
        Ok(command)
    }
}
