//! Firefox's developer tools, opened beside the page, over Marionette, which reaches the browser's own scripts.
//!
//! The exporter is the one behind "Save All As HAR".

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::super::Part;
use super::super::firefox::preferences;
use super::super::processes::Processes;
use super::super::session::{Failure, Trouble};
use super::{Export, GLANCE, Visit, failure};

/// Opens the tools, with the network panel.
const OPEN: &str = r#"
    const { require } = ChromeUtils.importESModule("resource://devtools/shared/loader/Loader.sys.mjs");
    const { gDevTools } = require("devtools/client/framework/devtools");
    const tab = Services.wm.getMostRecentWindow("navigator:browser").gBrowser.selectedTab;
    const toolbox = await gDevTools.showToolboxForTab(tab, { toolId: "netmonitor" });
    const monitor = await toolbox.getNetMonitorAPI();
"#;

pub(super) async fn record(processes: &mut Processes, visit: &Visit) -> Result<Vec<Export>, Failure> {
    let profile = processes.folder().join("profile");
    fs::create_dir(&profile)?;
    fs::write(profile.join("user.js"), format!("{}user_pref(\"marionette.port\", 0);\n", preferences()))?;
    let mut command = processes.command(Part::Firefox.program()?);
    command
        .args(["--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile"])
        .arg(&profile)
        .arg("about:blank")
        .env("MOZ_CRASHREPORTER_DISABLE", "1");
    processes.start(&mut command)?;
    let port = port(&profile).await;
    let mut marionette = Marionette::connect(port).await.map_err(failure)?;
    marionette.record(visit).await.map_err(failure)
}

/// The port, which is in a file once it listens.
async fn port(profile: &Path) -> u16 {
    loop {
        let text = fs::read_to_string(profile.join("MarionetteActivePort")).unwrap_or_default();
        match text.trim().parse() {
            Ok(port) => return port,
            Err(_) => sleep(GLANCE).await,
        }
    }
}

/// A connection: messages of JSON, each behind its length and a colon.
struct Marionette {
    stream: TcpStream,
    orders: u64,
}

impl Marionette {
    async fn connect(port: u16) -> Result<Self, Trouble> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(gone)?;
        let mut this = Self { stream, orders: 0 };
        this.message().await?;
        let never = 24 * 60 * 60 * 1000;
        let timeouts = json!({ "script": never, "pageLoad": never });
        let capabilities = json!({ "capabilities": { "alwaysMatch": { "timeouts": timeouts } } });
        this.order("WebDriver:NewSession", capabilities).await?;
        Ok(this)
    }

    async fn record(&mut self, visit: &Visit) -> Result<Vec<Export>, Trouble> {
        // The tools miss what comes while they open; so another page of the same origin goes ahead, until they see it.
        loop {
            self.chrome(&format!("{OPEN} return String(monitor);")).await?;
            self.navigate(&visit.ready).await?;
            if self.entries().await?.1.iter().any(|entry| is_answered(entry, &visit.ready)) {
                break;
            }
            sleep(GLANCE).await;
        }
        // On a busy machine they lose a request now and then; then the visit is made again.
        loop {
            self.navigate(&visit.url).await?;
            while self.order("WebDriver:GetTitle", json!({})).await?["value"] != visit.title[..] {
                sleep(GLANCE).await;
            }
            if let Some(text) = self.whole(visit).await? {
                return Ok(vec![Export { name: "firefox", text }]);
            }
        }
    }

    /// The text, once it has the whole visit. Longer than the browser remembers a permission that nobody asked it to,
    /// nothing is waited for.
    async fn whole(&mut self, visit: &Visit) -> Result<Option<String>, Trouble> {
        let (last, times) = &visit.last;
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(6) {
            let (log, entries) = self.entries().await?;
            let is_whole = entries.iter().filter(|entry| is_answered(entry, last)).count() == *times;
            if is_whole && !entries.iter().any(|entry| is_answered(entry, &visit.ready)) {
                let text = serde_json::to_string_pretty(&json!({ "log": log }));
                return text.map(Some).map_err(|error| Trouble::Refused(error.to_string()));
            }
            sleep(GLANCE).await;
        }
        Ok(None)
    }

    async fn navigate(&mut self, url: &str) -> Result<(), Trouble> {
        self.order("Marionette:SetContext", json!({ "value": "content" })).await?;
        self.order("WebDriver:Navigate", json!({ "url": url })).await.map(drop)
    }

    /// The log as it would be saved, and its entries.
    async fn entries(&mut self) -> Result<(Value, Vec<Value>), Trouble> {
        let text = self.chrome(&format!("{OPEN} return JSON.stringify(await monitor.getHar());")).await?;
        let har: Value = serde_json::from_str(&text).map_err(|error| Trouble::Refused(error.to_string()))?;
        // What is told to extensions is the log alone.
        let log = har.get("log").unwrap_or(&har).clone();
        let entries = log["entries"].as_array().cloned().unwrap_or_default();
        Ok((log, entries))
    }

    /// Runs a script among the browser's own, and gives the text it returns.
    async fn chrome(&mut self, body: &str) -> Result<String, Trouble> {
        self.order("Marionette:SetContext", json!({ "value": "chrome" })).await?;
        let script = format!(
            "const done = arguments[arguments.length - 1]; (async () => {{ {body} }})()\
             .then(text => done({{ text }}), error => done({{ error: String(error) }}));"
        );
        let answer = self
            .order(
                "WebDriver:ExecuteAsyncScript",
                json!({ "script": script, "args": [], "sandbox": "system" }),
            )
            .await?;
        match answer["value"]["text"].as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(Trouble::Refused(answer.to_string())),
        }
    }

    async fn order(&mut self, name: &str, parameters: Value) -> Result<Value, Trouble> {
        self.orders += 1;
        let text = json!([0, self.orders, name, parameters]).to_string();
        self.stream.write_all(format!("{}:{text}", text.len()).as_bytes()).await.map_err(gone)?;
        let mut answer = self.message().await?;
        if !answer[2].is_null() {
            return Err(Trouble::Refused(format!("{name}: {}", answer[2])));
        }
        Ok(answer[3].take())
    }

    async fn message(&mut self) -> Result<Value, Trouble> {
        let mut length = 0;
        loop {
            match self.stream.read_u8().await.map_err(gone)? {
                b':' => break,
                digit @ b'0'..=b'9' => length = length * 10 + usize::from(digit - b'0'),
                other => return Err(Trouble::Refused(format!("no length: {other}"))),
            }
        }
        let mut text = vec![0; length];
        self.stream.read_exact(&mut text).await.map_err(gone)?;
        serde_json::from_slice(&text).map_err(|error| Trouble::Refused(error.to_string()))
    }
}

fn is_answered(entry: &Value, end: &str) -> bool {
    entry["request"]["url"].as_str().is_some_and(|url| url.ends_with(end)) && entry["response"]["status"] != 0
}

fn gone(why: impl ToString) -> Trouble {
    Trouble::Crashed(why.to_string())
}
