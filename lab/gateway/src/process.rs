//! A program under measurement: on its core, with the processes it starts, and what the system says of them.

use std::fs::{self, File};
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tempfile::TempDir;

use crate::Error;
use crate::cores::Cores;

/// How long a program may take to listen, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running program; ended, with all its processes, when this is dropped.
pub(crate) struct Process {
    child: Child,
    /// Where its files are, and what it says.
    folder: TempDir,
    /// It and those it started.
    pids: Vec<u32>,
}

impl Process {
    /// Starts it on the core of the proxies, and waits until it listens.
    pub(crate) fn start(
        mut command: Command,
        folder: TempDir,
        cores: Cores,
        listens: SocketAddr,
    ) -> Result<Self, Error> {
        let said = File::create(folder.path().join("said"))?;
        command.stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said).process_group(0);
        // A child begins where its parent is.
        Cores::stay_on(cores.proxy)?;
        let child = command.spawn();
        Cores::stay_on(cores.load)?;
        let child = child.map_err(|error| format!("{command:?}: {error}"))?;
        let mut process = Self { child, folder, pids: Vec::new() };
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(listens).is_err() {
            if process.child.try_wait()?.is_some() || Instant::now() > until {
                return Err(format!("{command:?} does not listen; it says:\n{}", process.said()).into());
            }
            thread::sleep(Duration::from_millis(10));
        }
        // What it does after it began to listen is none of what is measured.
        thread::sleep(Duration::from_millis(200));
        process.pids = group(process.child.id())?;
        Ok(process)
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// What it wrote so far.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("said")).unwrap_or_default()
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// The first of its processes.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The time that its threads spent on processors.
    pub(crate) fn processor_time(&self) -> io::Result<Duration> {
        let mut nanoseconds = 0;
        for pid in &self.pids {
            for task in fs::read_dir(format!("/proc/{pid}/task"))? {
                // A thread that has just ended is gone.
                let text = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
                nanoseconds += text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0);
            }
        }
        if nanoseconds == 0 {
            return Err(io::Error::other("/proc does not say how long threads run"));
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// Its memory in bytes, what it shares with others counted by shares.
    pub(crate) fn memory(&self) -> io::Result<u64> {
        self.pids.iter().map(|pid| memory(*pid)).sum()
    }

    pub(crate) fn open_files(&self) -> io::Result<usize> {
        self.count("fd")
    }

    pub(crate) fn threads(&self) -> io::Result<usize> {
        self.count("task")
    }

    fn count(&self, what: &str) -> io::Result<usize> {
        self.pids.iter().map(|pid| Ok(fs::read_dir(format!("/proc/{pid}/{what}"))?.count())).sum()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only where it is gone already, which is what is wanted.
        let _ = kill_process_group(pid(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Whether this system says of processes what is asked here; some that look like Linux do not.
#[must_use]
pub fn can_be_measured() -> bool {
    ["/proc/self/schedstat", "/proc/self/smaps_rollup"].iter().all(|path| fs::read(path).is_ok())
}

/// Sends a process a signal.
pub(crate) fn signal(process: u32, signal: Signal) -> Result<(), Error> {
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw).ok_or("there is no such process")?;
    Ok(kill_process(pid, signal)?)
}

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

/// The processes of a group.
fn group(leader: u32) -> io::Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // `pid (name) state parent group …`, where the name may have anything in it.
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let after = text.rsplit(") ").next().unwrap_or_default();
        if after.split(' ').nth(2).and_then(|group| group.parse().ok()) == Some(leader) {
            found.push(pid);
        }
    }
    Ok(found)
}

fn memory(pid: u32) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kibibytes = line.and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kibibytes.map(|count| count * 1024).ok_or_else(|| io::Error::other("smaps_rollup has no Pss"))
}
