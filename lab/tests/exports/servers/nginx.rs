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

    fn authenticates(&self) -> bool {
        true
    }

    fn version(&self) -> Option<Command> {
        let mut command = Command::new(self.part().program().ok()?);
        command.arg("-v");
        Some(command)
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        if served.authentication {
            let lines = "auth_basic lab;\nauth_basic_user_file users;\n";
            std::fs::write(served.path.join("authentication_basic.conf"), lines)?;
            std::fs::write(served.path.join("users"), "lab:{PLAIN}open\n")?;
        }
        let mut command = Command::new(self.part().program()?);
        command.arg("-p").arg(served.path).arg("-c").arg(served.take("nginx.conf")?);
        command.args(["-e", "stderr", "-g", "daemon off; master_process off;"]);
        Ok(command)
    }
}
