//! How a scenario of FastAPI is run: `python -m uvicorn MODULE:app`, in the lab's own virtual environment.

use std::path::Path;
use std::process::Command;

use crate::folder;
use crate::scenario::Scenario;

/// The command that serves the scenario.
pub(crate) fn command(python: &Path, scenario: &Scenario, port: u16) -> Command {
    let module = scenario.file.file_stem().unwrap_or_default().to_string_lossy();
    let mut command = Command::new(python);
    command
        .args(["-m", "uvicorn", &format!("{module}:app"), "--port", &port.to_string()])
        .current_dir(folder().join("servers/fastapi"))
        .env("PYTHONUNBUFFERED", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}
