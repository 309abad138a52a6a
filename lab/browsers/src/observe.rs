//! What a real browser does with scenarios: run in batches inside one page, and read from its script, its console
//! and the servers' logs.
//!
//! Judges nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::engine::{ConsoleLine, EngineError, Session};
use crate::origins::{COOKIES, Logged, Origins, OriginsError, PAGE, Place, Reply, SOON, Script, WARM_UP};
use crate::scenario::{Frame, Placed};

/// How many scenarios a page is given at once.
const BATCH: usize = 100;
/// How many scenarios a fresh browser is given: few enough for what it remembers of preflights to be far from full.
const FRESH_BATCH: usize = 15;
/// How many scenarios a page runs at a time.
const WIDTH: usize = 12;
/// The same where most of the time is spent waiting. No more, since Firefox remembers only so many preflights.
const WAITING_WIDTH: usize = 20;
/// What a batch may take beyond what its scenarios wait.
const BATCH_LIMIT: Duration = Duration::from_secs(90);
/// How long a page waits between calls of a scenario that follow each other at once.
const BREATH: Duration = Duration::from_millis(60);
/// How long after the last call the console still speaks.
const CONSOLE_DELAY: Duration = Duration::from_millis(200);

/// What a browser did.
#[derive(Debug, Clone)]
pub struct Observation {
    /// What the script read, call by call.
    pub results: Vec<CallResult>,
    /// What the servers were asked, in order.
    pub requests: Vec<Logged>,
    /// What the console printed about it.
    pub console: Vec<ConsoleLine>,
}

/// What a script read of a call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum CallResult {
    /// `fetch()` resolved.
    Allowed {
        /// `response.type`; none with `XMLHttpRequest`.
        #[serde(rename = "type")]
        response_type: Option<String>,
        /// `response.status`
        status: u16,
        /// `response.redirected`; none with `XMLHttpRequest`.
        redirected: Option<bool>,
        /// The names of the headers it could read: lower case, sorted, each once.
        headers: Vec<String>,
        /// How many bytes it could read; none where the body broke.
        body: Option<u64>,
    },
    /// `fetch()` rejected or threw.
    Blocked {
        /// What with.
        error: String,
    },
    /// Nothing came of it in time.
    Hung,
}

/// A batch could not be run.
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    /// The browser failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The servers failed.
    #[error(transparent)]
    Origins(#[from] OriginsError),
    /// The page's script answered something else.
    #[error("the page's answer cannot be read: {0}")]
    Answer(#[from] serde_json::Error),
}

/// One browser's page, and what has been done for it.
pub struct Observer<'a> {
    session: Session,
    origins: &'a Origins,
    opened: Option<String>,
    with_cookies: BTreeSet<Place>,
    warm: BTreeSet<(String, Frame, Place)>,
}

impl<'a> Observer<'a> {
    /// An observer of a fresh browser.
    #[must_use]
    pub fn new(session: Session, origins: &'a Origins) -> Self {
        let (with_cookies, warm) = (BTreeSet::new(), BTreeSet::new());
        Self { session, origins, opened: None, with_cookies, warm }
    }

    /// The browser's version.
    #[must_use]
    pub fn version(&self) -> &str {
        self.session.version()
    }

    /// Ends the browser.
    pub async fn close(self) {
        self.session.close().await;
    }

    /// Runs scenarios that have the page and the frame in common.
    ///
    /// # Errors
    ///
    /// If the browser or a server fails; then none of them has been observed.
    pub async fn run(&mut self, batch: &[Placed]) -> Result<Vec<Observation>, ObserveError> {
        let Some(first) = batch.first() else { return Ok(Vec::new()) };
        self.set_cookies(batch).await?;
        self.open(&first.page_url).await?;
        self.warm_up(batch).await?;
        drop(self.session.console().await?);

        for placed in batch {
            self.origins.register(&placed.key, Script::new(placed.steps.clone()));
        }
        let scenarios: Vec<Value> = batch.iter().map(script_of).collect();
        let wait = batch.iter().map(|placed| placed.wait).fold(0.0, f64::max);
        let width = if wait > 0.0 { WAITING_WIDTH } else { WIDTH };
        let script = format!(
            "return await corsac.run({}, {}, {width});",
            json!(first.frame.as_str()),
            Value::from(scenarios)
        );
        let rounds = batch.len().div_ceil(width) as f64;
        let limit = BATCH_LIMIT + Duration::from_secs_f64(wait * rounds);
        let results = self.session.evaluate(&script, limit).await;
        let logs: Vec<_> = batch.iter().map(|placed| self.origins.take(&placed.key)).collect();
        let results: Vec<Vec<CallResult>> = serde_json::from_value(results?)?;
        tokio::time::sleep(CONSOLE_DELAY).await;
        let mut console = self.session.console().await?;
        for line in &mut console {
            // Chromium ends one of its lines so, and shows the same without.
            line.text.truncate(line.text.trim_end_matches('\n').len());
        }
        let mut lines = by_scenario(batch, console);
        let observe = |((index, results), requests)| Observation {
            results,
            requests,
            console: std::mem::take(&mut lines[index]),
        };
        Ok(results.into_iter().enumerate().zip(logs).map(observe).collect())
    }

