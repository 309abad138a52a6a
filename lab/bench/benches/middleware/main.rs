//! What each middleware adds to a bare service: `cargo bench -p corsac-lab-bench`.
//!
//! Contestants take turns in every round, on one core, with requests that were made beforehand; a figure is the median
//! over the rounds, net of the bare service in the same framework. Words behind `--` choose scenarios by name; `--quick`
//! takes fewer rounds. Prints, and asserts nothing, for machines differ and are busy.

mod actix;
mod clock;
mod tower;

use std::io::Write as _;
use std::process::ExitCode;

use corsac_lab_bench::{Origins, Scenario};

use crate::clock::{Clock, Contestant};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let words: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let chosen: Vec<Scenario> = Scenario::all()
        .into_iter()
        .filter(|scenario| {
            words.is_empty() || words.iter().any(|word| scenario.name().contains(word.as_str()))
        })
        .collect();
    if chosen.is_empty() {
        say(&format!("no scenario has any of these in its name: {words:?}"));
        return ExitCode::from(2);
    }
    if !stay_on_one_core() {
        say("this system does not keep a thread on one core; the figures will vary more");
    }
    let clock = if quick { Clock::quick() } else { Clock::thorough() };
    say(&format!(
        "{:<38} {:>6} {:>7} {:>9} {:>6}   {:>6} {:>7} {:>9} {:>6}",
        "net nanoseconds a request (median)",
        "bare",
        "corsac",
        "tower-http",
        "ratio",
        "bare",
        "corsac",
        "actix-cors",
        "ratio"
    ));
    let (mut built, mut setup) = (None, None);
    for scenario in chosen {
        // A policy of a million origins is made once for all scenarios that ask it.
        if built != Some(scenario.origins) {
            setup = Some(Setup::new(scenario.origins));
            built = Some(scenario.origins);
        }
        let Some(setup) = &setup else { continue };
        say(&row(&scenario, setup, &clock));
    }
    ExitCode::SUCCESS
}

/// Every contestant, configured for the same origins.
struct Setup {
    tower: tower::Setup,
    actix: actix::Setup,
}

impl Setup {
    fn new(origins: Origins) -> Self {
        Self { tower: tower::Setup::new(origins), actix: actix::Setup::new(origins) }
    }
}

fn row(scenario: &Scenario, setup: &Setup, clock: &Clock) -> String {
    let mut contestants: Vec<Contestant<'_>> = setup.tower.contestants(scenario);
    contestants.extend(setup.actix.contestants(scenario));
    let times = clock.measure(&mut contestants);
    let of = |name: &str| times.iter().find(|(contestant, _)| *contestant == name).map(|(_, time)| *time);
    let mut text = format!("{:<38}", scenario.name());
    for [bare, ours, peer] in
        [["tower bare", "corsac-tower", "tower-http"], ["actix bare", "corsac-actix", "actix-cors"]]
    {
        let net = |name| Some(of(name)? - of(bare)?);
        let (ours, peer) = (net(ours), net(peer));
        let ratio = ours.zip(peer).map(|(ours, peer)| ours / peer);
        text.push_str(&format!(
            " {} {} {} {}  ",
            figure(of(bare), 6, 0),
            figure(ours, 7, 0),
            figure(peer, 9, 0),
            figure(ratio.filter(|ratio| *ratio > 0.0), 6, 3),
        ));
    }
    text.trim_end().to_owned()
}

/// A figure, or a dash where there is none: a peer that has no such list, a net cost below nothing.
fn figure(value: Option<f64>, width: usize, digits: usize) -> String {
    value.map_or_else(|| format!("{:>width$}", "-"), |value| format!("{value:>width$.digits$}"))
}

fn stay_on_one_core() -> bool {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let Ok(allowed) = sched_getaffinity(None) else { return false };
    let Some(last) = (0..CpuSet::MAX_CPU).rev().find(|core| allowed.is_set(*core)) else { return false };
    let mut one = CpuSet::new();
    one.set(last);
    sched_setaffinity(None, &one).is_ok()
}

/// A line of the result. Whoever closed the pipe has read enough.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
