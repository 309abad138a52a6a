//! How a scenario of nginx is run: its block inside of `frame.conf`, both filled in, in a folder of their own.
//!
//! One process in the foreground, so that ending it leaves no worker behind, and nothing outside of the folder is
//! written: it works for root and for anybody else.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::folder;
use crate::port::free_port;
use crate::scenario::Scenario;

/// The command that serves the scenario, and the folder it runs in.
pub(crate) fn command(nginx: &Path, scenario: &Scenario, port: u16) -> io::Result<(Command, TempDir)> {
    let servers = folder().join("servers/nginx");
    let run_in = tempfile::Builder::new().prefix("corsac-lab-nginx-").tempdir()?;
    let backend = free_port().to_string();
    let fill_in = |from: &Path, to: &str| {
        let text = fs::read_to_string(from)?
            .replace("{port}", &port.to_string())
            .replace("{backend}", &backend)
            .replace("{root}", &format!("\"{}\"", servers.join("www").display()));
        fs::write(run_in.path().join(to), text)
    };
    fill_in(&servers.join("frame.conf"), "nginx.conf")?;
    fill_in(&folder().join(&scenario.file), "scenario.conf")?;

    let mut command = Command::new(nginx);
    command.arg("-p").arg(run_in.path()).arg("-c").arg(run_in.path().join("nginx.conf")).args([
        "-e",
        "stderr",
        "-g",
        "daemon off; master_process off;",
    ]);
    Ok((command, run_in))
}
