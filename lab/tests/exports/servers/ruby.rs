//! Rack under Puma: one process, an application for each text.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server};

pub(crate) struct RackCors;

impl Server for RackCors {
    fn target(&self) -> &'static str {
        "rack-cors"
    }

    fn part(&self) -> Part {
        Part::RackCors
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn version(&self) -> Option<Command> {
        let mut command = Command::new(self.part().program().ok()?.with_file_name("ruby"));
        command.args(["-e", "require 'rack/cors'; require 'rack/cors/version'; puts Rack::Cors::VERSION"]);
        Some(command)
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        served.take("rack_application.ru")?;
        let mut command = Command::new(self.part().program()?);
        command.args(["--no-config", "--environment", "production", "--threads", "1:1"]);
        command.args(["--bind", &format!("tcp://127.0.0.1:{}", served.port())]);
        command.arg("rack_application.ru");
        Ok(command)
    }
}
