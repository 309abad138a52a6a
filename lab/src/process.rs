//! Child processes: their output gathered while they run, and none left behind.
//!
//! Knows no server and no scenario.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How often a child is looked at while waiting for it.
pub(crate) const GLANCE: Duration = Duration::from_millis(10);

/// A child that ends when this value does.
#[derive(Debug)]
pub(crate) struct Guarded {
    child: Child,
    stdout: Gatherer,
    stderr: Gatherer,
}

impl Guarded {
    /// Starts the command, with nothing to read on its standard input.
    pub(crate) fn spawn(command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let stdout = Gatherer::of(child.stdout.take().expect("stdout is piped"));
        let stderr = Gatherer::of(child.stderr.take().expect("stderr is piped"));
        Ok(Self { child, stdout, stderr })
    }

    /// Its status, if it has ended by itself.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// What it has said so far.
    pub(crate) fn said(&self) -> (String, String) {
        (self.stdout.text(), self.stderr.text())
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it said until it closed its outputs. A grandchild that keeps them open is not waited for.
    fn all_it_said(&mut self) -> (String, String) {
        let until = Instant::now() + Duration::from_secs(1);
        while !(self.stdout.finished() && self.stderr.finished()) && Instant::now() < until {
            thread::sleep(GLANCE);
        }
        self.said()
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // Both fail only where the child is gone already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a stream to its end on a thread of its own, so that the child never waits for a reader.
#[derive(Debug)]
struct Gatherer {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: JoinHandle<()>,
}

impl Gatherer {
    fn of(mut stream: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&bytes);
        let thread = thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = stream.read(&mut buffer) {
                lock(&sink).extend_from_slice(&buffer[..length]);
            }
        });
        Self { bytes, thread }
    }

    fn finished(&self) -> bool {
        self.thread.is_finished()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&lock(&self.bytes)).into_owned()
    }
}

fn lock(bytes: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    bytes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a command came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its exit code; none if a signal ended it.
    pub status: Option<i32>,
    /// All it wrote to standard output.
    pub stdout: String,
    /// All it wrote to standard error.
    pub stderr: String,
}

/// A command did not come to an end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It could not be started or waited for.
    #[error("`{command}` could not be run: {source}")]
    NotRun {
        /// The command.
        command: String,
        /// Why.
        source: io::Error,
    },
    /// It took too long, and was ended.
    #[error("`{command}` was not done within {limit:?}\nstdout: {stdout}\nstderr: {stderr}")]
    TooLong {
        /// The command.
        command: String,
        /// The time it had.
        limit: Duration,
        /// What it had written to standard output.
        stdout: String,
        /// What it had written to standard error.
        stderr: String,
    },
}

/// Runs a command to its end, with nothing on its standard input, within a limit of time.
///
/// # Errors
///
/// If it cannot be started, or is not done in time; then it is ended.
pub fn run(command: &mut Command, limit: Duration) -> Result<Output, RunError> {
    let shown = format!("{command:?}");
    let not_run = |source| RunError::NotRun { command: shown.clone(), source };
    let until = Instant::now() + limit;
    let mut child = Guarded::spawn(command).map_err(not_run)?;
    loop {
        if let Some(status) = child.ended().map_err(not_run)? {
            let (stdout, stderr) = child.all_it_said();
            return Ok(Output { status: status.code(), stdout, stderr });
        }
        if Instant::now() >= until {
            let (stdout, stderr) = child.said();
            return Err(RunError::TooLong { command: shown, limit, stdout, stderr });
        }
        thread::sleep(GLANCE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_command_is_run_to_its_end() {
        let output =
            run(&mut shell("echo out; echo err >&2; exit 3"), Duration::from_secs(10)).expect("it ends");
        assert_eq!(output, Output { status: Some(3), stdout: "out\n".into(), stderr: "err\n".into() });
    }

    #[test]
    fn a_command_that_takes_too_long_is_ended() {
        let begun = Instant::now();
        let error = run(&mut shell("echo so far; exec sleep 60"), Duration::from_millis(300));
        let text = error.expect_err("it takes too long").to_string();
        assert!(text.contains("300ms") && text.contains("so far"), "{text}");
        assert!(begun.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn an_unknown_command_is_named() {
        let error = run(&mut Command::new("no-such-command"), Duration::from_secs(1));
        assert!(error.expect_err("it is not there").to_string().contains("no-such-command"));
    }
}
