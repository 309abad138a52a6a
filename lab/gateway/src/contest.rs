//! All contestants under the same load, in turn, over and over; a figure is the median over the rounds.
//!
//! What counts is the processor time of a request: it is the contestant's own, however busy the machine is, which
//! requests a second and latencies are not.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use corsac_lab::parts_required;
use rustix::process::{Resource, getrlimit, setrlimit};

use crate::Error;
use crate::cases::{Ask, Case};
use crate::cores::Cores;
use crate::idle;
use crate::options::Options;
use crate::proxy::{self, Proxy, Running};
use crate::reactor::{Crowd, Next, Reactor};
use crate::say;
use crate::table::{self, Row, median};
use crate::upstream::Manners;

/// How long an answer may take, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures, and prints what came out, case by case.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let contestants = contestants(options)?;
    let cores = prepare()?;
    if cfg!(debug_assertions) {
        say("this is a debug build: its figures say nothing");
    }
    let mut reactor = Reactor::new(Manners::default())?;
    if !options.cases.is_empty() {
        let mut running: Vec<Running> = Vec::new();
        for contestant in &contestants {
            running.push(contestant.start(reactor.upstream()?, cores)?);
        }
        say(&format!(
            "{} connections, {} rounds of {:?}, medians; the proxy on core {}, all else on core {}",
            options.connections, options.rounds, options.each, cores.proxy, cores.load
        ));
        say(&table::heading());
        for case in &options.cases {
            let rows = case_rows(*case, options, &contestants, &running, &mut reactor)?;
            table::rows(case.name(), &rows).iter().for_each(|line| say(line));
        }
        reactor.disconnect();
    }
    if !options.idle.is_empty() {
        say("");
        idle::run(&contestants, &options.idle, &mut reactor, cores)?;
    }
    Ok(())
}

/// Chooses the cores, and allows for many open files.
pub(crate) fn prepare() -> Result<Cores, Error> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, rustix::process::Rlimit { current: limit.maximum, ..limit })?;
    let cores = Cores::choose()?;
    if cores.load == cores.proxy {
        say("there is one core alone: the load takes its time from what is measured");
    }
    Cores::stay_on(cores.load)?;
    Ok(cores)
}

/// Who is here to be measured; says who is not.
fn contestants(options: &Options) -> Result<Vec<Proxy>, Error> {
    let is_wanted = |name: &str| !options.without.iter().any(|without| without == name);
    let mut contestants = Vec::new();
    for (name, found) in [("nginx", Proxy::nginx()), ("haproxy", Proxy::haproxy())] {
        match found {
            _ if !is_wanted(name) => {}
            Some(proxy) => contestants.push(proxy),
            None if name == "nginx" && parts_required() => {
                return Err("nginx is not on this machine; to get it, run `cargo xtask setup`".into());
            }
            None => say(&format!("{name} is not on this machine, and is left out: `apt-get install {name}`")),
        }
    }
    match &options.corsac[..] {
        _ if !is_wanted("corsac") => {}
        [] => contestants.push(Proxy::Corsac(proxy::build()?, "corsac".to_owned())),
        [one] => contestants.push(Proxy::Corsac(one.clone(), "corsac".to_owned())),
        several => {
            for (path, letter) in several.iter().zip('A'..='Z') {
                say(&format!("corsac {letter} is {}", path.display()));
                contestants.push(Proxy::Corsac(path.clone(), format!("corsac {letter}")));
            }
        }
    }
    Ok(contestants)
}

