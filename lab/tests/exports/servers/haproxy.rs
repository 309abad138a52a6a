//! HAProxy: one process, a frontend for each text.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server};

pub(crate) struct HaProxy;

impl Server for HaProxy {
    fn target(&self) -> &'static str {
        "haproxy"
    }

    fn part(&self) -> Part {
        Part::HaProxy
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
        let mut command = Command::new(self.part().program()?);
        command.arg("-db").arg("-f").arg(served.take("haproxy.cfg")?);
        if served.authentication {
            command.arg("-f").arg(served.take("haproxy-users.cfg")?);
        }
        for &number in served.numbers {
            if served.authentication {
                // Below the lines, in the backend, where they end.
                served
                    .rewrite(number, |lines| lines + "    http-request auth unless { http_auth(lab) }\n")?;
            }
            command.arg("-f").arg(format!("policy_{number}.cfg"));
        }
        Ok(command)
    }
}
