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

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        let mut command = Command::new(self.part().program()?);
        command.arg("-db").arg("-f").arg(served.take("haproxy.cfg")?);
        for number in served.numbers {
            command.arg("-f").arg(format!("policy_{number}.cfg"));
        }
        Ok(command)
    }
}
