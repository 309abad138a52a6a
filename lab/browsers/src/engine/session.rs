//! One browser, from its start to its end, whichever it is.

use std::future::Future;
use std::io;
use std::time::Duration;

use corsac_browser::Browser;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::{interval, timeout};

use super::chromium::Chromium;
use super::console::Mark;
use super::firefox::Firefox;
use super::processes::{Processes, is_running};
use super::webkit::Webkit;
use super::{ConsoleLine, EngineError, LaunchOptions};

/// How often a browser at work is looked at, to see whether it is still there.
const GLANCE: Duration = Duration::from_millis(100);

/// A running browser with one page. Its processes and its folder go when it does.
#[derive(Debug)]
pub struct Session {
    browser: Browser,
    options: LaunchOptions,
    marks: u64,
    running: Running,
    processes: Processes,
}

/// An engine that takes orders.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) version: String,
    /// The browser's main process.
    pub(super) id: u32,
    pub(super) driver: Driver,
}

/// What takes an engine its orders.
#[derive(Debug)]
pub(super) enum Driver {
    Chromium(Chromium),
    Firefox(Box<Firefox>),
    Webkit(Webkit),
}

/// Why an order was not carried out.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The browser, or the process of the page, is gone.
    Crashed(String),
    /// Anything else.
    Refused(String),
}

/// Why a browser did not come so far as to take orders.
#[derive(Debug)]
pub(super) enum Failure {
    /// A part of it is missing.
    Missing(EngineError),
    /// It could not be started, or took no orders.
    NotStarted(String),
}

impl Session {
    /// Starts a browser.
    ///
    /// # Errors
    ///
    /// If a part of it is missing, or it does not start in time. The standard is no browser, and does not start.
    pub async fn launch(browser: Browser, options: &LaunchOptions) -> Result<Self, EngineError> {
        let not_started = |why: String, said| EngineError::NotStarted { browser, why, said };
        let failed = |error: io::Error| {
            not_started(format!("no folder, or nobody to watch it: {error}"), String::new())
        };
        let mut processes = Processes::new().map_err(failed)?;
        let limit = options.launch_limit;
        let running = match timeout(limit, launch(browser, &mut processes, &options.arguments)).await {
            Ok(Ok(running)) => running,
            Ok(Err(Failure::Missing(error))) => return Err(error),
            Ok(Err(Failure::NotStarted(why))) => return Err(not_started(why, processes.said())),
            Err(_) => return Err(not_started(format!("not within {limit:?}"), processes.said())),
        };
        Ok(Self { browser, options: options.clone(), marks: 0, running, processes })
    }

    /// Which browser it is.
    #[must_use]
    pub fn browser(&self) -> Browser {
        self.browser
    }

