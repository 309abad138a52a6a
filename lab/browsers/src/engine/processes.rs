//! The processes of one browser and the folder they live in: started together, watched, and all gone together.
//!
//! Every program leads a process group of its own. A watcher, outside of them, ends the groups and removes the
//! folder if this process dies before it could, whatever it dies of. What leaves its group is found by the folder,
//! which is its home. Reads Linux's `/proc`; knows no browser.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// How often processes are looked at while waiting for their end.
const GLANCE: Duration = Duration::from_millis(10);

/// What a program may take to end itself when asked politely.
const GRACE: Duration = Duration::from_secs(2);

/// What killed processes may take to be gone: more than they should, for machines that are busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many lines of what the programs wrote are kept for error messages.
const KEPT: usize = 60;

/// Reads process groups, a line each, until its input ends; that is when whoever wrote them is gone.
const WATCHER: &str = r#"
while read -r group; do groups="$groups $group"; done
for signal in TERM KILL; do
    for group in $groups; do kill -s "$signal" -- "-$group"; done
    sleep 1
done
rm -rf -- "$1"
"#;

/// A browser's processes and their folder. They go when this value does.
pub(super) struct Processes {
    /// Outermost first; ended the other way around.
    groups: Vec<Group>,
    watcher: Child,
    /// Gone when the watcher is to stop reading.
    watched: ChildStdin,
    said: Said,
    folder: TempDir,
}

struct Group {
    leader: Child,
    /// Whether it leaves files elsewhere behind unless it ends itself.
    asked_first: bool,
}

/// A program that was started, and what is to be read from it and written to it.
pub(super) struct Started {
    pub(super) id: u32,
    pub(super) stdin: mpsc::UnboundedSender<String>,
    pub(super) stdout: Lines,
    pub(super) stderr: Lines,
}

/// The lines a program writes, as they come; the end of them is its end.
pub(super) type Lines = mpsc::UnboundedReceiver<String>;

impl Processes {
    /// A folder, and no process in it yet.
    pub(super) fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("corsac-browser-").tempdir()?;
        for name in ["home", "temporary", "run"] {
            fs::create_dir(folder.path().join(name))?;
        }
        let mut watcher = Command::new("sh")
            .args(["-c", WATCHER, "watcher"])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let watched = watcher.stdin.take().expect("stdin is piped");
        Ok(Self { groups: Vec::new(), watcher, watched, said: Said::default(), folder })
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A command for a program that lives in the folder. It has no variable of this process but the path: what a
    /// browser does must not depend on a machine's proxies or language.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH"))
            .env("LANG", "C.UTF-8")
            .env("HOME", self.folder().join("home"))
            .env("TMPDIR", self.folder().join("temporary"))
            .env("XDG_RUNTIME_DIR", self.folder().join("run"))
            .current_dir(self.folder());
        command
    }

    /// Starts a program, which is killed at the end.
    pub(super) fn start(&mut self, command: &mut Command) -> io::Result<Started> {
        self.start_in_group(command, false)
    }

    /// Starts a program that is asked to end, and killed only if it does not.
    pub(super) fn start_asked_first(&mut self, command: &mut Command) -> io::Result<Started> {
        self.start_in_group(command, true)
    }

    fn start_in_group(&mut self, command: &mut Command, asked_first: bool) -> io::Result<Started> {
        let mut leader = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let id = leader.id();
        let started = Started {
            id,
            stdin: write_lines(leader.stdin.take().expect("stdin is piped")),
            stdout: read_lines(leader.stdout.take().expect("stdout is piped"), self.said.clone()),
            stderr: read_lines(leader.stderr.take().expect("stderr is piped"), self.said.clone()),
        };
        self.groups.push(Group { leader, asked_first });
        writeln!(self.watched, "{id}")?;
        Ok(started)
    }

    /// The last lines that the programs wrote.
    pub(super) fn said(&self) -> String {
        self.said.text()
    }

    /// All that lives, zombies left out.
    pub(super) fn living(&self) -> Vec<u32> {
        let groups: Vec<u32> = self.groups.iter().map(|group| group.leader.id()).collect();
        living(&groups, self.folder())
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        // Each of these fails only where there is nothing left to end, or to remove.
        let _ = self.watcher.kill();
        let _ = self.watcher.wait();
        for group in self.groups.iter_mut().rev() {
            let id = group.leader.id();
            if group.asked_first {
                signal_group(id, Signal::TERM);
                wait_until(GRACE, || matches!(group.leader.try_wait(), Ok(Some(_)) | Err(_)));
            }
            signal_group(id, Signal::KILL);
            let _ = group.leader.wait();
        }
        // One that is just becoming another program has neither command line nor environment for a moment, so that
        // nothing was seen counts only when it was seen twice.
        let mut saw_none = false;
        wait_until(PATIENCE, || {
            let left = self.living();
            for &id in &left {
                signal(id, Signal::KILL);
            }
            std::mem::replace(&mut saw_none, left.is_empty()) && left.is_empty()
        });
    }
}

