//! Gateways that cannot be had here, as their sources are read: `lab/servers/manifests/gateways.js`.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server, lab};

/// A gateway by the name of its target.
pub(crate) struct Read(pub(crate) &'static str);

impl Server for Read {
    fn target(&self) -> &'static str {
        self.0
    }

    fn part(&self) -> Part {
        Part::Manifests
    }

    fn listens(&self) -> bool {
        true
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        let extension = corsac_export::target(self.0).ok_or("it is not a target")?.extension();
        let mut command = Command::new(self.part().program()?);
        command.arg("--max-http-header-size=4194304");
        command.arg(lab().join("servers/manifests/gateways.js")).arg(self.0);
        for (number, port) in served.numbers.iter().zip(served.ports) {
            command.arg(format!("{port}=policy_{number}.{extension}"));
        }
        Ok(command)
    }
}
