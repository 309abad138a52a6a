//! A shared cache in front of a case's server, as a CDN is one.
//!
//! What it keeps is in a folder of its own: the server behind it comes and goes, and the copies stay until somebody
//! empties the cache. Knows nothing about CORS.

use std::fs;
use std::io;
use std::process::Command;

use corsac_lab::{Part, Running, free_port, start_command};
use serde::Deserialize;
use tempfile::TempDir;

use crate::folder;
use crate::server::ServerError;

/// What a cache does with what it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Manner {
    /// Keeps what `Cache-Control` lets it keep, one copy an address and whatever `Vary` names: nginx.
    Plain,
    /// The same, and does not say whether an answer is a copy: nginx, as long as nobody tells it to.
    Silent,
    /// Has one copy for everybody, whatever `Vary` says: nginx, told so.
    IgnoresVary,
    /// Keeps the answers to preflights, which nginx never does: a program of the zoo's own.
    KeepsOptions,
}

impl Manner {
    /// The program that is such a cache.
    pub(crate) fn part(self) -> Part {
        match self {
            Self::Plain | Self::Silent | Self::IgnoresVary => Part::Nginx,
            Self::KeepsOptions => Part::Node,
        }
    }
}

/// A cache, and what it keeps.
#[derive(Debug)]
pub struct Cache {
    manner: Manner,
    folder: TempDir,
}

impl Cache {
    /// An empty one.
    ///
    /// # Errors
    ///
    /// If its folder cannot be made.
    pub fn new(manner: Manner) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("corsac-lab-zoo-").tempdir()?;
        fs::create_dir(folder.path().join("kept"))?;
        Ok(Self { manner, folder })
    }

    /// Starts it in front of the server on that port, with what it has kept so far; `key` names the request headers that
    /// are in its key beside the address.
    pub(crate) fn in_front_of(&self, upstream: u16, key: &[String]) -> Result<Running, ServerError> {
        let port = free_port();
        let mut command = Command::new(self.manner.part().program()?);
        if self.manner == Manner::KeepsOptions {
            command.arg(folder().join("servers/cache.js"));
            command.env("PORT", port.to_string()).env("UPSTREAM", upstream.to_string());
            command.current_dir(self.folder.path());
        } else {
            let variable = |name: &String| format!("$http_{}", name.to_ascii_lowercase().replace('-', "_"));
            let key: String = key.iter().map(variable).collect();
            let says = "add_header X-Cache-Status $upstream_cache_status always;";
            let manner = match self.manner {
                Manner::IgnoresVary => format!("{says} proxy_ignore_headers Vary;"),
                Manner::Silent => String::new(),
                Manner::Plain | Manner::KeepsOptions => says.to_owned(),
            };
            let frame = fs::read_to_string(folder().join("frames/cache.conf"))?
                .replace("{port}", &port.to_string())
                .replace("{upstream}", &upstream.to_string())
                .replace("{key}", &key)
                .replace("{manner}", &manner);
            let configuration = self.folder.path().join("nginx.conf");
            fs::write(&configuration, frame)?;
            command.arg("-p").arg(self.folder.path()).arg("-c").arg(configuration);
            command.args(["-e", "stderr", "-g", "daemon off; master_process off;"]);
        }
        Ok(start_command("the cache", &mut command, port)?)
    }

    /// Empties it as people empty nginx's: the files go, and it goes on.
    pub(crate) fn empty(&self) -> io::Result<()> {
        for kept in fs::read_dir(self.folder.path().join("kept"))? {
            let kept = kept?.path();
            if kept.is_dir() { fs::remove_dir_all(kept)? } else { fs::remove_file(kept)? }
        }
        Ok(())
    }
}
