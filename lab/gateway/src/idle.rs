//! What connections cost that are open and silent, each after one request.
//!
//! The processes are new ones, so that no load has left anything behind.

use std::net::SocketAddr;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use crate::Error;
use crate::cases::{Ask, Case};
use crate::cores::Cores;
use crate::proxy::Proxy;
use crate::reactor::{Crowd, Next, Reactor};
use crate::say;
use crate::table::ratio;

/// How many of the connections are made at once.
const AT_ONCE: usize = 32;

/// How long the proxy has to put away what it needs no more.
const SETTLE: Duration = Duration::from_millis(500);

/// Measures, and prints.
pub(crate) fn run(
    contestants: &[Proxy],
    counts: &[usize],
    reactor: &mut Reactor,
    cores: Cores,
) -> Result<(), Error> {
    let mut measured: Vec<(&str, Vec<f64>)> = Vec::new();
    for contestant in contestants {
        let running = contestant.start(reactor.upstream()?, cores)?;
        let mut crowd = Once { ask: Rc::new(Case::GetSmall.ask()), wrong: None };
        let mut figures = vec![running.process.memory()? as f64];
        for count in counts {
            open(reactor, *count, running.address, &mut crowd)
                .map_err(|error| format!("{}, {count} idle connections: {error}", contestant.name()))?;
            thread::sleep(SETTLE);
            figures.push(running.process.memory()? as f64);
        }
        measured.push((contestant.name(), figures));
        reactor.disconnect();
    }
    let mut heading = format!("{:<26}{:>12} {:>7}", "memory in KiB (PSS)", "at start", "ratio");
    for count in counts {
        heading.push_str(&format!(" {:>12} {:>7} {:>9}", format!("{count} idle"), "ratio", "B each"));
    }
    say(&heading);
    let base = measured.iter().find(|(name, _)| *name == "nginx").map(|(_, figures)| figures.clone());
    for (name, figures) in &measured {
        let against = |at: usize| base.as_ref().map(|base| base[at]);
        let mut line =
            format!("{name:<26}{:>12.0} {:>7}", figures[0] / 1024.0, ratio(figures[0], against(0)));
        for (at, count) in (1..).zip(counts) {
            let each = (figures[at] - figures[0]) / *count as f64;
            line.push_str(&format!(
                " {:>12.0} {:>7} {each:>9.0}",
                figures[at] / 1024.0,
                ratio(figures[at], against(at))
            ));
        }
        say(&line);
    }
    Ok(())
}

/// Has so many connections open and silent.
fn open(reactor: &mut Reactor, count: usize, to: SocketAddr, crowd: &mut Once) -> Result<(), Error> {
    while reactor.resting() < count {
        while reactor.asking() < AT_ONCE && reactor.asking() + reactor.resting() < count {
            reactor.connect(to, crowd)?;
        }
        reactor.turn(crowd)?;
        if let Some(wrong) = crowd.wrong.take() {
            return Err(wrong.into());
        }
    }
    Ok(())
}

/// Clients that ask once, and stay.
struct Once {
    ask: Rc<Ask>,
    wrong: Option<String>,
}

impl Crowd for Once {
    fn next(&mut self, has_been_answered: bool) -> Next {
        if has_been_answered { Next::Rest } else { Next::Ask(Rc::clone(&self.ask)) }
    }

    fn answered(&mut self, _: Duration) {}

    fn failed(&mut self, why: String) {
        self.wrong.get_or_insert(why);
    }
}