impl fmt::Debug for Processes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Processes").field("folder", &self.folder()).finish_non_exhaustive()
    }
}

/// Whether a process runs; a zombie does not.
pub(super) fn is_running(id: u32) -> bool {
    stat(id).is_some_and(|stat| stat.runs)
}

fn wait_until(limit: Duration, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + limit;
    while !is_so() && Instant::now() < until {
        thread::sleep(GLANCE);
    }
}

fn signal(id: u32, signal: Signal) {
    if let Some(id) = pid(id) {
        let _ = kill_process(id, signal);
    }
}

fn signal_group(id: u32, signal: Signal) {
    if let Some(id) = pid(id) {
        let _ = kill_process_group(id, signal);
    }
}

fn pid(id: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(id).ok()?)
}

/// The processes of these groups, and those that have this folder in their command line or environment.
fn living(groups: &[u32], folder: &Path) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let folder = folder.as_os_str().as_encoded_bytes();
    let names_folder = |id: u32, file: &str| {
        fs::read(format!("/proc/{id}/{file}"))
            .is_ok_and(|bytes| bytes.windows(folder.len()).any(|window| window == folder))
    };
    let ids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|&id| id != std::process::id())
        .filter(|&id| {
            stat(id).is_some_and(|stat| {
                let mentions = || names_folder(id, "cmdline") || names_folder(id, "environ");
                stat.runs && (groups.contains(&stat.group) || mentions())
            })
        })
        .collect()
}

struct Stat {
    runs: bool,
    group: u32,
}

fn stat(id: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name, in parentheses, may hold anything.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    let group = fields.nth(1)?.parse().ok()?;
    Some(Stat { runs: !matches!(state, "Z" | "X"), group })
}

/// The last lines of all outputs.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<VecDeque<String>>>);

impl Said {
    fn lines(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: &str) {
        let mut lines = self.lines();
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(line.chars().take(1000).collect());
    }

    fn text(&self) -> String {
        self.lines().iter().cloned().collect::<Vec<_>>().join("\n")
    }
}

/// Reads to the end on a thread of its own, so that the program never waits for a reader.
fn read_lines(stream: impl Read + Send + 'static, said: Said) -> Lines {
    let (sender, lines) = mpsc::unbounded_channel();
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut bytes = Vec::new();
        while let Ok(1..) = stream.read_until(b'\n', &mut bytes) {
            let line = String::from_utf8_lossy(bytes.strip_suffix(b"\n").unwrap_or(&bytes)).into_owned();
            said.add(&line);
            // Nobody may care; it is read all the same.
            let _ = sender.send(line);
            bytes.clear();
        }
    });
    lines
}

/// Writes on a thread of its own, so that a program that does not read stops nobody.
fn write_lines(mut stream: ChildStdin) -> mpsc::UnboundedSender<String> {
    let (sender, mut lines) = mpsc::unbounded_channel::<String>();
    thread::spawn(move || {
        while let Some(mut line) = lines.blocking_recv() {
            line.push('\n');
            if stream.write_all(line.as_bytes()).is_err() {
                break;
            }
        }
    });
    sender
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_a_family() {
        let mut processes = Processes::new().expect("a folder for the test");
        let folder = processes.folder().to_owned();
        // One in the group, and one that leaves it and ignores what it is asked.
        let script = "sleep 60 & setsid sh -c 'trap \"\" TERM; sleep 60 & echo ready; wait' & wait";
        let mut started =
            processes.start(processes.command("sh").args(["-c", script])).expect("a shell starts");
        assert_eq!(started.stdout.blocking_recv().as_deref(), Some("ready"));
        let mut family = Vec::new();
        wait_until(PATIENCE, || {
            family = processes.living();
            family.len() >= 4
        });
        assert!(family.len() >= 4, "{family:?}");
        assert!(is_running(started.id));
        drop(processes);
        assert!(!is_running(started.id));
        assert_eq!(living(&[started.id], &folder), Vec::<u32>::new());
        assert!(!folder.exists());
    }

    #[test]
    fn one_that_tidies_up_is_asked_first() {
        let mut processes = Processes::new().expect("a folder for the test");
        let script = "trap 'echo bye; exit' TERM; echo ready; while :; do sleep 0.01; done";
        let mut started = processes
            .start_asked_first(processes.command("sh").args(["-c", script]))
            .expect("a shell starts");
        assert_eq!(started.stdout.blocking_recv().as_deref(), Some("ready"));
        drop(processes);
        assert_eq!(started.stdout.blocking_recv().as_deref(), Some("bye"));
    }
}
