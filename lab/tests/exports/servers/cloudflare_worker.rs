//! Cloudflare's own runtime: one process, a Worker on a port for each text, and the lab's application for what they fetch.

use std::fmt::Write as _;
use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server, node};
use crate::application;

pub(crate) struct CloudflareWorker;

impl Server for CloudflareWorker {
    fn target(&self) -> &'static str {
        "cloudflare-worker"
    }

    fn part(&self) -> Part {
        Part::Workerd
    }

    fn listens(&self) -> bool {
        true
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn version(&self) -> Option<Command> {
        node::version(&Part::Node.program().ok()?, "workerd", "javascript")
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        // What a Worker fetches comes from one that asks who is there, where an authentication is to be behind the lines.
        served.take("worker_authentication.js")?;
        let fetched = if served.authentication { "authentication" } else { "origin" };
        let (mut services, mut sockets) = (String::new(), String::new());
        for (number, port) in served.numbers.iter().zip(served.ports) {
            writeln!(
                services,
                "(name = \"worker{number}\", worker = (modules = [(name = \"index.js\", esModule = embed \
                 \"policy_{number}.js\")], compatibilityDate = \"2025-09-01\", globalOutbound = \"{fetched}\")),"
            )?;
            writeln!(
                sockets,
                "(name = \"socket{number}\", address = \"127.0.0.1:{port}\", http = (), service = \"worker{number}\"),"
            )?;
        }
        let origin = application::address();
        let config = format!(
            "using Workerd = import \"/workerd/workerd.capnp\";\n\
             const config :Workerd.Config = (\n  services = [\n    \
             (name = \"origin\", external = (address = \"{origin}\", http = ())),\n\
             (name = \"authentication\", worker = (modules = [(name = \"index.js\", esModule = embed \
             \"worker_authentication.js\")], compatibilityDate = \"2025-09-01\", globalOutbound = \"origin\", \
             bindings = [(name = \"authorization\", fromEnvironment = \"CORSAC_LAB_AUTHORIZATION\")])),\n{services}  ],\n  \
             sockets = [\n{sockets}  ],\n);\n"
        );
        std::fs::write(served.path.join("config.capnp"), config)?;
        let mut command = Command::new(self.part().program()?);
        command.args(["serve", "config.capnp"]);
        Ok(command)
    }
}
