//! `corsac demo`: three calls fail, each is explained, the gateway goes in front, and they pass.
//!
//! Everything happens on this machine: the API is the demo's own, the gateway and the check are the real ones.

mod api;

use corsac::PolicyConfig;
use corsac_browser::{Body, Call, CredentialsMode, Page};
use corsac_gateway::{Config, Flags, Gateway};
use corsac_probe::{CheckOptions, Client, ClientOptions, Report, check};
use url::Url;

use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::{Printer, Tone};
use crate::report::Word;

const PAGE: &str = "http://localhost:5173";

/// One call of the page: what it asks for, in the words of its script.
struct Scene {
    method: &'static str,
    path: &'static str,
    body: Option<&'static str>,
}

const SCENES: [Scene; 3] = [
    Scene { method: "GET", path: "/me", body: None },
    Scene { method: "PUT", path: "/cart", body: Some(r#"{"item":1}"#) },
    Scene { method: "GET", path: "/report", body: None },
];

pub(crate) fn run(printer: &Printer) -> Result<Exit, Complaint> {
    let runtime = super::runtime()?;
    let api = runtime
        .block_on(api::start())
        .map_err(|error| Complaint::new(format!("the demo's API cannot listen on 127.0.0.1: {error}"), ""))?;
    let upstream = format!("http://{api}");
    printer.line(format!("A page on {PAGE} calls a shop's API on {upstream}, with its session cookie."));
    printer.line("");
    printer.line(Tone::Strong.paint("1  The calls fail. Why?"));
    let failed = runtime.block_on(all(&upstream))?;
    for (scene, report) in SCENES.iter().zip(&failed) {
        explain(scene, report, printer);
    }

    let policy = PolicyConfig {
        allow_origins: vec![PAGE.to_owned()],
        allow_credentials: true,
        allow_methods: vec!["PUT".to_owned()],
        allow_headers: vec!["Content-Type".to_owned()],
        ..PolicyConfig::default()
    };
    let flags = Flags { upstream: upstream.clone(), listen: Some("127.0.0.1:0".to_owned()), policy };
    let config = Config::from_flags(flags).map_err(|faults| Complaint::new(faults.to_string(), ""))?;
    let gateway =
        Gateway::bind(config).map_err(|error| Complaint::new(error.what(), error.remedy()))?.spawn();
    printer.line("");
    printer.line(Tone::Strong.paint("2  The gateway goes in front; the API stays as it is"));
    printer.line(format!("   corsac serve --upstream {upstream} --allow-origin {PAGE} \\"));
    printer.line("       --allow-credentials --allow-method PUT --allow-header content-type");

    printer.line("");
    printer.line(Tone::Strong.paint("3  The same calls pass"));
    let passed = runtime.block_on(all(&format!("http://{}", gateway.local_addr())))?;
    for (scene, report) in SCENES.iter().zip(&passed) {
        result(scene, report, printer);
    }
    // The story is told; nobody waits for connections at rest.
    drop(gateway);
    printer.line("");
    printer.line("Now yours:  corsac check URL --origin YOUR-PAGE [-X METHOD] [-H 'Name: value']");

    let as_told = failed.iter().all(|report| Word::of(report) == Word::Blocked)
        && passed.iter().all(|report| Word::of(report) == Word::Allowed);
    Ok(if as_told { Exit::AsHoped } else { Exit::Internal })
}

async fn all(base: &str) -> Result<Vec<Report>, Complaint> {
    let client = Client::new(ClientOptions::default())
        .map_err(|error| Complaint::new(error.to_string(), error.remedy()))?;
    let page = PAGE
        .parse()
        .map(Page::of)
        .map_err(|error: corsac::OriginError| Complaint::new(error.to_string(), ""))?;
    let mut reports = Vec::new();
    for scene in &SCENES {
        let url = Url::parse(&format!("{base}{}", scene.path))
            .map_err(|error| Complaint::new(format!("{base}: {error}"), ""))?;
        let mut call = Call::new(url);
        call.method = scene.method.to_owned();
        call.credentials = CredentialsMode::Include;
        call.cookies = Some("session=ada".to_owned());
        if let Some(body) = scene.body {
            call.headers.append("Content-Type", "application/json");
            call.body = Some(Body::Text(body.to_owned()));
        }
        reports.push(check(&client, &page, &call, &CheckOptions::default()).await);
    }
    Ok(reports)
}

fn title(scene: &Scene, report: &Report) -> String {
    let word = Word::of(report);
    let tone = if word == Word::Allowed { Tone::Good } else { Tone::Bad };
    let word = word.as_str().to_ascii_uppercase();
    let asks = format!("{} {}", scene.method, scene.path);
    format!("   {}  {asks:<13}", tone.paint(word))
}

fn explain(scene: &Scene, report: &Report, printer: &Printer) {
    let cause = report.diagnosis.cause.map(|cause| cause.to_string()).unwrap_or_default();
    printer.line(format!("{}{}", title(scene, report), Tone::Strong.paint(cause)));
    for step in &report.steps {
        let Ok(reply) = &step.result else { continue };
        let allow_origin = reply.response.headers.get_text("access-control-allow-origin");
        let says = allow_origin.map_or_else(
            || "no Access-Control-Allow-Origin".to_owned(),
            |value| format!("Access-Control-Allow-Origin: {value}"),
        );
        printer.line(format!(
            "            > {} {}  < {}, {says}",
            step.request.method, scene.path, reply.response.status
        ));
    }
    printer.indented("            ", &report.diagnosis.story);
}

fn result(scene: &Scene, report: &Report, printer: &Printer) {
    let status = report.verdict.readable().and_then(|readable| readable.status);
    let reads = match status {
        Some(status) if status >= 400 => {
            format!("the page reads status {status}: now it sees the real error")
        }
        Some(status) => format!("the page reads status {status}"),
        None => String::new(),
    };
    printer.line(format!("{}{reads}", title(scene, report)));
}
