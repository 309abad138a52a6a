//! WebKit's developer tools, served by one window and opened in another.
//!
//! What its menu exports leaves out whatever failed; so there are two files: that one, and every resource through the
//! same exporter.

use std::net::TcpListener;

use serde_json::json;
use tokio::time::sleep;

use super::super::processes::Processes;
use super::super::session::{Failure, Trouble};
use super::super::webkit::{Webkit, screen};
use super::{Export, GLANCE, Visit, failure};

pub(super) async fn record(processes: &mut Processes, visit: &Visit) -> Result<Vec<Export>, Failure> {
    let display = screen(processes).await?;
    // It takes no port of its own choice, so one that is free now has to do.
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let (mut page, _) = Webkit::window(processes, &display, "profile", Some(&address)).await?;
    let (mut tools, _) = Webkit::window(processes, &display, "tools", None).await?;
    visited(&mut page, &mut tools, &address, visit).await.map_err(failure)
}

async fn visited(
    page: &mut Webkit,
    tools: &mut Webkit,
    address: &str,
    visit: &Visit,
) -> Result<Vec<Export>, Trouble> {
    page.open("about:blank").await?;
    tools.open(&format!("http://{address}/Main.html?ws={address}/socket/1/1/WebPage")).await?;
    // Before it has a frame it listens to nothing; an answer then shows that earlier orders were carried out.
    let is_listening = "return String(await (async () => { \
                        if (typeof WI === 'undefined' || !WI.networkManager?.mainFrame || !WI.mainTarget) return false; \
                        await WI.mainTarget.RuntimeAgent.evaluate('1'); WI.showNetworkTab(); \
                        return Boolean(WI.tabBrowser.selectedTabContentView?.contentBrowser?.currentContentView?._HARResources); \
                        })());";
    while !matches!(tools.evaluate(is_listening).await.as_deref(), Ok("true")) {
        sleep(GLANCE).await;
    }
    page.open(&visit.url).await?;
    while page.evaluate("return document.title;").await? != visit.title {
        sleep(GLANCE).await;
    }
    let (last, times) = &visit.last;
    let every = "const frame = WI.networkManager.mainFrame; \
                 const every = [frame.mainResource, ...frame.resourceCollection]\
                 .filter(resource => /^https?$/.test(resource.urlComponents.scheme));";
    let is_done = format!(
        "{every} return String(every.filter(resource => resource.url.endsWith({})).length === {times} \
         && every.every(resource => resource.finished || resource.failed));",
        json!(last)
    );
    while tools.evaluate(&is_done).await? != "true" {
        sleep(GLANCE).await;
    }
    let menu = "const every = WI.tabBrowser.selectedTabContentView.contentBrowser.currentContentView._HARResources();";
    let mut exports = Vec::new();
    for (name, resources) in [("webkit", menu), ("webkit-failed-too", every)] {
        let write =
            format!("{resources} return JSON.stringify(await WI.HARBuilder.buildArchive(every), null, 2);");
        exports.push(Export { name, text: tools.evaluate(&write).await? });
    }
    Ok(exports)
}
