//! A server that runs every exported text at once: each on a port or below a path of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

use corsac_lab::{Part, Running, free_port, start_command};
use corsac_vectors::PolicyCase;
use libtest_mimic::Failed;
use tempfile::TempDir;

/// The lines of one policy.
pub(crate) struct Text {
    pub(crate) lines: String,
    /// Where they listen, if they say so.
    pub(crate) port: Option<u16>,
}

/// The server, for as long as this value is held.
pub(crate) struct Served {
    running: Running,
    _folder: TempDir,
}

impl Served {
    /// Starts the server of a target with the lines of each policy, by its number.
    pub(crate) fn start(name: &str, cases: &[PolicyCase], texts: &[(usize, &Text)]) -> Result<Self, Failed> {
        let lab = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::Builder::new().prefix("corsac-lab-exports-").tempdir()?;
        let extension = match name {
            "nginx" | "apache" => "conf",
            "haproxy" => "cfg",
            "caddy" => "Caddyfile",
            "express" | "node" => "js",
            _ => "py",
        };
        for (number, text) in texts {
            std::fs::write(folder.path().join(format!("policy_{number}.{extension}")), &text.lines)?;
        }
        let inner: Vec<serde_json::Value> = cases
            .iter()
            .map(|case| serde_json::json!({ "status": case.inner.status, "headers": case.inner.headers }))
            .collect();
        std::fs::write(folder.path().join("inner.json"), serde_json::to_string(&inner)?)?;
        let (mut command, port) = match name {
            "nginx" => {
                super::application::start(cases);
                std::fs::copy(lab.join("exports/nginx.conf"), folder.path().join("nginx.conf"))?;
                let mut command = Command::new(Part::Nginx.program()?);
                command.arg("-p").arg(folder.path()).arg("-c").arg(folder.path().join("nginx.conf"));
                command.args(["-e", "stderr", "-g", "daemon off; master_process off;"]);
                let port = texts.iter().find_map(|(_, text)| text.port).ok_or("nothing was exported")?;
                (command, port)
            }
            "haproxy" => {
                super::application::start(cases);
                std::fs::copy(lab.join("exports/haproxy.cfg"), folder.path().join("0.cfg"))?;
                let mut command = Command::new(Part::HaProxy.program()?);
                command.args(["-db", "-f", "0.cfg"]);
                for (number, _) in texts {
                    command.arg("-f").arg(format!("policy_{number}.cfg"));
                }
                let port = texts.last().and_then(|(_, text)| text.port).ok_or("nothing was exported")?;
                (command, port)
            }
            "apache" => {
                super::application::start(cases);
                std::fs::copy(lab.join("exports/apache.conf"), folder.path().join("apache.conf"))?;
                let ports: Vec<u16> = texts.iter().filter_map(|(_, text)| text.port).collect();
                let listen: String = ports.iter().map(|port| format!("Listen 127.0.0.1:{port}\n")).collect();
                std::fs::write(folder.path().join("listen.conf"), listen)?;
                let mut command = Command::new(Part::Apache.program()?);
                command.arg("-X").arg("-d").arg(folder.path()).args(["-f", "apache.conf"]);
                (command, *ports.last().ok_or("nothing was exported")?)
            }
            "caddy" => {
                super::application::start(cases);
                std::fs::copy(lab.join("exports/Caddyfile"), folder.path().join("Caddyfile"))?;
                let mut command = Command::new(Part::Caddy.program()?);
                command.args(["run", "--config", "Caddyfile", "--adapter", "caddyfile"]);
                command.env("HOME", folder.path()).env("XDG_DATA_HOME", folder.path());
                let port = texts.last().and_then(|(_, text)| text.port).ok_or("nothing was exported")?;
                (command, port)
            }
            script @ ("express" | "node") => {
                let port = free_port();
                let part = if script == "node" { Part::Node } else { Part::Express };
                let mut command = Command::new(part.program()?);
                command.arg("--max-http-header-size=4194304");
                command.arg(lab.join("exports").join(format!("{script}.js"))).env("PORT", port.to_string());
                command.env("NODE_PATH", lab.join("servers/express/node_modules"));
                command.env("NODE_ENV", "production");
                (command, port)
            }
            python => {
                let part = if python == "django" { Part::Django } else { Part::FastApi };
                let port = free_port();
                let mut command = Command::new(part.program()?);
                let application = format!("{python}_application:app");
                command.args(["-m", "uvicorn", &application, "--app-dir"]);
                command.arg(lab.join("exports")).args([
                    "--port",
                    &port.to_string(),
                    "--log-level",
                    "critical",
                ]);
                command.args(["--http", "h11", "--h11-max-incomplete-event-size", "4194304"]);
                command.env("PYTHONDONTWRITEBYTECODE", "1");
                (command, port)
            }
        };
        let running = start_command(name, command.current_dir(folder.path()), port)?;
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
