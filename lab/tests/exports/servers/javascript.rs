//! JavaScript's frameworks and platforms under Node: one process, a part of the application for each text.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server, node};

pub(crate) struct JavaScript {
    target: &'static str,
    /// The application, in `lab/exports`.
    application: &'static str,
    /// The package that tells the version; without one it is Node's.
    package: Option<&'static str>,
}

pub(crate) const FASTIFY: JavaScript =
    JavaScript { target: "fastify", application: "fastify.js", package: Some("fastify") };
pub(crate) const HONO: JavaScript =
    JavaScript { target: "hono", application: "hono.js", package: Some("hono") };
pub(crate) const KOA: JavaScript = JavaScript { target: "koa", application: "koa.js", package: Some("koa") };
pub(crate) const VERCEL: JavaScript =
    JavaScript { target: "vercel", application: "fetch_handlers.js", package: None };
pub(crate) const NETLIFY: JavaScript =
    JavaScript { target: "netlify", application: "fetch_handlers.js", package: None };

impl Server for JavaScript {
    fn target(&self) -> &'static str {
        self.target
    }

    fn part(&self) -> Part {
        Part::JavaScript
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn version(&self) -> Option<Command> {
        match self.package {
            Some(package) => node::version(&self.part().program().ok()?, package, "javascript"),
            None => Server::version(&node::Node),
        }
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        Ok(node::script(&self.part().program()?, self.application, "javascript", served))
    }
}
