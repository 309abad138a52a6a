//! Firefox, over WebDriver BiDi, which it speaks without a driver.
//!
//! The console is the protocol's own `log.entryAdded`, frames in processes of their own included.
//! Spec: <https://w3c.github.io/webdriver-bidi/>

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::fs;

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::Part;
use super::console::{ConsoleLine, Mark};
use super::processes::{Lines, Processes};
use super::session::{Driver, Failure, Running, Trouble};

/// What a profile says beyond what Firefox sets by itself when it is driven.
const PREFERENCES: &[(&str, &str)] = &[
    // It asks nobody on the network for anything.
    ("app.normandy.enabled", "false"),
    ("app.update.disabledForTesting", "true"),
    ("browser.safebrowsing.downloads.enabled", "false"),
    ("browser.safebrowsing.malware.enabled", "false"),
    ("browser.safebrowsing.phishing.enabled", "false"),
    ("datareporting.policy.dataSubmissionEnabled", "false"),
    ("network.captive-portal-service.enabled", "false"),
    ("network.connectivity-service.enabled", "false"),
    ("network.proxy.type", "0"),
    ("services.settings.server", "\"data:,#remote-settings-dummy/v1\""),
    ("toolkit.telemetry.server", "\"data:,\""),
    // A preflight is forgotten when the record of its host's name is younger; none is renewed in between.
    ("network.dnsCacheExpiration", "86400"),
    // A URL is opened as it is written.
    ("dom.security.https_first", "false"),
    ("dom.security.https_first_schemeless", "false"),
    // Messages are compared, so they come in one language.
    ("intl.locale.requested", "\"en-US\""),
    ("intl.accept_languages", "\"en-US\""),
    // No page is kept waiting in a process of its own for a user who never comes.
    ("browser.newtab.preload", "false"),
    ("dom.ipc.processPrelaunch.enabled", "false"),
];

/// The same, as a profile has them.
pub(super) fn preferences() -> String {
    PREFERENCES.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "user_pref(\"{name}\", {value});");
        text
    })
}

/// A Firefox with one page.
#[derive(Debug)]
pub(super) struct Firefox {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    orders: u64,
    page: String,
    /// What the console printed and nobody has taken yet.
    printed: VecDeque<ConsoleLine>,
}

impl Firefox {
    pub(super) async fn launch(processes: &mut Processes) -> Result<Running, Failure> {
        let program = Part::Firefox.program()?;
        let profile = processes.folder().join("profile");
        fs::create_dir(&profile)?;
        fs::write(profile.join("user.js"), preferences())?;
        let mut command = processes.command(program);
        command
            .args(["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile"])
            .arg(&profile)
            .arg("about:blank")
            .env("MOZ_CRASHREPORTER_DISABLE", "1");
        let mut started = processes.start(&mut command)?;
        let address = address(&mut started.stderr).await?;

        // A batch is long, and its answer too.
        let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let (socket, _) = connect_async_with_config(format!("{address}/session"), Some(config), true)
            .await
            .map_err(|error| Failure::NotStarted(error.to_string()))?;
        let mut firefox = Self { socket, orders: 0, page: String::new(), printed: VecDeque::new() };
        let capabilities = json!({ "alwaysMatch": { "acceptInsecureCerts": true } });
        let session = firefox.order("session.new", json!({ "capabilities": capabilities })).await?;
        let events = ["log.entryAdded", "browsingContext.navigationCommitted"];
        firefox.order("session.subscribe", json!({ "events": events })).await?;
        let tree = firefox.order("browsingContext.getTree", json!({ "maxDepth": 0 })).await?;

        let told = &session["capabilities"];
        let version = told["browserVersion"].as_str().map(ToOwned::to_owned);
        let id = told["moz:processID"].as_u64().and_then(|id| u32::try_from(id).ok());
        let page = tree["contexts"][0]["context"].as_str().map(ToOwned::to_owned);
        let (Some(version), Some(id), Some(page)) = (version, id, page) else {
            return Err(Failure::NotStarted(format!(
                "it tells no version, process or page: {session} {tree}"
            )));
        };
        firefox.page = page;
        Ok(Running { version, id, driver: Driver::Firefox(Box::new(firefox)) })
    }

    pub(super) async fn open(&mut self, url: &str) -> Result<(), Trouble> {
        let order = json!({ "context": self.page, "url": url, "wait": "complete" });
        self.order("browsingContext.navigate", order).await.map(drop)
    }

