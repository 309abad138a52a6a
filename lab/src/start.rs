//! Starts a server, waits until it accepts connections, and ends it when it is no longer held.
//!
//! Which command serves a scenario is for the module of its stack to say.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::parts::Missing;
use crate::port::free_port;
use crate::process::{GLANCE, Guarded};
use crate::scenario::{Scenario, Stack};
use crate::{express, fastapi, nginx};

/// How long a server may take to listen: a cold interpreter on a busy machine is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs for as long as this value is held.
#[derive(Debug)]
pub struct Running {
    name: String,
    port: u16,
    process: Guarded,
    /// Where it keeps its files; gone with it.
    _folder: Option<TempDir>,
}

impl Running {
    /// The port it listens on, on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// The URL of a path on it; the path begins with a slash, or is empty.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// What it has written so far, to both outputs: for the message of a test that failed.
    #[must_use]
    pub fn said(&self) -> String {
        let (stdout, stderr) = self.process.said();
        format!("{stdout}{stderr}")
    }

    /// The process, for a test that sends it a signal.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Waits until it ends by itself, for a test that asks it to: its exit code, if no signal ended it.
    ///
    /// # Errors
    ///
    /// If it is still there after `limit`; then it is ended.
    pub fn wait(mut self, limit: Duration) -> Result<Option<i32>, StartError> {
        let until = Instant::now() + limit;
        loop {
            match self.process.ended() {
                Ok(Some(status)) => return Ok(status.code()),
                Ok(None) if Instant::now() < until => thread::sleep(GLANCE),
                Ok(None) => return Err(StartError::StillThere { name: self.name.clone(), limit }),
                Err(source) => return Err(StartError::NotStarted { name: self.name.clone(), source }),
            }
        }
    }
}

/// A server could not be brought up.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It takes something that is not on this machine.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// Its process, or the folder it needs, could not be made.
    #[error("{name} could not be started: {source}")]
    NotStarted {
        /// The server.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// It ended before it listened.
    #[error("{name} ended before it listened ({status})\n{said}")]
    Ended {
        /// The server.
        name: String,
        /// Its exit status, in words.
        status: String,
        /// What it wrote.
        said: String,
    },
    /// It runs, but does not listen.
    #[error("{name} does not listen on port {port} after {waited:?}\n{said}")]
    NotListening {
        /// The server.
        name: String,
        /// The port it was told to use.
        port: u16,
        /// How long it had.
        waited: Duration,
        /// What it wrote.
        said: String,
    },
    /// It should have ended, and has not.
    #[error("{name} was still there after {limit:?}")]
    StillThere {
        /// The server.
        name: String,
        /// How long it had.
        limit: Duration,
    },
}

/// Starts the server of a scenario, and waits until it listens.
///
/// # Errors
///
/// [`StartError::Missing`] if a real part is not on this machine; the others if the server does not come up.
pub fn start(scenario: &Scenario) -> Result<Running, StartError> {
    let program = scenario.stack.part().program()?;
    let name = scenario.to_string();
    let port = free_port();
    let (mut command, folder) = match scenario.stack {
        Stack::Express => (express::command(&program, scenario, port), None),
        Stack::FastApi => (fastapi::command(&program, scenario, port), None),
        Stack::Nginx => {
            let (command, folder) = nginx::command(&program, scenario, port)
                .map_err(|source| StartError::NotStarted { name: name.clone(), source })?;
            (command, Some(folder))
        }
    };
    let mut running = start_command(&name, &mut command, port)?;
    running._folder = folder;
    Ok(running)
}

/// Starts any command that serves on `port` of 127.0.0.1, and waits until it listens.
///
/// # Errors
///
/// If it cannot be started, ends, or does not listen in time.
pub fn start_command(name: &str, command: &mut Command, port: u16) -> Result<Running, StartError> {
    let name = name.to_owned();
    let not_started = |source| StartError::NotStarted { name: name.clone(), source };
    let process = Guarded::spawn(command).map_err(not_started)?;
    let mut running = Running { name: name.clone(), port, process, _folder: None };
    let begun = Instant::now();
    loop {
        // In this order: a process that is still there after the port has answered is the one that answered.
        let listens = TcpStream::connect_timeout(&running.address(), Duration::from_secs(1)).is_ok();
        if let Some(status) = running.process.ended().map_err(not_started)? {
            thread::sleep(GLANCE); // Its last words are still on their way.
            return Err(StartError::Ended { name, status: status.to_string(), said: running.said() });
        }
        if listens {
            return Ok(running);
        }
        if begun.elapsed() > PATIENCE {
            return Err(StartError::NotListening { name, port, waited: PATIENCE, said: running.said() });
        }
        thread::sleep(GLANCE);
    }
}

/// Starts any command that listens on a port of 127.0.0.1 that the system chooses, and tells it: `words` are what stands
/// before it, up to and with the colon. No two servers can then come to want the same one.
///
/// # Errors
///
/// If it cannot be started, ends, or tells no port in time.
pub fn start_telling(name: &str, command: &mut Command, words: &str) -> Result<Running, StartError> {
    let name = name.to_owned();
    let not_started = |source| StartError::NotStarted { name: name.clone(), source };
    let process = Guarded::spawn(command).map_err(not_started)?;
    let mut running = Running { name: name.clone(), port: 0, process, _folder: None };
    let begun = Instant::now();
    loop {
        if let Some(port) = port_after(&running.said(), words) {
            running.port = port;
            return Ok(running);
        }
        if let Some(status) = running.process.ended().map_err(not_started)? {
            thread::sleep(GLANCE); // Its last words are still on their way.
            return Err(StartError::Ended { name, status: status.to_string(), said: running.said() });
        }
        if begun.elapsed() > PATIENCE {
            return Err(StartError::NotListening { name, port: 0, waited: PATIENCE, said: running.said() });
        }
        thread::sleep(GLANCE);
    }
}

/// The port after the words, once what follows it shows that it is whole.
fn port_after(said: &str, words: &str) -> Option<u16> {
    let (_, rest) = said.split_once(words)?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit())?;
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_taken_once_it_is_whole() {
        let words = "listening on http://127.0.0.1:";
        assert_eq!(port_after("x\nlistening on http://127.0.0.1:4", words), None);
        assert_eq!(port_after("x\nlistening on http://127.0.0.1:40123\n", words), Some(40123));
        assert_eq!(port_after("listening on http://127.0.0.1:\n", words), None);
    }

    #[test]
    fn a_server_that_ends_at_once_is_reported_with_its_words() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'no such module' >&2; exit 1"]);
        let error = start_command("mine", &mut command, free_port()).expect_err("it ends");
        let text = error.to_string();
        assert!(text.contains("mine") && text.contains("exit status: 1"), "{text}");
    }
}
