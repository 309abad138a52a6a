//! Caddy: one process, a site for each text.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server};

pub(crate) struct Caddy;

impl Server for Caddy {
    fn target(&self) -> &'static str {
        "caddy"
    }

    fn part(&self) -> Part {
        Part::Caddy
    }

    fn listens(&self) -> bool {
        true
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        let mut command = Command::new(self.part().program()?);
        command.arg("run").arg("--config").arg(served.take("Caddyfile")?).args(["--adapter", "caddyfile"]);
        command.env("HOME", served.path).env("XDG_DATA_HOME", served.path);
        Ok(command)
    }
}
