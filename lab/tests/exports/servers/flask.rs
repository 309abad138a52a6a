//! Flask under gunicorn: one process, an application for each text.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server, frames};

pub(crate) struct Flask;

impl Server for Flask {
    fn target(&self) -> &'static str {
        "flask"
    }

    fn part(&self) -> Part {
        Part::Flask
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn version(&self) -> Option<Command> {
        let mut command = Command::new(self.part().program().ok()?);
        command.args(["-c", "import importlib.metadata as m; print(m.version('flask-cors'))"]);
        Some(command)
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        let mut command = Command::new(self.part().program()?);
        command.args(["-m", "gunicorn", "flask_application:app", "--log-level", "critical"]);
        command.args(["--bind", &format!("127.0.0.1:{}", served.port())]);
        command.args(["--limit-request-field_size", "4194304", "--limit-request-fields", "32768"]);
        command.arg("--permit-unconventional-http-method");
        command.env("PYTHONPATH", frames()).env("PYTHONDONTWRITEBYTECODE", "1");
        Ok(command)
    }
}
