//! One real Chromium for all cases: pages take turns in it.
//!
//! It lives on a thread of its own, which is asked over a channel, and ends with the last handle.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use corsac_browser::Browser as Engine;
use corsac_lab_browsers::engine::{EngineError, LaunchOptions, Session};
use corsac_lab_browsers::origins::{Host, Origins, Place, Scheme};
use serde_json::Value;

/// What a script may take: far more than it should, for machines that are busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser that takes orders from many threads.
#[derive(Debug)]
pub struct Browser {
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
    version: String,
    encrypted: u16,
}

/// The browser did not do what it was told.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct BrowserError(String);

struct Order {
    page: String,
    script: String,
    answer: Sender<Result<Seen, BrowserError>>,
}

/// What came of a script.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Its value.
    pub value: Value,
    /// What the console printed meanwhile.
    pub console: Vec<String>,
}

struct Started {
    version: String,
    encrypted: u16,
}

impl Browser {
    /// Starts Chromium, which takes pages on the port `public` for pages from the internet, and knows `api.example`
    /// and `news.example` as names of this machine; and a server of encrypted pages.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub fn start(public: u16) -> Result<Self, BrowserError> {
        let (orders, taken) = channel();
        let (tell, told) = channel();
        let thread = thread::spawn(move || live(public, &taken, &tell));
        let gone = |_| BrowserError("the browser's thread ended".to_owned());
        let Started { version, encrypted } = told.recv().map_err(gone)??;
        Ok(Self { orders: Some(orders), thread: Some(thread), version, encrypted })
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The port of the encrypted pages.
    #[must_use]
    pub fn encrypted(&self) -> u16 {
        self.encrypted
    }

    /// Opens a page and runs a script in it, the body of an asynchronous function; gives what came of it.
    ///
    /// # Errors
    ///
    /// If the page does not open, or the script throws.
    pub fn run(&self, page: &str, script: &str) -> Result<Seen, BrowserError> {
        let gone = || BrowserError("the browser's thread ended".to_owned());
        let (answer, answered) = channel();
        let order = Order { page: page.to_owned(), script: script.to_owned(), answer };
        self.orders.as_ref().ok_or_else(gone)?.send(order).map_err(|_| gone())?;
        answered.recv().map_err(|_| gone())?
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // It has told its trouble to whoever asked.
            let _ = thread.join();
        }
    }
}

fn live(public: u16, orders: &Receiver<Order>, tell: &Sender<Result<Started, BrowserError>>) {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return drop(tell.send(Err(BrowserError(error.to_string())))),
    };
    runtime.block_on(async {
        let (mut session, _origins) = match start(public, tell).await {
            Ok(started) => started,
            Err(error) => return drop(tell.send(Err(error))),
        };
        while let Ok(Order { page, script, answer }) = orders.recv() {
            let outcome = async {
                session.open(&page).await?;
                let value = session.evaluate(&script, PATIENCE).await?;
                let console = session.console().await?.into_iter().map(|line| line.text).collect();
                Ok::<_, EngineError>(Seen { value, console })
            };
            let outcome = outcome.await.map_err(|error| BrowserError(format!("{page}: {error}")));
            // Whoever asked may have given up.
            let _ = answer.send(outcome);
        }
        session.close().await;
    });
}

async fn start(
    public: u16,
    tell: &Sender<Result<Started, BrowserError>>,
) -> Result<(Session, Origins), BrowserError> {
    let failed = |error: &dyn std::fmt::Display| BrowserError(error.to_string());
    let origins = Origins::new().map_err(|error| failed(&error))?;
    let place = Place { scheme: Scheme::Https, host: Host::Localhost, number: 0, closes: false };
    let origin = origins.origin(place).map_err(|error| failed(&error))?;
    let port = origin.rsplit(':').next().and_then(|port| port.parse().ok());
    let options = LaunchOptions {
        arguments: vec![
            format!("--ip-address-space-overrides=127.0.0.1:{public}=public"),
            "--host-resolver-rules=MAP api.example 127.0.0.1, MAP news.example 127.0.0.1".to_owned(),
        ],
        ..LaunchOptions::default()
    };
    let session = Session::launch(Engine::Chromium, &options).await.map_err(|error| failed(&error))?;
    let encrypted = port.ok_or_else(|| BrowserError(format!("no port in {origin}")))?;
    let started = Started { version: session.version().to_owned(), encrypted };
    // Whoever started it is waiting for this.
    let _ = tell.send(Ok(started));
    Ok((session, origins))
}
