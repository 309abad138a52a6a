//! Cloudflare's own runtime: one process, a Worker on a port for each text, and the lab's application for what they fetch.

use std::fmt::Write as _;
use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server, node};
use crate::application;

pub(crate) struct CloudflareWorker {
    target: &'static str,
    /// How the Worker of a text is made.
    place: Place,
}

/// Where the lines are.
enum Place {
    /// They are the Worker, and what it fetches comes from one that asks who is there where that is wanted.
    InFront,
    /// They are around a Worker of `lab/exports`, which has an entrypoint that asks.
    Around,
}

pub(crate) const IN_FRONT: CloudflareWorker =
    CloudflareWorker { target: "cloudflare-worker", place: Place::InFront };
pub(crate) const AROUND: CloudflareWorker = CloudflareWorker { target: "workers", place: Place::Around };

/// What every Worker may know.
const AUTHORIZATION: &str =
    "bindings = [(name = \"authorization\", fromEnvironment = \"CORSAC_LAB_AUTHORIZATION\")]";

impl Place {
    /// The file of `lab/exports` that it takes.
    fn file(&self) -> &'static str {
        match self {
            Self::InFront => "worker_authentication.js",
            Self::Around => "workers.js",
        }
    }

    /// What a Worker of a text is, in the words of the runtime.
    fn worker(&self, number: usize, authentication: bool) -> String {
        match self {
            Self::InFront => {
                let fetched = if authentication { "authentication" } else { "origin" };
                format!("modules = [{}], globalOutbound = \"{fetched}\"", module("index.js", &text(number)))
            }
            Self::Around => {
                let own = module("index.js", self.file());
                let lines = module("cors-policy.js", &text(number));
                format!("modules = [{own}, {lines}], globalOutbound = \"origin\", {AUTHORIZATION}")
            }
        }
    }

    /// Which part of a Worker answers.
    fn entrypoint(&self, authentication: bool) -> &'static str {
        match self {
            Self::Around if authentication => ", entrypoint = \"authenticated\"",
            Self::Around | Self::InFront => "",
        }
    }

    /// Workers beside those of the texts.
    fn others(&self) -> String {
        match self {
            Self::InFront => {
                let own = module("index.js", self.file());
                service(
                    "authentication",
                    &format!("modules = [{own}], globalOutbound = \"origin\", {AUTHORIZATION}"),
                )
            }
            Self::Around => String::new(),
        }
    }
}

fn text(number: usize) -> String {
    format!("policy_{number}.js")
}

fn module(name: &str, file: &str) -> String {
    format!("(name = \"{name}\", esModule = embed \"{file}\")")
}

fn service(name: &str, worker: &str) -> String {
    format!("    (name = \"{name}\", worker = ({worker}, compatibilityDate = \"2025-09-01\")),\n")
}

impl Server for CloudflareWorker {
    fn target(&self) -> &'static str {
        self.target
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
        let Folder { numbers, ports, authentication, .. } = *served;
        served.take(self.place.file())?;
        let mut services = self.place.others();
        let mut sockets = String::new();
        for (number, port) in numbers.iter().zip(ports) {
            services
                .push_str(&service(&format!("worker{number}"), &self.place.worker(*number, authentication)));
            writeln!(
                sockets,
                "    (name = \"socket{number}\", address = \"127.0.0.1:{port}\", http = (), service = (name = \
                 \"worker{number}\"{})),",
                self.place.entrypoint(authentication)
            )?;
        }
        let origin = application::address();
        let config = format!(
            "using Workerd = import \"/workerd/workerd.capnp\";\nconst config :Workerd.Config = (\n  services = [\n    \
             (name = \"origin\", external = (address = \"{origin}\", http = ())),\n{services}  ],\n  \
             sockets = [\n{sockets}  ],\n);\n"
        );
        std::fs::write(served.path.join("config.capnp"), config)?;
        let mut command = Command::new(self.part().program()?);
        command.args(["serve", "config.capnp"]);
        Ok(command)
    }
}
