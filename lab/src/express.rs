//! How a scenario of Express is run: `node FILE`, with the port in `PORT`.

use std::path::Path;
use std::process::Command;

use crate::folder;
use crate::scenario::Scenario;

/// The command that serves the scenario. Errors are shown in full, as on the machine of somebody who develops.
pub(crate) fn command(node: &Path, scenario: &Scenario, port: u16) -> Command {
    let mut command = Command::new(node);
    command
        .arg(folder().join(&scenario.file))
        .current_dir(folder().join("servers/express"))
        .env("PORT", port.to_string())
        .env_remove("NODE_ENV");
    command
}
