//! Apache: one process, a virtual host for each text.

use std::fmt::Write as _;
use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server};

pub(crate) struct Apache;

impl Server for Apache {
    fn target(&self) -> &'static str {
        "apache"
    }

    fn part(&self) -> Part {
        Part::Apache
    }

    fn listens(&self) -> bool {
        true
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn version(&self) -> Option<Command> {
        let mut command = Command::new(self.part().program().ok()?);
        command.arg("-v");
        Some(command)
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        let mut listen = String::new();
        for port in served.ports {
            let _ = writeln!(listen, "Listen 127.0.0.1:{port}");
        }
        std::fs::write(served.path.join("listen.conf"), listen)?;
        if served.authentication {
            served.take("apache-authentication.conf")?;
            std::fs::write(served.path.join("users"), "lab:{SHA}X8fji//gDKRq3YkUVGSi6vdZ1cI=\n")?;
        }
        let mut command = Command::new(self.part().program()?);
        command.arg("-X").arg("-d").arg(served.path).arg("-f").arg(served.take("apache.conf")?);
        Ok(command)
    }
}
