//! One engine against the scenarios: placed, observed, predicted, compared.
//!
//! A browser that fails is started again once for the batch it failed in; what it then still owes is counted as not
//! run, never as agreement. A scenario that differs is looked at once more, alone in a fresh browser, since a busy
//! machine can make a browser late; one that agrees then is named.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use corsac_browser::Browser;

use crate::compare::{Difference, compare};
use crate::engine::{EngineError, LaunchOptions, Session};
use crate::known;
use crate::observe::{Observation, ObserveError, Observer, Rhythm, batch_key};
use crate::origins::{Origins, OriginsError};
use crate::predict::{Prediction, predict};
use crate::printed::Printed;
use crate::scenario::{Blocker, Frame, Placed, Scenario, Skip, place};

/// How many differing scenarios are looked at once more; more than that are not a busy machine's doing.
const SECOND_LOOKS: usize = 20;

/// How one engine did.
#[derive(Debug)]
pub struct Report {
    /// The engine.
    pub browser: Browser,
    /// Its version.
    pub version: String,
    /// How many scenarios came out as predicted.
    pub agreed: usize,
    /// Those that differ as is known, with the reason.
    pub known: Vec<(String, String)>,
    /// Those that differ.
    pub disagreed: Vec<Disagreement>,
    /// Those that differed at first, and agreed at a second look.
    pub unsteady: Vec<String>,
    /// How many were left out, and why.
    pub skipped: BTreeMap<Skip, Vec<String>>,
    /// What kept scenarios from being run, and which.
    pub not_run: Vec<(String, Vec<String>)>,
    /// Why the browser was started again.
    pub restarts: Vec<String>,
    /// Entries of the ledger that nothing needed.
    pub dead: Vec<String>,
    /// What the console printed about scenarios that came out as predicted.
    pub printed: Vec<Printed>,
    /// How long it took.
    pub took: Duration,
}

/// A scenario that did not come out as predicted.
#[derive(Debug)]
pub struct Disagreement {
    /// The scenario.
    pub scenario: Scenario,
    /// In what they differ.
    pub differences: Vec<Difference>,
    /// What was predicted.
    pub prediction: Prediction,
    /// What was seen.
    pub seen: Observation,
}

/// Nothing could be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The browser did not start.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The servers did not start.
    #[error(transparent)]
    Origins(#[from] OriginsError),
}

impl Report {
    /// Whether nothing is left to look at.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.disagreed.is_empty() && self.not_run.is_empty() && self.dead.is_empty()
    }
}

/// Runs scenarios in an engine. `complete` is whether they are all there are, so that an entry of the ledger that
/// none of them needs is dead.
///
/// # Errors
///
/// If the browser or the servers do not start.
pub async fn run(browser: Browser, scenarios: Vec<Scenario>, complete: bool) -> Result<Report, RunError> {
    let begun = Instant::now();
    let origins = Origins::new()?;
    let mut run = Run { browser, origins: &origins, keys: 0, observer: None };
    let mut report = Report {
        browser,
        version: run.observer().await?.version().to_owned(),
        agreed: 0,
        known: Vec::new(),
        disagreed: Vec::new(),
        unsteady: Vec::new(),
        skipped: BTreeMap::new(),
        not_run: Vec::new(),
        restarts: Vec::new(),
        dead: Vec::new(),
        printed: Vec::new(),
        took: Duration::ZERO,
    };
    let mut batches: BTreeMap<(String, Frame, Rhythm), Vec<(Scenario, Placed)>> = BTreeMap::new();
    for scenario in scenarios {
        match run.place(&scenario) {
            Ok(placed) => batches.entry(batch_key(&placed)).or_default().push((scenario, placed)),
            Err(Blocker::Skip(skip)) => report.skipped.entry(skip).or_default().push(scenario.id()),
            Err(Blocker::Origins(error)) => return Err(error.into()),
        }
    }
    let ledger = known::of_engine(browser);
    let mut needed = vec![false; ledger.len()];
    for ((_, _, rhythm), batch) in batches {
        let mut batch = batch.into_iter();
        loop {
            let (scenarios, placed): (Vec<_>, Vec<_>) = batch.by_ref().take(rhythm.batch()).unzip();
            if scenarios.is_empty() {
                break;
            }
            if rhythm == Rhythm::Fresh {
                run.end().await;
            }
            let (placed, observations) = match run.batch(&scenarios, placed, &mut report.restarts).await {
                Ok(observed) => observed,
                Err(why) => {
                    report.not_run.push((why, scenarios.iter().map(Scenario::id).collect()));
                    continue;
                }
            };
            for ((scenario, placed), seen) in scenarios.into_iter().zip(placed).zip(observations) {
                let prediction = predict(&placed, browser);
                let differences = compare(&placed, &prediction, &seen);
                if differences.is_empty() {
                    report.printed.extend(Printed::of(&placed, &prediction, &seen, &origins));
                    report.agreed += 1;
                    continue;
                }
                let excuse = ledger
                    .iter()
                    .position(|known| known.excuses(&placed.id, &placed.calls, &prediction, &differences));
                match excuse {
                    Some(index) => {
                        needed[index] = true;
                        report.known.push((placed.id, ledger[index].reason.clone()));
                    }
                    None => {
                        report.disagreed.push(Disagreement { scenario, differences, prediction, seen });
                    }
                }
            }
        }
    }
    if report.disagreed.len() <= SECOND_LOOKS {
        for first in std::mem::take(&mut report.disagreed) {
            let id = first.scenario.id();
            match run.look_again(first, &mut report.restarts).await {
                Ok(()) => {
                    report.agreed += 1;
                    report.unsteady.push(id);
                }
                Err(still) => report.disagreed.push(*still),
            }
        }
    }
    if complete {
        let dead = ledger.iter().zip(needed).filter(|(_, needed)| !needed);
        report.dead = dead.map(|(known, _)| known.case.clone()).collect();
    }
    run.end().await;
    report.took = begun.elapsed();
    Ok(report)
}

