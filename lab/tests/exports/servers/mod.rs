//! The servers that run exported texts: one small file each.
//!
//! A file says which command serves its target's texts, in which frame. What is asked, and what is right, it does not know.

mod apache;
mod caddy;
mod cloudflare_worker;
mod corsac;
mod envoy;
mod express;
mod flask;
mod go;
mod haproxy;
mod istio;
mod javascript;
mod nginx;
mod node;
mod python;
mod read;
mod ruby;
mod rust;

use std::path::{Path, PathBuf};
use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

/// The server of a target.
pub(crate) trait Server: Sync {
    /// The target's name.
    fn target(&self) -> &'static str;

    /// What of the machine it takes.
    fn part(&self) -> Part;

    /// Whether each text says where it listens. Then it governs all paths there, and the lab's application stands behind
    /// it; otherwise the server listens, and a text governs `/NUMBER/…`.
    fn listens(&self) -> bool {
        false
    }

    /// How many texts one process can run.
    fn at_once(&self) -> usize {
        usize::MAX
    }

    /// Whether the server itself asks who is there, behind the texts, where the folder wants it: by lines that
    /// [`Server::command`] adds, or in an application of `lab/exports`, which wants the `Authorization` of
    /// `CORSAC_LAB_AUTHORIZATION` where that is set. Otherwise the lab's application does, where it stands behind.
    fn authenticates(&self) -> bool {
        false
    }

    /// The command that tells the version of what is run; none where it has no way to be asked.
    fn version(&self) -> Option<Command> {
        None
    }

    /// The command that serves the texts of a folder, to be run in there.
    ///
    /// # Errors
    ///
    /// If the part is missing, or the folder cannot be furnished.
    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed>;
}

/// Every one, in the order of the targets.
pub(crate) const SERVERS: &[&dyn Server] = &[
    &nginx::Nginx,
    &apache::Apache,
    &haproxy::HaProxy,
    &caddy::Caddy,
    &envoy::Envoy,
    &express::Express,
    &javascript::FASTIFY,
    &javascript::HONO,
    &javascript::KOA,
    &node::Node,
    &python::FAST_API,
    &python::DJANGO,
    &cloudflare_worker::AROUND,
    &cloudflare_worker::IN_FRONT,
    &javascript::VERCEL,
    &javascript::NETLIFY,
    &flask::Flask,
    &ruby::RackCors,
    &go::RsCors,
    &rust::TOWER_HTTP,
    &rust::ACTIX_CORS,
    &corsac::Corsac,
];

/// What cannot run here, as its source is read. These are no real servers, and count for none.
pub(crate) const READINGS: &[&dyn Server] = &[
    &read::Read("traefik"),
    &read::Read("kong"),
    &read::Read("apisix"),
    &read::Read("gateway-api"),
    &istio::Istio,
    &read::Read("ingress-nginx"),
];

/// A folder with the texts, `policy_NUMBER.EXTENSION`, and with `inner.json`: what the application answers to the case of
/// each index.
pub(crate) struct Folder<'a> {
    pub(crate) path: &'a Path,
    /// Where the server must listen: the texts' own ports, the last of which is waited for, or one that was found.
    pub(crate) ports: &'a [u16],
    /// The numbers of the texts.
    pub(crate) numbers: &'a [usize],
    /// Whether an authentication is to be behind the texts.
    pub(crate) authentication: bool,
}

impl Folder<'_> {
    /// The port that is waited for.
    pub(crate) fn port(&self) -> u16 {
        *self.ports.last().expect("a server runs some text")
    }

    /// Completes a text, below the exported lines.
    pub(crate) fn rewrite(&self, number: usize, complete: impl Fn(String) -> String) -> Result<(), Failed> {
        let texts = std::fs::read_dir(self.path)?.filter_map(Result::ok).map(|entry| entry.path());
        for text in
            texts.filter(|path| path.file_stem().is_some_and(|stem| *stem == *format!("policy_{number}")))
        {
            std::fs::write(&text, complete(std::fs::read_to_string(&text)?))?;
        }
        Ok(())
    }

    /// Puts a file of `lab/exports` beside the texts.
    pub(crate) fn take(&self, name: &str) -> Result<PathBuf, Failed> {
        let path = self.path.join(name);
        std::fs::copy(frames().join(name), &path)?;
        Ok(path)
    }
}

/// What a server says of its version: the first number with a dot in it.
pub(crate) fn version(server: &dyn Server) -> Option<String> {
    let output = server.version()?.output().ok()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let numbers = said.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let mut numbers = numbers.map(|number| number.trim_matches('.'));
    numbers.find(|number| number.contains('.')).map(str::to_owned)
}

/// `lab/exports`: what stands around exported texts.
pub(crate) fn frames() -> PathBuf {
    lab().join("exports")
}

/// The lab's folder.
pub(crate) fn lab() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
