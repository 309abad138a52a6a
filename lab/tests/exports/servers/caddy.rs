//! Caddy: one process, a site for each text.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server};

pub(crate) struct Caddy;

/// `open`, as Caddy keeps passwords.
const PASSWORD: &str = "$2b$04$abcdefghijklmnopqrstuu5cldSTjqTa.nw4QeJC5.F6G/ueChgIa";

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

    fn authenticates(&self) -> bool {
        true
    }

    fn version(&self) -> Option<Command> {
        let mut command = Command::new(self.part().program().ok()?);
        command.arg("version");
        Some(command)
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        if served.authentication {
            for &number in served.numbers {
                // Below the lines, in their route.
                let own = format!("\n\t\tbasicauth {{\n\t\t\tlab {PASSWORD}\n\t\t}}\n\t\treverse_proxy ");
                served.rewrite(number, |lines| lines.replacen("\n\t\treverse_proxy ", &own, 1))?;
            }
        }
        let mut command = Command::new(self.part().program()?);
        command.arg("run").arg("--config").arg(served.take("Caddyfile")?).args(["--adapter", "caddyfile"]);
        command.env("HOME", served.path).env("XDG_DATA_HOME", served.path);
        Ok(command)
    }
}