    pub(super) async fn evaluate(&mut self, body: &str) -> Result<String, Trouble> {
        let order = json!({
            "expression": format!("(async () => {{ {body} }})()"),
            "target": { "context": self.page },
            "awaitPromise": true,
            "userActivation": false,
        });
        let answer = self.order("script.evaluate", order).await?;
        match answer["result"]["value"].as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(Trouble::Refused(format!("not a text: {answer}"))),
        }
    }

    pub(super) async fn console_until(&mut self, mark: &Mark) -> Result<Vec<ConsoleLine>, Trouble> {
        let mut lines = Vec::new();
        loop {
            while let Some(line) = self.printed.pop_front() {
                if mark.is(&line) {
                    return Ok(lines);
                }
                lines.push(line);
            }
            self.receive().await?;
        }
    }

    /// Gives an order and waits for the answer to it.
    async fn order(&mut self, method: &str, parameters: Value) -> Result<Value, Trouble> {
        self.orders += 1;
        let order = json!({ "id": self.orders, "method": method, "params": parameters });
        self.socket.send(Message::text(order.to_string())).await.map_err(gone)?;
        loop {
            match self.receive().await? {
                Some(Told::Success { id, result }) if id == self.orders => return Ok(result),
                Some(Told::Error { id, error, message }) if id.is_none_or(|id| id == self.orders) => {
                    return Err(refused(&error, &message));
                }
                // An answer to an order that nobody waits for any more.
                _ => {}
            }
        }
    }

    /// The next answer, or nothing when it was an event instead.
    async fn receive(&mut self) -> Result<Option<Told>, Trouble> {
        let message = self.socket.next().await.ok_or_else(|| gone("it closed the connection"))?;
        let Message::Text(text) = message.map_err(gone)? else { return Ok(None) };
        let told =
            serde_json::from_str(&text).map_err(|error| Trouble::Refused(format!("{error}, in {text}")))?;
        match told {
            Told::Event { method, params } => self.take_in(&method, params).map(|()| None),
            answer => Ok(Some(answer)),
        }
    }

    fn take_in(&mut self, event: &str, parameters: Value) -> Result<(), Trouble> {
        match event {
            "log.entryAdded" => {
                let entry = serde_json::from_value::<Entry>(parameters);
                let entry = entry.map_err(|error| Trouble::Refused(error.to_string()))?;
                self.printed.push_back(entry.into_line());
            }
            // A script that waits in a page whose process dies is never answered; this is all that is told.
            "browsingContext.navigationCommitted"
                if parameters["url"].as_str().is_some_and(|url| url.starts_with("about:tabcrashed")) =>
            {
                return Err(gone("the page's process is gone"));
            }
            _ => {}
        }
        Ok(())
    }
}

async fn address(stderr: &mut Lines) -> Result<String, Failure> {
    while let Some(line) = stderr.recv().await {
        if let Some((_, address)) = line.split_once("WebDriver BiDi listening on ") {
            return Ok(address.trim().to_owned());
        }
    }
    Err(Failure::NotStarted("it ended".to_owned()))
}

fn gone(why: impl ToString) -> Trouble {
    Trouble::Crashed(why.to_string())
}

/// A page's process takes the page's frame along, and leaves a notice of the browser's own in its place.
fn refused(error: &str, message: &str) -> Trouble {
    let text = format!("{error}: {message}");
    let gone = ["no such frame", "destroyed", "parent process browsing context"];
    if gone.iter().any(|words| text.contains(words)) {
        Trouble::Crashed(text)
    } else {
        Trouble::Refused(text)
    }
}

/// What comes from the browser.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Told {
    Success { id: u64, result: Value },
    Error { id: Option<u64>, error: String, message: String },
    Event { method: String, params: Value },
}

/// An entry of the log.
#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    level: String,
    text: Option<String>,
    #[serde(rename = "stackTrace", default)]
    stack: Value,
}

impl Entry {
    fn into_line(self) -> ConsoleLine {
        let url = self.stack["callFrames"][0]["url"].as_str().map(ToOwned::to_owned);
        ConsoleLine { text: self.text.unwrap_or_default(), level: self.level, source: self.kind, url }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let (Trouble::Crashed(why) | Trouble::Refused(why)) = trouble;
        Self::NotStarted(why)
    }
}
