//! Express: one process, a router for each text.

use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server, node};

pub(crate) struct Express;

impl Server for Express {
    fn target(&self) -> &'static str {
        "express"
    }

    fn part(&self) -> Part {
        Part::Express
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn version(&self) -> Option<Command> {
        node::version(&self.part().program().ok()?, "express")
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        Ok(node::script(&self.part().program()?, "express.js", served))
    }
}