/// A browser at work.
struct Run<'a> {
    browser: Browser,
    origins: &'a Origins,
    keys: u64,
    observer: Option<Observer<'a>>,
}

impl<'a> Run<'a> {
    /// The browser, started if need be.
    async fn observer(&mut self) -> Result<&mut Observer<'a>, EngineError> {
        if self.observer.is_none() {
            let session = Session::launch(self.browser, &LaunchOptions::default()).await?;
            self.observer = Some(Observer::new(session, self.origins));
        }
        Ok(self.observer.as_mut().expect("it has just been put there"))
    }

    /// Ends the browser.
    async fn end(&mut self) {
        if let Some(observer) = self.observer.take() {
            observer.close().await;
        }
    }

    /// Places a scenario under a key of its own.
    fn place(&mut self, scenario: &Scenario) -> Result<Placed, Blocker> {
        self.keys += 1;
        place(scenario, &format!("k{:06}", self.keys), self.origins)
    }

    /// Observes a scenario that differed once more, alone in a fresh browser. It has agreed only if that could be seen.
    async fn look_again(
        &mut self,
        first: Disagreement,
        restarts: &mut Vec<String>,
    ) -> Result<(), Box<Disagreement>> {
        self.end().await;
        let Ok(placed) = self.place(&first.scenario) else { return Err(Box::new(first)) };
        let scenario = std::slice::from_ref(&first.scenario);
        let Ok((placed, mut observations)) = self.batch(scenario, vec![placed], restarts).await else {
            return Err(Box::new(first));
        };
        let ([placed], Some(seen)) = (&placed[..], observations.pop()) else { return Err(Box::new(first)) };
        let prediction = predict(placed, self.browser);
        let differences = compare(placed, &prediction, &seen);
        if differences.is_empty() {
            return Ok(());
        }
        Err(Box::new(Disagreement { differences, prediction, seen, ..first }))
    }

    /// Observes a batch, in a fresh browser if the first one fails.
    async fn batch(
        &mut self,
        scenarios: &[Scenario],
        mut placed: Vec<Placed>,
        restarts: &mut Vec<String>,
    ) -> Result<(Vec<Placed>, Vec<Observation>), String> {
        for attempt in 0..2 {
            let observed: Result<_, ObserveError> = match self.observer().await {
                Ok(observer) => observer.run(&placed).await,
                Err(error) => Err(error.into()),
            };
            match observed {
                Ok(observations) => return Ok((placed, observations)),
                Err(error) => {
                    self.end().await;
                    if attempt == 1 {
                        return Err(error.to_string());
                    }
                    restarts.push(error.to_string());
                    // A browser that begins anew must find the servers as the first one did.
                    let again: Result<Vec<_>, _> =
                        scenarios.iter().map(|scenario| self.place(scenario)).collect();
                    placed = again.map_err(|error| error.to_string())?;
                }
            }
        }
        unreachable!("the second attempt returns")
    }
}
