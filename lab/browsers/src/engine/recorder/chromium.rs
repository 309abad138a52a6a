//! Chromium's developer tools, opened as a page of the browser that they look at, over its own debugging protocol.
//!
//! The exporter is the one behind "Export HAR"; with sensitive data, and without it as is its habit.
//! Spec: <https://chromedevtools.github.io/devtools-protocol/>

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::super::Part;
use super::super::processes::{Lines, Processes};
use super::super::session::{Failure, Trouble};
use super::{Export, GLANCE, Visit, failure};

/// Ready once the network is listened to: an answer to a later order shows that the earlier one was carried out.
const IS_LISTENING: &str = r"
    const { TargetManager } = (await import('./core/sdk/sdk.js')).TargetManager;
    const target = TargetManager.instance().primaryPageTarget();
    if (!target) return false;
    await target.runtimeAgent().invoke_evaluate({ expression: '1' });
    return true;
";

/// What the menu exports: every request by HTTP that is finished.
const REQUESTS: &str = r"
    const { NetworkLog } = (await import('./models/logs/logs.js')).NetworkLog;
    const requests = NetworkLog.instance().requests().filter(request => /^https?$/.test(request.scheme));
";

pub(super) async fn record(processes: &mut Processes, visit: &Visit) -> Result<Vec<Export>, Failure> {
    let profile = processes.folder().join("profile");
    let mut command = processes.command(Part::Chromium.program()?);
    command.args([
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-breakpad",
        "--disable-component-update",
        "--disable-sync",
        "--disable-features=HttpsUpgrades",
        "--lang=en-US",
        "--no-first-run",
        "--no-proxy-server",
        "--remote-debugging-port=0",
        "--remote-allow-origins=*",
        &format!("--user-data-dir={}", profile.display()),
        "about:blank",
    ]);
    let mut started = processes.start(&mut command)?;
    let address = address(&mut started.stderr).await?;
    Tools::open(&address).await.map_err(failure)?.record(visit).await.map_err(failure)
}

async fn address(stderr: &mut Lines) -> Result<String, Failure> {
    while let Some(line) = stderr.recv().await {
        if let Some((_, address)) = line.split_once("DevTools listening on ") {
            return Ok(address.trim().to_owned());
        }
    }
    Err(Failure::NotStarted("it ended".to_owned()))
}

/// The browser with one page, and its developer tools as another.
struct Tools {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    orders: u64,
    page: String,
    tools: String,
}

impl Tools {
    async fn open(address: &str) -> Result<Self, Trouble> {
        let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let (socket, _) = connect_async_with_config(address, Some(config), true).await.map_err(gone)?;
        let mut this = Self { socket, orders: 0, page: String::new(), tools: String::new() };
        let targets = this.order("Target.getTargets", json!({}), "").await?;
        let page =
            targets["targetInfos"].as_array().into_iter().flatten().find(|target| target["type"] == "page");
        let page = page.and_then(|page| page["targetId"].as_str()).ok_or_else(|| gone("it has no page"))?;
        let host = address.trim_start_matches("ws://").split('/').next().unwrap_or_default();
        let url = format!("http://{host}/devtools/devtools_app.html?ws={host}/devtools/page/{page}");
        let tools = this.order("Target.createTarget", json!({ "url": url }), "").await?;
        this.page = this.attach(page).await?;
        this.tools = this.attach(tools["targetId"].as_str().unwrap_or_default()).await?;
        Ok(this)
    }

    async fn attach(&mut self, target: &str) -> Result<String, Trouble> {
        let attached =
            self.order("Target.attachToTarget", json!({ "targetId": target, "flatten": true }), "").await?;
        Ok(attached["sessionId"].as_str().unwrap_or_default().to_owned())
    }

    async fn record(mut self, visit: &Visit) -> Result<Vec<Export>, Trouble> {
        // While the tools load, what they import is not there yet.
        while !matches!(self.ask(IS_LISTENING).await, Ok(Value::Bool(true))) {
            sleep(GLANCE).await;
        }
        let page = self.page.clone();
        self.order("Page.navigate", json!({ "url": visit.url }), &page).await?;
        let title = json!({ "expression": "document.title", "returnByValue": true });
        while self.order("Runtime.evaluate", title.clone(), &page).await?["result"]["value"]
            != visit.title[..]
        {
            sleep(GLANCE).await;
        }
        let (last, times) = &visit.last;
        let is_done = format!(
            "{REQUESTS} return requests.filter(request => request.url().endsWith({})).length === {times} \
             && requests.every(request => request.finished);",
            json!(last)
        );
        while self.ask(&is_done).await? != json!(true) {
            sleep(GLANCE).await;
        }
        let mut exports = Vec::new();
        for (name, sanitize) in [("chromium", false), ("chromium-sanitized", true)] {
            let write = format!(
                "{REQUESTS} const {{ Writer }} = (await import('./models/har/har.js')).Writer; \
                 const {{ Progress }} = (await import('./core/common/common.js')).Progress; \
                 let text = ''; const stream = {{ write: async piece => {{ text += piece; }} }}; \
                 await Writer.write(stream, requests, {{ sanitize: {sanitize} }}, new Progress()); return text;"
            );
            let text = self.ask(&write).await?;
            let text = text.as_str().ok_or_else(|| Trouble::Refused(format!("no text: {text}")))?;
            exports.push(Export { name, text: text.to_owned() });
        }
        Ok(exports)
    }

    /// Runs a script among the developer tools' own.
    async fn ask(&mut self, body: &str) -> Result<Value, Trouble> {
        let tools = self.tools.clone();
        let order = json!({
            "expression": format!("(async () => {{ {body} }})()"),
            "awaitPromise": true,
            "returnByValue": true,
        });
        let answer = self.order("Runtime.evaluate", order, &tools).await?;
        match answer.get("exceptionDetails") {
            Some(exception) => Err(Trouble::Refused(exception.to_string())),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    async fn order(&mut self, method: &str, parameters: Value, session: &str) -> Result<Value, Trouble> {
        self.orders += 1;
        let mut order = json!({ "id": self.orders, "method": method, "params": parameters });
        if !session.is_empty() {
            order["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(order.to_string())).await.map_err(gone)?;
        loop {
            let message = self.socket.next().await.ok_or_else(|| gone("it closed the connection"))?;
            let Message::Text(text) = message.map_err(gone)? else { continue };
            let mut told: Value =
                serde_json::from_str(&text).map_err(|error| Trouble::Refused(error.to_string()))?;
            if told["id"] != self.orders {
                continue;
            }
            return match told.get("error") {
                Some(error) => Err(Trouble::Refused(format!("{method}: {error}"))),
                None => Ok(told["result"].take()),
            };
        }
    }
}

fn gone(why: impl ToString) -> Trouble {
    Trouble::Crashed(why.to_string())
}
