//! Corsac alone and for long: a mixed load, clients and upstreams that go away, and reloads all the while.
//!
//! No request may fail, and afterwards nothing may be left: no connection, no open file, no thread, no memory that grew.

mod admin;
mod crowd;
mod verdict;

use std::fs;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use corsac_lab::free_port;
use rustix::process::Signal;

use crate::Error;
use crate::contest;
use crate::options::Options;
use crate::process::Process;
use crate::proxy::{self, Running, corsac_configuration};
use crate::reactor::Reactor;
use crate::say;
use crate::upstream::Manners;

use crowd::Mixed;
use verdict::{Level, Verdict};

/// Idle connections are closed before Corsac, which keeps them for 4 seconds, would do so itself.
const MANNERS: Manners = Manners { idle: Some(Duration::from_secs(2)), last_in: Some(1_000) };

/// How many reloads there are in all, and how long it is between two of them at least.
const RELOADS: u32 = 120;
const BETWEEN_RELOADS: Duration = Duration::from_millis(500);

/// How many clients ask at once, one after the other; connections to the upstream become idle where there are fewer.
const CLIENTS: [usize; 4] = [32, 4, 64, 1];
const PHASE: Duration = Duration::from_secs(3);

/// How often memory is looked at.
const GLANCE: Duration = Duration::from_millis(500);

/// How long everything may take to come to rest: connections to the upstream are kept for a while.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs it, prints what came of it, and says whether all is well.
pub(crate) fn run(options: &Options, length: Duration) -> Result<bool, Error> {
    let program = match options.corsac.first() {
        Some(path) => path.clone(),
        None => proxy::build()?,
    };
    let cores = contest::prepare()?;
    let mut reactor = Reactor::new(MANNERS)?;
    let upstream = reactor.upstream()?;
    let admin = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let mut running = proxy::start_corsac(&program, admin, upstream, cores)?;
    // Whatever is made once is made by now.
    admin::metrics(admin)?;
    let at_start = level(&running.process)?;

    say(&format!("a mixed load for {length:?}"));
    let mut crowd = Mixed::new();
    let mut reloads = Reloads::new(&running, admin, upstream, length);
    let mut peaks = Peaks::new(length);
    // All of them come more than once in each half.
    let phase = PHASE.min(length / 16).max(Duration::from_millis(1));
    let begun = Instant::now();
    while begun.elapsed() < length {
        let phases = begun.elapsed().as_millis() / phase.as_millis();
        let clients = CLIENTS[phases as usize % CLIENTS.len()];
        while reactor.asking() < clients {
            reactor.connect(running.address, &mut crowd)?;
        }
        crowd.surplus = reactor.asking() - clients;
        reactor.turn(&mut crowd)?;
        reloads.go_on()?;
        peaks.look(&running.process, begun.elapsed())?;
    }
    let took = begun.elapsed();

    let until = Instant::now() + PATIENCE;
    crowd.leaves = true;
    while reactor.asking() > 0 && Instant::now() < until {
        reactor.turn(&mut crowd)?;
    }
    let unanswered = reactor.asking();
    reactor.disconnect();

    let mut verdict = Verdict {
        took,
        unanswered,
        reloads_wanted: reloads.count,
        at_start,
        peaks: (peaks.early, peaks.late),
        ..Verdict::of(&crowd)
    };
    loop {
        reactor.turn(&mut crowd)?;
        if !running.process.is_running()? {
            say(&format!("corsac has ended by itself; it said:\n{}", running.process.said()));
            return Ok(false);
        }
        let metrics = admin::metrics(admin)?;
        verdict.reloads = admin::value(&metrics, r#"corsac_config_reloads_total{outcome="succeeded"}"#);
        verdict.reloads_failed = admin::value(&metrics, r#"corsac_config_reloads_total{outcome="failed"}"#);
        verdict.is_last_in_force = admin::is_in_force(admin, reloads.max_age())?;
        verdict.connections = admin::value(&metrics, "corsac_open_connections");
        verdict.in_flight = admin::value(&metrics, "corsac_requests_in_flight");
        verdict.at_end = level(&running.process)?;
        if verdict.is_at_rest() || Instant::now() > until {
            break;
        }
    }
    verdict.lines().iter().for_each(|line| say(line));
    let said = running.process.said();
    if !said.is_empty() {
        say(&format!("\ncorsac logged {} lines; the first of them:", said.lines().count()));
        said.lines().take(5).for_each(say);
    }
    Ok(verdict.is_good())
}

fn level(process: &Process) -> Result<Level, Error> {
    Ok(Level { files: process.open_files()?, threads: process.threads()?, memory: process.memory()? })
}

/// The most memory in each half, without the first tenth: allocators take their time, and each number of clients has its
/// own level.
struct Peaks {
    length: Duration,
    looked: Duration,
    early: u64,
    late: u64,
}

impl Peaks {
    fn new(length: Duration) -> Self {
        Self { length, looked: Duration::ZERO, early: 0, late: 0 }
    }

    fn look(&mut self, process: &Process, after: Duration) -> Result<(), Error> {
        if after < self.length / 10 || after < self.looked + GLANCE.min(self.length / 100) {
            return Ok(());
        }
        self.looked = after;
        let peak = if after < self.length / 2 { &mut self.early } else { &mut self.late };
        *peak = process.memory()?.max(*peak);
        Ok(())
    }
}

/// The file is changed again and again: by turns it is replaced, and noticed, or written in place with a SIGHUP.
struct Reloads {
    process: u32,
    file: std::path::PathBuf,
    text: Box<dyn Fn(u64) -> String>,
    every: Duration,
    last: Instant,
    count: u64,
}

impl Reloads {
    fn new(running: &Running, admin: SocketAddr, upstream: SocketAddr, length: Duration) -> Self {
        let address = running.address;
        Self {
            process: running.process.id(),
            file: running.process.folder().join("corsac.toml"),
            text: Box::new(move |max_age| corsac_configuration(address, Some(admin), upstream, max_age)),
            every: (length / RELOADS).max(BETWEEN_RELOADS),
            last: Instant::now(),
            count: 0,
        }
    }

    /// What the file says since it was last changed.
    fn max_age(&self) -> u64 {
        600 + self.count
    }

    fn go_on(&mut self) -> Result<(), Error> {
        if self.last.elapsed() < self.every {
            return Ok(());
        }
        self.last = Instant::now();
        self.count += 1;
        let text = (self.text)(self.max_age());
        if self.count.is_multiple_of(2) {
            fs::write(&self.file, text)?;
            crate::process::signal(self.process, Signal::HUP)?;
        } else {
            let beside = self.file.with_extension("new");
            fs::write(&beside, text)?;
            fs::rename(&beside, &self.file)?;
        }
        Ok(())
    }
}
