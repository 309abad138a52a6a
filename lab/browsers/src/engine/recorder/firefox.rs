//! Firefox's developer tools, opened beside the page, over Marionette, which reaches the browser's own scripts.
//!
//! The exporter is the one behind "Save All As HAR".

use std::fs;
use std::path::Path;

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
        self.chrome(&format!("{OPEN} return String(monitor);")).await?;
        self.order("Marionette:SetContext", json!({ "value": "content" })).await?;
        self.order("WebDriver:Navigate", json!({ "url": visit.url })).await?;
        while self.order("WebDriver:GetTitle", json!({})).await?["value"] != visit.title[..] {
            sleep(GLANCE).await;
        }
        let (last, times) = &visit.last;
        loop {
            let text = self.chrome(&format!("{OPEN} return JSON.stringify(await monitor.getHar());")).await?;
            let har: Value =
                serde_json::from_str(&text).map_err(|error| Trouble::Refused(error.to_string()))?;
            // What is told to extensions is the log alone.
            let log = har.get("log").unwrap_or(&har).clone();
            let entries = log["entries"].as_array().cloned().unwrap_or_default();
            let is_last = |entry: &&Value| {
                entry["request"]["url"].as_str().is_some_and(|url| url.ends_with(&last[..]))
                    && entry["response"]["status"] != 0
            };
            if entries.iter().filter(is_last).count() == *times {
                let text = serde_json::to_string_pretty(&json!({ "log": log }));
                let text = text.map_err(|error| Trouble::Refused(error.to_string()))?;
                return Ok(vec![Export { name: "firefox", text }]);
            }
            sleep(GLANCE).await;
        }
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

fn gone(why: impl ToString) -> Trouble {
    Trouble::Crashed(why.to_string())
}