    /// Opens a page, unless it is open already.
    async fn open(&mut self, url: &str) -> Result<(), ObserveError> {
        if self.opened.as_deref() != Some(url) {
            self.opened = None;
            self.session.open(url).await?;
            self.opened = Some(url.to_owned());
        }
        Ok(())
    }

    /// Has the hosts set their cookies that are to have some: as pages of their own, since not every engine takes
    /// them from a call.
    async fn set_cookies(&mut self, batch: &[Placed]) -> Result<(), ObserveError> {
        for place in batch.iter().filter_map(|placed| placed.cookies) {
            if self.with_cookies.insert(place) {
                self.opened = None;
                self.session.open(&format!("{}{COOKIES}", self.origins.origin(place)?)).await?;
            }
        }
        Ok(())
    }

    /// Calls each host from this page before anything counts. Firefox forgets a kept preflight when the record of its
    /// host's name is younger, and makes such a record, for each of three sets of flags, when it first looks a preflight
    /// up; what is asked for here is that it has done so. Engines that keep cookies apart by page get them here.
    async fn warm_up(&mut self, batch: &[Placed]) -> Result<(), ObserveError> {
        let Some(first) = batch.first() else { return Ok(()) };
        let (mut cold, mut cookies) = (Vec::new(), Vec::new());
        let mut hosts = BTreeSet::new();
        for place in self.origins.places() {
            let origin = self.origins.origin(place)?;
            let is_new = self.warm.insert((first.page_url.clone(), first.frame, place));
            let is_own = first.page_url.strip_suffix(PAGE) == Some(&origin);
            if (is_new || rhythm(first) != Rhythm::One) && !is_own && hosts.insert(place.host) {
                cold.push(format!("{origin}{WARM_UP}"));
            }
            if is_new && self.with_cookies.contains(&place) {
                cookies.push(format!("{origin}{COOKIES}"));
            }
        }
        if !cold.is_empty() {
            let script = format!(
                "await corsac.warmUp({}, {}, {}); return null;",
                json!(first.frame.as_str()),
                Value::from(cold),
                Value::from(cookies)
            );
            self.session.evaluate(&script, BATCH_LIMIT).await?;
        }
        Ok(())
    }
}

/// The console's lines by scenario: that of the URL in them, or beside them where Chromium names it there alone. One
/// without a URL belongs to the next that has one, as WebKit prints the reason first.
fn by_scenario(batch: &[Placed], console: Vec<ConsoleLine>) -> Vec<Vec<ConsoleLine>> {
    if batch.len() == 1 {
        return vec![console];
    }
    let mentions: Vec<_> = batch.iter().map(|placed| format!("/{}/", placed.key)).collect();
    let mut lines = vec![Vec::new(); batch.len()];
    let mut waiting = Vec::new();
    for line in console {
        let beside = line.url.as_deref().filter(|_| line.text.starts_with("Failed to load resource: "));
        let about = |mention: &String| {
            line.text.contains(mention.as_str()) || beside.is_some_and(|url| url.contains(mention.as_str()))
        };
        let owner = mentions.iter().position(about);
        waiting.push(line);
        if let Some(owner) = owner {
            lines[owner].append(&mut waiting);
        }
    }
    lines
}

/// What the page's script is told of a scenario.
fn script_of(placed: &Placed) -> Value {
    let drops = placed.steps.iter().any(|step| step.reply == Reply::Drop);
    let calls = placed.calls.iter().map(|call| {
        let mut script = call.script.clone();
        // A call that comes sooner would look like the browser's own second try, or find what it is about to forget.
        script["pause"] = json!(if drops { SOON.as_secs_f64() + 0.3 } else { BREATH.as_secs_f64() });
        script["at"] = json!(well_before(call.at));
        script
    });
    calls.collect()
}

/// A time just before a whole second is meant to be before it, on a busy machine too.
fn well_before(at: f64) -> f64 {
    let is_just_before = at.fract() >= 0.9;
    if is_just_before { at - 0.4 } else { at }
}

/// How the calls of a scenario follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rhythm {
    /// There are several, and what the first leaves behind is nothing but the fact that it was allowed: Firefox keeps
    /// that as long as it has room, so the browser must be fresh.
    Fresh,
    /// There is one.
    One,
    /// There are several, one right after the other.
    Several,
    /// There are several, with waiting in between.
    Waiting,
    /// It runs by itself: what the console prints about it does not tell whose it is.
    Alone,
}

/// What scenarios must have in common to be run together.
#[must_use]
pub fn batch_key(placed: &Placed) -> (String, Frame, Rhythm) {
    (placed.page_url.clone(), placed.frame, rhythm(placed))
}

impl Rhythm {
    /// How many scenarios a page is given at once.
    #[must_use]
    pub fn batch(self) -> usize {
        match self {
            Self::Alone => 1,
            Self::Fresh => FRESH_BATCH,
            Self::One | Self::Several | Self::Waiting => BATCH,
        }
    }
}

fn rhythm(placed: &Placed) -> Rhythm {
    match placed.calls.len() {
        _ if placed.leaves_http => Rhythm::Alone,
        0 | 1 => Rhythm::One,
        _ if placed.calls.iter().any(|call| call.call.upload_listener) => Rhythm::Fresh,
        _ if placed.wait > 0.0 => Rhythm::Waiting,
        _ => Rhythm::Several,
    }
}
