//! A running server with exported texts: each on a port or below a path of its own.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use corsac_export::target;
use corsac_lab::{Running, free_port, start_command};
use corsac_vectors::PolicyCase;
use libtest_mimic::Failed;
use tempfile::TempDir;

use super::authentication;
use super::servers::{Folder, Server};

/// The lines of one policy.
pub(crate) struct Text {
    pub(crate) lines: String,
    /// Where they listen, if they say so.
    pub(crate) port: Option<u16>,
}

/// How long a port may take to open.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until somebody listens there.
fn wait_for(port: u16) -> std::io::Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let begun = Instant::now();
    loop {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(_) => return Ok(()),
            Err(error) if begun.elapsed() > PATIENCE => return Err(error),
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// The server, for as long as this value is held.
pub(crate) struct Served {
    running: Running,
    _folder: TempDir,
}

impl Served {
    /// Starts the server of a target with the lines of these policies, by their numbers; with an authentication behind
    /// them where that is asked for.
    pub(crate) fn start(
        server: &dyn Server,
        cases: &[PolicyCase],
        texts: &[(usize, &Text)],
        authentication: bool,
    ) -> Result<Self, Failed> {
        let folder = tempfile::Builder::new().prefix("corsac-lab-exports-").tempdir()?;
        let extension = target(server.target()).expect("it is a target").extension();
        for (number, text) in texts {
            std::fs::write(folder.path().join(format!("policy_{number}.{extension}")), &text.lines)?;
        }
        if !server.listens() {
            let inner: Vec<serde_json::Value> = cases
                .iter()
                .map(|case| serde_json::json!({ "status": case.inner.status, "headers": case.inner.headers }))
                .collect();
            std::fs::write(folder.path().join("inner.json"), serde_json::to_string(&inner)?)?;
        }
        let mut ports: Vec<u16> = texts.iter().filter_map(|(_, text)| text.port).collect();
        if !server.listens() {
            ports.push(free_port());
        }
        let numbers: Vec<usize> = texts.iter().map(|(number, _)| *number).collect();
        let served = Folder { path: folder.path(), ports: &ports, numbers: &numbers, authentication };
        let mut command = server.command(&served)?;
        if authentication {
            command.env("CORSAC_LAB_AUTHORIZATION", authentication::AUTHORIZATION);
        }
        let running = start_command(server.target(), command.current_dir(folder.path()), served.port())?;
        // Caddy, for one, opens the doors of its sites in any order.
        for &port in &ports {
            wait_for(port).map_err(|error| format!("port {port}: {error}\n{}", running.said()))?;
        }
        Ok(Self { running, _folder: folder })
    }

    /// Where a policy's lines are asked for a path.
    pub(crate) fn place(&self, number: usize, text: &Text, path: &str) -> (SocketAddr, String) {
        match text.port {
            Some(port) => (SocketAddr::from((Ipv4Addr::LOCALHOST, port)), format!("/{path}")),
            None => (self.running.address(), format!("/{number}/{path}")),
        }
    }

    /// What the server wrote.
    pub(crate) fn said(&self) -> String {
        self.running.said()
    }
}
