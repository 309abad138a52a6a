//! Chromium, over classic WebDriver.
//!
//! The console is chromedriver's browser log, an extension of WebDriver's. It leaves out what comes from frames that
//! live in a process of their own, so sandboxed frames are kept in their page's process.

use std::path::Path;
use std::time::Duration;

use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::sleep;
use url::{ParseError, Url};

use super::Part;
use super::console::{ConsoleLine, Mark};
use super::processes::Processes;
use super::session::{Driver, Failure, Running, Trouble};

/// How often the driver is started before it is given up.
const ATTEMPTS: usize = 5;

/// How long to wait before the log is asked for again.
const PAUSE: Duration = Duration::from_millis(5);

/// Time limits are kept elsewhere; the driver's own must never come first.
const NEVER: u64 = 24 * 60 * 60 * 1000;

/// A Chromium with one page.
#[derive(Debug)]
pub(super) struct Chromium {
    client: Client,
}

impl Chromium {
    pub(super) async fn launch(processes: &mut Processes, more: &[String]) -> Result<Running, Failure> {
        let binary = Part::Chromium.program()?;
        let driver = Part::Chromedriver.program()?;
        let port = start_driver(processes, &driver).await?;
        let profile = processes.folder().join("profile");
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-breakpad",
            "--disable-component-update",
            "--disable-sync",
            "--disable-features=HttpsUpgrades,IsolateSandboxedIframes",
            "--ignore-certificate-errors",
            "--lang=en-US",
            "--no-first-run",
            "--no-proxy-server",
            &format!("--user-data-dir={}", profile.display()),
        ];
        let arguments: Vec<&str> = arguments.into_iter().chain(more.iter().map(String::as_str)).collect();
        let capabilities = json!({
            "acceptInsecureCerts": true,
            "timeouts": { "pageLoad": NEVER, "script": NEVER },
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "binary": binary, "args": arguments },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("it is written as an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .map_err(|error| Failure::NotStarted(error.to_string()))?;
        // The processes are killed; no goodbye is waited for.
        client.persist().await.map_err(|error| Failure::NotStarted(error.to_string()))?;

        let told = client.capabilities();
        let told = |name| told.and_then(|told| told.get(name)).cloned().unwrap_or_default();
        let version = told("browserVersion").as_str().map(ToOwned::to_owned);
        let id = told("goog:processID").as_u64().and_then(|id| u32::try_from(id).ok());
        let (Some(version), Some(id)) = (version, id) else {
            return Err(Failure::NotStarted("its driver tells neither version nor process".to_owned()));
        };
        Ok(Running { version, id, driver: Driver::Chromium(Self { client }) })
    }

    pub(super) async fn open(&mut self, url: &str) -> Result<(), Trouble> {
        Ok(self.client.goto(url).await?)
    }

    pub(super) async fn evaluate(&mut self, body: &str) -> Result<String, Trouble> {
        let script = format!("return (async () => {{ {body} }})();");
        match self.client.execute(&script, Vec::new()).await? {
            Value::String(text) => Ok(text),
            other => Err(Trouble::Refused(format!("not a text: {other}"))),
        }
    }

    pub(super) async fn console_until(&mut self, mark: &Mark) -> Result<Vec<ConsoleLine>, Trouble> {
        let mut lines = Vec::new();
        loop {
            let log = self.client.issue_cmd(BrowserLog).await?;
            let entries: Vec<Entry> =
                serde_json::from_value(log).map_err(|error| Trouble::Refused(error.to_string()))?;
            for entry in entries {
                let line = entry.into_line();
                if mark.is(&line) {
                    return Ok(lines);
                }
                lines.push(line);
            }
            sleep(PAUSE).await;
        }
    }
}

/// Starts the driver on a port of its choice. It takes that port for one address first and then for another, where
/// it may be taken by then; so it is started again if need be.
async fn start_driver(processes: &mut Processes, program: &Path) -> Result<u16, Failure> {
    for _ in 0..ATTEMPTS {
        let mut started = processes.start(processes.command(program).arg("--port=0"))?;
        while let Some(line) = started.stdout.recv().await {
            let Some((_, port)) = line.split_once("started successfully on port ") else { continue };
            return port.trim_end_matches('.').parse().map_err(|_| Failure::NotStarted(line));
        }
    }
    Err(Failure::NotStarted("its driver ended".to_owned()))
}

/// The browser's log since it was last asked for.
#[derive(Debug)]
struct BrowserLog;

impl WebDriverCompatibleCommand for BrowserLog {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

/// An entry of the log.
#[derive(Debug, Deserialize)]
struct Entry {
    level: String,
    message: String,
    source: String,
}

impl Entry {
    /// The driver writes `URL - TEXT`, or `URL LINE:COLUMN TEXT`, and what scripts print as JSON.
    fn into_line(self) -> ConsoleLine {
        let is_place =
            |text: &str| text.chars().all(|each| each.is_ascii_digit() || matches!(each, ':' | '-'));
        let parts = self.message.split_once(' ').and_then(|(url, rest)| {
            let (_, text) = rest.split_once(' ').filter(|(place, _)| is_place(place))?;
            Some((Some(url.to_owned()), text))
        });
        let (url, text) = parts.unwrap_or((None, &self.message));
        let printed = if self.source == "console-api" { serde_json::from_str(text).ok() } else { None };
        let text = printed.unwrap_or_else(|| text.to_owned());
        ConsoleLine { text, level: self.level, source: self.source, url }
    }
}

impl From<CmdError> for Trouble {
    fn from(error: CmdError) -> Self {
        let text = error.to_string();
        let gone = ["tab crashed", "disconnected", "not reachable", "invalid session id", "session deleted"];
        let lost = matches!(error, CmdError::Failed(_) | CmdError::FailedC(_) | CmdError::Lost(_));
        if lost || gone.iter().any(|words| text.contains(words)) {
            Self::Crashed(text)
        } else {
            Self::Refused(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(source: &str, message: &str) -> (Option<String>, String) {
        let (level, source) = ("SEVERE".to_owned(), source.to_owned());
        let line = Entry { level, message: message.to_owned(), source }.into_line();
        (line.url, line.text)
    }

    #[test]
    fn the_place_of_a_message_is_no_part_of_it() {
        let expect = |text: &str| (Some("http://a.test/".to_owned()), text.to_owned());
        assert_eq!(parts("javascript", "http://a.test/ - Access to - no"), expect("Access to - no"));
        assert_eq!(parts("javascript", "http://a.test/ 12:7 Uncaught Error"), expect("Uncaught Error"));
        assert_eq!(parts("console-api", "http://a.test/ 3:4 \"a \\\"b\\\"\""), expect("a \"b\""));
        assert_eq!(parts("console-api", "http://a.test/ 3:4 \"a\" 1"), expect("\"a\" 1"));
        assert_eq!(parts("other", "no place at all"), (None, "no place at all".to_owned()));
    }
}
