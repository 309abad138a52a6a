//! Node's own server, and how scripts of Node are run.

use std::path::Path;
use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server, frames, lab};

pub(crate) struct Node;

impl Server for Node {
    fn target(&self) -> &'static str {
        "node"
    }

    fn part(&self) -> Part {
        Part::Node
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn version(&self) -> Option<Command> {
        let mut command = Command::new(self.part().program().ok()?);
        command.arg("--version");
        Some(command)
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        Ok(script(&self.part().program()?, "node.js", served))
    }
}

/// Asks a package of `lab/servers/express` for its version.
pub(super) fn version(node: &Path, package: &str) -> Option<Command> {
    let mut command = Command::new(node);
    command.arg("-p").arg(format!("require('{package}/package.json').version"));
    command.env("NODE_PATH", lab().join("servers/express/node_modules"));
    Some(command)
}

/// A script of `lab/exports`, with the packages of `lab/servers/express`.
pub(super) fn script(node: &Path, name: &str, served: &Folder<'_>) -> Command {
    let mut command = Command::new(node);
    command.arg("--max-http-header-size=4194304").arg(frames().join(name));
    command.env("PORT", served.port().to_string()).env("NODE_ENV", "production");
    command.env("NODE_PATH", lab().join("servers/express/node_modules"));
    command
}
