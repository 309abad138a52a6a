//! JavaScript's frameworks and platforms under Node: one process, a part of the application for each text.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server, node};

pub(crate) struct JavaScript {
    target: &'static str,
    /// The application, in `lab/exports`.
    application: &'static str,
}

pub(crate) const FASTIFY: JavaScript = JavaScript { target: "fastify", application: "fastify.js" };
pub(crate) const HONO: JavaScript = JavaScript { target: "hono", application: "hono.js" };
pub(crate) const KOA: JavaScript = JavaScript { target: "koa", application: "koa.js" };
pub(crate) const VERCEL: JavaScript = JavaScript { target: "vercel", application: "fetch_handlers.js" };
pub(crate) const NETLIFY: JavaScript = JavaScript { target: "netlify", application: "fetch_handlers.js" };

impl Server for JavaScript {
    fn target(&self) -> &'static str {
        self.target
    }

    fn part(&self) -> Part {
        Part::JavaScript
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        Ok(node::script(&self.part().program()?, self.application, "javascript", served))
    }
}