fn case_rows(
    case: Case,
    options: &Options,
    contestants: &[Proxy],
    running: &[Running],
    reactor: &mut Reactor,
) -> Result<Vec<Row>, Error> {
    let ask = Rc::new(case.ask());
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); contestants.len()];
    for _ in 0..options.rounds {
        for (at, one) in running.iter().enumerate() {
            let sample = measure(&ask, options, one, reactor);
            let name = contestants[at].name();
            samples[at].push(sample.map_err(|error| format!("{name}, {}: {error}", case.name()))?);
        }
    }
    let rows = contestants.iter().zip(&samples).map(|(contestant, samples)| {
        let of = |value: fn(&Sample) -> f64| samples.iter().map(value).collect::<Vec<f64>>();
        let processor = of(|sample| sample.processor);
        let spread = table::spread(&processor);
        Row {
            name: contestant.name().to_owned(),
            processor: median(processor),
            spread,
            per_second: median(of(|sample| sample.per_second)),
            p99: median(of(|sample| sample.p99)),
            busy: median(of(|sample| sample.busy)),
        }
    });
    Ok(rows.collect())
}

/// What one round gave.
#[derive(Debug, Clone)]
struct Sample {
    /// Microseconds of processor time a request.
    processor: f64,
    per_second: f64,
    /// Microseconds.
    p99: f64,
    /// The share of its core that it used.
    busy: f64,
}

/// One round. The first tenth is not counted: connections are made in it.
fn measure(ask: &Rc<Ask>, options: &Options, one: &Running, reactor: &mut Reactor) -> Result<Sample, Error> {
    let mut crowd = Steady { ask: Rc::clone(ask), leaves: false, times: Vec::new(), wrong: None };
    connect(reactor, options.connections, one.address, &mut crowd)?;
    turn_for(reactor, options.each / 10, &mut crowd)?;
    crowd.times.clear();
    let (begun, used) = (Instant::now(), one.process.processor_time()?);
    turn_for(reactor, options.each, &mut crowd)?;
    // A round may be too short for a machine that is busy; one that gives nothing in all this time is broken.
    let until = Instant::now() + PATIENCE;
    while crowd.times.is_empty() && crowd.wrong.is_none() && Instant::now() < until {
        reactor.turn(&mut crowd)?;
    }
    let (took, used) = (begun.elapsed(), one.process.processor_time()? - used);
    let mut times = std::mem::take(&mut crowd.times);
    // Nobody goes in the midst of a request: that would be another load.
    crowd.leaves = true;
    let until = Instant::now() + PATIENCE;
    while reactor.asking() > 0 && Instant::now() < until {
        reactor.turn(&mut crowd)?;
    }
    if let Some(wrong) = crowd.wrong {
        return Err(wrong.into());
    }
    if times.is_empty() || reactor.asking() > 0 {
        return Err("there are requests that are never answered".into());
    }
    times.sort_unstable();
    let count = times.len() as f64;
    Ok(Sample {
        processor: used.as_secs_f64() * 1e6 / count,
        per_second: count / took.as_secs_f64(),
        p99: times[times.len() * 99 / 100].as_secs_f64() * 1e6,
        busy: used.as_secs_f64() / took.as_secs_f64(),
    })
}

fn connect(reactor: &mut Reactor, count: usize, to: SocketAddr, crowd: &mut Steady) -> Result<(), Error> {
    for _ in 0..count {
        reactor.connect(to, crowd)?;
    }
    Ok(())
}

fn turn_for(reactor: &mut Reactor, time: Duration, crowd: &mut Steady) -> Result<(), Error> {
    let until = Instant::now() + time;
    while Instant::now() < until && crowd.wrong.is_none() {
        reactor.turn(crowd)?;
    }
    Ok(())
}

/// Clients that ask the same again and again.
struct Steady {
    ask: Rc<Ask>,
    leaves: bool,
    times: Vec<Duration>,
    wrong: Option<String>,
}

impl Crowd for Steady {
    fn next(&mut self, _: bool) -> Next {
        if self.leaves { Next::Leave } else { Next::Ask(Rc::clone(&self.ask)) }
    }

    fn answered(&mut self, took: Duration) {
        self.times.push(took);
    }

    fn failed(&mut self, why: String) {
        self.wrong.get_or_insert(why);
    }
}