    /// Its version, such as `156.0.8078.108`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.running.version
    }

    /// The browser's main process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.running.id
    }

    /// All processes that belong to this browser.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        self.processes.living()
    }

    /// Opens a page, in place of the one before, and waits until it is loaded.
    ///
    /// # Errors
    ///
    /// If it is not loaded in time.
    pub async fn open(&mut self, url: &str) -> Result<(), EngineError> {
        let Self { browser, options, running, .. } = self;
        let (id, limit) = (running.id, options.page_load_limit);
        let opened = async {
            match &mut running.driver {
                Driver::Chromium(chromium) => chromium.open(url).await,
                Driver::Firefox(firefox) => firefox.open(url).await,
                Driver::Webkit(webkit) => webkit.open(url).await,
            }
        };
        watched(*browser, id, "open a page", limit, opened).await
    }

    /// Runs a script in the page and hands over its value. The script is the body of an asynchronous function.
    ///
    /// It runs among the page's own scripts, but is not one of them: WebKit checks an `import()` in it otherwise
    /// than one in the page.
    ///
    /// # Errors
    ///
    /// If it throws, or is not done in time.
    pub async fn evaluate(&mut self, script: &str, limit: Duration) -> Result<Value, EngineError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Outcome {
            Value(Value),
            Threw(String),
        }

        const TASK: &str = "run a script";
        let Self { browser, running, .. } = self;
        let (browser, id) = (*browser, running.id);
        // One text for all engines: their own ways to hand over a value, or an exception, differ.
        let body = format!(
            "try {{ const value = await (async () => {{\n{script}\n}})(); \
             return JSON.stringify({{ value: value === undefined ? null : value }}); }} \
             catch (exception) {{ return JSON.stringify({{ threw: String(exception) }}); }}"
        );
        let evaluated = async {
            match &mut running.driver {
                Driver::Chromium(chromium) => chromium.evaluate(&body).await,
                Driver::Firefox(firefox) => firefox.evaluate(&body).await,
                Driver::Webkit(webkit) => webkit.evaluate(&body).await,
            }
        };
        let text = watched(browser, id, TASK, limit, evaluated).await?;
        match serde_json::from_str(&text) {
            Ok(Outcome::Value(value)) => Ok(value),
            Ok(Outcome::Threw(exception)) => Err(EngineError::Threw { browser, exception }),
            Err(error) => {
                Err(EngineError::Protocol { browser, task: TASK, why: format!("{error}, in {text}") })
            }
        }
    }

    /// What the console printed since the last call, in order.
    ///
    /// # Errors
    ///
    /// If the browser does not hand it over in time.
    pub async fn console(&mut self) -> Result<Vec<ConsoleLine>, EngineError> {
        self.marks += 1;
        let mark = Mark::new(self.marks);
        let limit = self.options.console_limit;
        self.evaluate(&mark.script(), limit).await?;
        let Self { browser, running, .. } = self;
        let id = running.id;
        let taken = async {
            match &mut running.driver {
                Driver::Chromium(chromium) => chromium.console_until(&mark).await,
                Driver::Firefox(firefox) => firefox.console_until(&mark).await,
                Driver::Webkit(webkit) => webkit.console_until(&mark).await,
            }
        };
        watched(*browser, id, "hand over its console", limit, taken).await
    }

    /// Ends the browser and waits until nothing of it is left. A session that is dropped does the same, and keeps
    /// its thread waiting meanwhile.
    pub async fn close(self) {
        // It fails only if ending it panics, and then there is nobody to tell.
        let _ = tokio::task::spawn_blocking(move || drop(self)).await;
    }
}

async fn launch(
    browser: Browser,
    processes: &mut Processes,
    arguments: &[String],
) -> Result<Running, Failure> {
    match browser {
        Browser::Chromium => Chromium::launch(processes, arguments).await,
        Browser::Firefox => Firefox::launch(processes).await,
        Browser::Webkit => Webkit::launch(processes).await,
        _ => Err(Failure::NotStarted("it is no browser".to_owned())),
    }
}

/// What an order comes to, if the browser lives and answers in time.
async fn watched<T>(
    browser: Browser,
    id: u32,
    task: &'static str,
    limit: Duration,
    order: impl Future<Output = Result<T, Trouble>>,
) -> Result<T, EngineError> {
    let gone = async {
        let mut glances = interval(GLANCE);
        loop {
            glances.tick().await;
            if !is_running(id) {
                return;
            }
        }
    };
    let crashed = |why: String| EngineError::Crashed { browser, task, why };
    let outcome = timeout(limit, async {
        tokio::select! {
            outcome = order => Some(outcome),
            () = gone => None,
        }
    });
    match outcome.await {
        Ok(Some(Ok(value))) => Ok(value),
        Ok(None) => Err(crashed("its process is gone".to_owned())),
        Ok(Some(Err(Trouble::Crashed(why)))) => Err(crashed(why)),
        Ok(Some(Err(Trouble::Refused(why)))) if !is_running(id) => Err(crashed(why)),
        Ok(Some(Err(Trouble::Refused(why)))) => Err(EngineError::Protocol { browser, task, why }),
        Err(_) => Err(EngineError::Hung { browser, task, limit }),
    }
}

impl From<EngineError> for Failure {
    fn from(missing: EngineError) -> Self {
        Self::Missing(missing)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::NotStarted(error.to_string())
    }
}
