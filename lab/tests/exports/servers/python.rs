//! Python's frameworks under uvicorn: one process, an application for each text.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server, frames};

pub(crate) struct Python {
    target: &'static str,
    part: Part,
}

pub(crate) const FAST_API: Python = Python { target: "fastapi", part: Part::FastApi };
pub(crate) const DJANGO: Python = Python { target: "django", part: Part::Django };

impl Server for Python {
    fn target(&self) -> &'static str {
        self.target
    }

    fn part(&self) -> Part {
        self.part
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn version(&self) -> Option<Command> {
        let mut command = Command::new(self.part.program().ok()?);
        command.arg("-c").arg(format!("import importlib.metadata as m; print(m.version('{}'))", self.target));
        Some(command)
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        let mut command = Command::new(self.part.program()?);
        command.args(["-m", "uvicorn", &format!("{}_application:app", self.target)]);
        command.arg("--app-dir").arg(frames()).args(["--port", &served.port().to_string()]);
        command.args(["--log-level", "critical", "--http", "h11"]);
        command.args(["--h11-max-incomplete-event-size", "4194304"]);
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        Ok(command)
    }
}
