//! The npm packages of the lab's servers, exactly as their lock files have them.
//!
//! Node itself is not brought: it is one of the three things a machine must have.

use std::path::Path;

use super::{Stamp, has_program, there_already};
use crate::command::CommandLine;
use crate::printer;

/// Packages in a folder of their own.
struct Packages {
    folder: &'static str,
    names: &'static str,
    /// What for, in half a sentence.
    why: &'static str,
}

const PACKAGES: &[Packages] = &[
    Packages { folder: "lab/servers/express", names: "express, cors", why: "for the Express scenarios" },
    Packages {
        folder: "lab/servers/javascript",
        names: "fastify, hono, koa, workerd",
        why: "for exports to them and to Cloudflare Workers, and for the zoo",
    },
    Packages { folder: "lab/servers/vite", names: "vite", why: "for `corsac dev` in front of the real one" },
    Packages {
        folder: "lab/servers/manifests",
        names: "schemas of Gateway API, Istio, Traefik",
        why: "to hold exported manifests against",
    },
];

/// Installs the npm packages, unless those of these very lock files are there.
pub(super) fn install(root: &Path) -> Result<(), String> {
    PACKAGES.iter().try_for_each(|packages| packages.install(root))
}

impl Packages {
    fn install(&self, root: &Path) -> Result<(), String> {
        let Self { folder: place, names, why } = self;
        let folder = root.join(place);
        let (lock, copy) = (folder.join("package-lock.json"), folder.join("node_modules/.installed-from"));
        let stamp = Stamp { list: &lock, copy: &copy };
        if stamp.is_current() {
            there_already(&format!("npm packages ({names})"));
            return Ok(());
        }
        if !(has_program("node") && has_program("npm")) {
            let help = "install Node 20.19 or newer with npm, then run it again";
            return Err(format!("there is no Node here; {help}"));
        }
        printer::note(&format!("npm packages ({names}): installed into {place}, {why}."));
        CommandLine::new("npm", &["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).run(&folder)?;
        stamp.set()
    }
}
