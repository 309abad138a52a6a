//! nginx: one process, a server block for each text.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server};

pub(crate) struct Nginx;

impl Server for Nginx {
    fn target(&self) -> &'static str {
        "nginx"
    }

    fn part(&self) -> Part {
        Part::Nginx
    }

    fn listens(&self) -> bool {
        true
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        let mut command = Command::new(self.part().program()?);
        command.arg("-p").arg(served.path).arg("-c").arg(served.take("nginx.conf")?);
        command.args(["-e", "stderr", "-g", "daemon off; master_process off;"]);
        Ok(command)
    }
}
