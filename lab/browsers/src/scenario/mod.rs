//! A case, put onto the lab's servers: what the browser is told, what the servers say, what the engine is asked.
//!
//! One mapping serves all three, so that the browser and the prediction are about the same call. Nothing is sent
//! here.

mod call;
mod skip;
mod symbols;

use corsac::Origin;
use corsac_browser::{Call, Page, RequestKind};
use serde_json::Value;
use url::Url;

pub use skip::Skip;

use crate::origins::{BODY, FRAME, Host, Origins, OriginsError, PAGE, Place, Reply, Step, has_body};
use crate::vector::{AnswerData, CallData, Case, DEFAULT_PAGE, StepData, bytes};
use symbols::{Apart, Symbols};

/// The longest a case may make a page wait, in seconds.
const LONGEST_WAIT: f64 = 10.0;
/// Statuses that make a browser ask again if the connection had been used before.
const ASKED_AGAIN: [u16; 3] = [408, 421, 425];

/// What the script runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Frame {
    /// The page itself.
    Page,
    /// A frame of the page, sandboxed: its origin is opaque.
    Sandboxed,
    /// A frame of the page with a `data:` URL: its origin is opaque too.
    Data,
}

impl Frame {
    /// Its word for the page's script.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Sandboxed => "sandboxed",
            Self::Data => "data",
        }
    }
}

/// A case and the frame it runs in.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The case.
    pub case: Case,
    /// The frame.
    pub frame: Frame,
}

impl Scenario {
    /// Its name: the case's, and the frame where the case does not tell.
    #[must_use]
    pub fn id(&self) -> String {
        match self.frame {
            Frame::Data => format!("{}@data", self.case.id),
            Frame::Page | Frame::Sandboxed => self.case.id.clone(),
        }
    }

    /// The scenarios of a case: where its page has no origin, there are two ways to have none.
    pub fn of_case(case: Case) -> Vec<Self> {
        if case.page.as_deref() == Some("null") {
            let data = Self { case: case.clone(), frame: Frame::Data };
            vec![Self { case, frame: Frame::Sandboxed }, data]
        } else {
            vec![Self { case, frame: Frame::Page }]
        }
    }
}

/// A scenario on the lab's servers.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The scenario's name.
    pub id: String,
    /// The first segment of its paths.
    pub key: String,
    /// The page to open.
    pub page_url: String,
    /// The frame of it.
    pub frame: Frame,
    /// The page, for the engine.
    pub page: Page,
    /// The calls.
    pub calls: Vec<PlacedCall>,
    /// The answers.
    pub steps: Vec<Step>,
    /// The server that sets the cookies the scenario has.
    pub cookies: Option<Place>,
    /// The longest it makes a page wait, in seconds.
    pub wait: f64,
    /// Whether a URL of it is no server's.
    pub leaves_http: bool,
}

/// A call of a scenario.
#[derive(Debug, Clone)]
pub struct PlacedCall {
    /// Seconds after the first.
    pub at: f64,
    /// The call, for the engine.
    pub call: Call,
    /// The call, for the page's script.
    pub script: Value,
}

/// A scenario was not placed.
#[derive(Debug, thiserror::Error)]
pub enum Blocker {
    /// It cannot be put to a browser here.
    #[error("{0}")]
    Skip(Skip),
    /// The servers failed.
    #[error(transparent)]
    Origins(#[from] OriginsError),
}

impl From<Skip> for Blocker {
    fn from(skip: Skip) -> Self {
        Self::Skip(skip)
    }
}

/// Puts a scenario onto the servers, under a key that no other has.
///
/// # Errors
///
/// If it cannot be put to a browser, or no server could be started.
pub fn place(scenario: &Scenario, key: &str, origins: &Origins) -> Result<Placed, Blocker> {
    let case = &scenario.case;
    let page_symbol = case.page.as_deref().filter(|page| *page != "null").unwrap_or(DEFAULT_PAGE);
    let page_symbol = Url::parse(page_symbol).map_err(|_| Skip::PageScheme)?;
    if !matches!(page_symbol.scheme(), "http" | "https") {
        return Err(Skip::PageScheme.into());
    }

    let all_steps = || case.calls().flat_map(|(_, _, steps)| steps);
    let apart = Apart {
        closes: all_steps().any(ends_connection),
        has_conditions: case.calls().any(|(_, call, _)| has_condition(call)),
    };
    let mut symbols = Symbols::new(origins, key, &page_symbol, apart);
    for (_, call, _) in case.calls() {
        let url = Url::parse(&call.url).map_err(|_| Skip::Call)?;
        if call.cookies.is_some()
            && let Some(host) = url.host_str()
        {
            symbols.hold_cookies_for(host);
        }
    }
    let page_host = page_symbol.host_str().unwrap_or_default();
    if needs_letters(all_steps(), page_host) {
        if case.calls().any(|(_, call, _)| call.cookies.is_some()) {
            return Err(Skip::Letters.into());
        }
        symbols.spell(page_host);
    }

    let page_origin = symbols.origin(&page_symbol)?.ok_or(Skip::PagePort)?;
    if page_origin.contains('[') && !has_version_6() {
        return Err(Skip::Version6.into());
    }
    let page_url = Url::parse(&format!("{page_origin}{PAGE}")).map_err(|_| Skip::PageScheme)?;
    let mut page = match scenario.frame {
        Frame::Page => Page::at(&page_url),
        Frame::Sandboxed | Frame::Data => Page::of(Origin::Opaque),
    };
    if scenario.frame == Frame::Sandboxed {
        page.referrer = page_url.join(FRAME).ok();
    }
    if scenario.frame != Frame::Page {
        page.top = Some(Origin::of_url(&page_url));
    }
    // The frame is in a page that is delivered securely, or from loopback.
    page.secure_context = true;

    let mut calls = Vec::new();
    let mut steps = Vec::new();
    let mut cookies: Option<Place> = None;
    let mut wait: f64 = 0.0;
    // Every URL first, so that texts can be rewritten whatever comes before what.
    let mut answers = Vec::new();
    for (at, call, exchange) in case.calls() {
        wait = wait.max(at);
        let placed = call::place(call, &mut symbols)?;
        if call.cookies.is_some() {
            let url = Url::parse(&call.url).map_err(|_| Skip::Call)?;
            cookies = symbols.place(&url)?.filter(|place| matches!(place.host, Host::Numbered(_)));
            cookies.ok_or(Skip::Cookies)?;
        }
        calls.push(PlacedCall { at, ..placed });
        for step in exchange {
            let url = step.expect.url.as_ref().unwrap_or(&call.url);
            let symbol = Url::parse(url).map_err(|_| Skip::Call)?;
            let mut url = symbols.url(&symbol)?;
            url.set_fragment(None);
            // Neither is sent as a part of the URL.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            answers.push((step, symbol, String::from(url)));
        }
    }
    if cookies.is_some() && scenario.frame != Frame::Page {
        return Err(Skip::ThirdParty.into());
    }
    if wait > LONGEST_WAIT {
        return Err(Skip::Clock.into());
    }
    let has_some = |call: &PlacedCall| call.call.cookies.is_some();
    if cookies.is_some() && !calls.iter().all(has_some) {
        return Err(Skip::Cookies.into());
    }
    for (step, symbol, url) in answers {
        let kind = if step.expect.kind == "preflight" { RequestKind::Preflight } else { RequestKind::Actual };
        steps.push(Step { kind, url, reply: reply(step, &symbol, &mut symbols)? });
    }
    let leaves_http = calls.iter().any(|call| !is_http(&call.call.url)) || steps.iter().any(leads_elsewhere);
    Ok(Placed {
        id: scenario.id(),
        key: key.to_owned(),
        page_url: page_url.into(),
        frame: scenario.frame,
        page,
        calls,
        steps,
        cookies,
        wait,
        leaves_http,
    })
}

/// What the server at `url` says.
fn reply(step: &StepData, url: &Url, symbols: &mut Symbols<'_>) -> Result<Reply, Blocker> {
    let AnswerData::Response { status, headers } = &step.answer else { return Ok(Reply::Drop) };
    if *status < 200 {
        return Err(Skip::Informational.into());
    }
    if *status == 401 && headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("WWW-Authenticate")) {
        return Err(Skip::Password.into());
    }
    let mut lines = Vec::new();
    let mut has_length = false;
    for (name, value) in headers {
        let value = value.expand();
        let value = match name.to_ascii_lowercase().as_str() {
            "location" => symbols.location(&value, url)?,
            // Framing is the server's: the right value in the place of whatever stands there.
            "content-length" if has_length || !has_body(*status) => continue,
            "content-length" => {
                has_length = true;
                BODY.len().to_string()
            }
            // Held by the browser, it would show in other scenarios.
            "set-cookie" => format!("{value}; Max-Age=0"),
            _ => symbols.text(&value)?,
        };
        let value = bytes(&value).ok_or(Skip::FieldLine)?;
        if value.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n')) {
            return Err(Skip::FieldLine.into());
        }
        lines.push((name.clone(), value));
    }
    if !has_length && has_body(*status) {
        lines.push(("Content-Length".into(), BODY.len().to_string().into_bytes()));
    }
    // Without this, a browser answers the same question itself the next time.
    let is_kept = matches!(status, 301 | 308);
    if is_kept && !lines.iter().any(|(name, _)| name.eq_ignore_ascii_case("Cache-Control")) {
        lines.push(("Cache-Control".into(), b"no-store".to_vec()));
    }
    Ok(Reply::Respond { status: *status, headers: lines })
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// Whether an answer has a `Location` that no server stands for.
fn leads_elsewhere(step: &Step) -> bool {
    let Reply::Respond { headers, .. } = &step.reply else { return false };
    headers.iter().any(|(name, value)| {
        let text = String::from_utf8_lossy(value);
        let is_absolute = Url::parse(text.trim()).is_ok_and(|url| !is_http(&url));
        name.eq_ignore_ascii_case("Location") && is_absolute
    })
}

/// Whether a script looks after cached responses itself.
fn has_condition(call: &CallData) -> bool {
    call.headers.iter().any(|(name, _)| name.to_ascii_lowercase().starts_with("if-"))
}

fn ends_connection(step: &StepData) -> bool {
    match &step.answer {
        AnswerData::Word(_) => true,
        AnswerData::Response { status, .. } => ASKED_AGAIN.contains(status),
    }
}

/// Whether the page's host must have letters: where an answer has them in capitals, and where sites are compared,
/// since an address is no site.
fn needs_letters<'a>(mut steps: impl Iterator<Item = &'a StepData>, host: &str) -> bool {
    steps.any(|step| match &step.answer {
        AnswerData::Word(_) => false,
        AnswerData::Response { headers, .. } => headers.iter().any(|(_, value)| {
            let value = value.expand();
            value == "same-site" || (value.to_ascii_lowercase().contains(host) && !value.contains(host))
        }),
    })
}

/// Whether this machine has `::1`.
fn has_version_6() -> bool {
    std::net::TcpListener::bind("[::1]:0").is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(case: &str) -> Placed {
        let case: Case = toml::from_str(case).expect("a case");
        let scenario = Scenario::of_case(case).remove(0);
        place(&scenario, "k1", &Origins::new().expect("servers")).expect("it can be placed")
    }

    fn line(placed: &Placed, step: usize, name: &str) -> String {
        let Reply::Respond { headers, .. } = &placed.steps[step].reply else { panic!("{placed:?}") };
        let line = headers.iter().find(|(known, _)| known == name).expect("the line is there");
        line.1.iter().copied().map(char::from).collect()
    }

    #[tokio::test]
    async fn origins_are_replaced_wherever_they_stand() {
        let placed = placed(
            r#"
            id = "a"
            call = { url = "https://api.example/v1?q#f" }
            [[exchange]]
            expect = { kind = "actual" }
            answer = { status = 302, headers = [["Location", "https://u:p@b.example/x"], ["A", "https://app.example https://app.example:443 https://app.example/ https://x.example"]] }
            [[exchange]]
            expect = { kind = "actual", url = "https://b.example/x" }
            answer = { status = 200, headers = [["Location", "/y"], ["B", "HTTPS://app.example"]] }
            "#,
        );
        let page = placed.page.origin.to_string();
        assert!(page.starts_with("https://127.0.0.1:"), "{page}");
        let call = &placed.calls[0].call.url;
        assert_eq!((call.host_str(), call.path()), (Some("127.0.0.2"), "/k1/v1"));
        assert_eq!((call.query(), call.fragment()), (Some("q"), Some("f")));
        let texts = line(&placed, 0, "A");
        assert_eq!(texts, format!("{page} https://127.0.0.1:443 {page}/ https://x.example"));
        let location = line(&placed, 0, "Location");
        assert_eq!(location.replace("u:p@", ""), placed.steps[1].url);
        assert_eq!(line(&placed, 1, "Location"), "/k1/y");
        assert_eq!(line(&placed, 1, "B"), page.replace("https", "HTTPS"));
    }

    #[tokio::test]
    async fn a_page_in_capitals_has_letters() {
        let placed = placed(
            r#"
            id = "a"
            call = { url = "https://api.example/" }
            [[exchange]]
            expect = { kind = "actual" }
            answer = { status = 200, headers = [["A", "https://APP.example"]] }
            "#,
        );
        let origin = placed.page.origin.to_string();
        assert!(origin.starts_with("https://localhost:"), "{origin}");
        assert_eq!(line(&placed, 0, "A"), origin.replace("localhost", "LOCALHOST"));
    }

    #[tokio::test]
    async fn sites_stay_sites_and_refused_ports_stay_ports() {
        let placed = placed(
            r#"
            id = "a"
            page = "https://www.shop.example"
            call = { url = "https://api.shop.example/" }
            [[exchange]]
            expect = { kind = "actual" }
            answer = { status = 301, headers = [["Location", "https://b.example:6667/x"]] }
            "#,
        );
        assert_eq!(placed.calls[0].call.url.host_str(), Some("127.0.0.1"));
        assert!(!placed.page.origin.is_same_origin(&Origin::of_url(&placed.calls[0].call.url)));
        assert_eq!(line(&placed, 0, "Location"), "https://127.0.0.2:6667/k1/x");
        assert_eq!(line(&placed, 0, "Cache-Control"), "no-store");
    }

    #[tokio::test]
    async fn every_case_is_placed_or_left_out_for_a_reason() {
        let origins = Origins::new().expect("servers");
        let hand_written = crate::vector::hand_written().into_iter().flat_map(Scenario::of_case);
        let generated = (0..300).map(|number| crate::generate::scenario(5, number));
        let (mut placed, mut skipped) = (0, 0);
        for (index, scenario) in hand_written.chain(generated).enumerate() {
            match place(&scenario, &format!("k{index}"), &origins) {
                Ok(_) => placed += 1,
                Err(Blocker::Skip(_)) => skipped += 1,
                Err(Blocker::Origins(error)) => panic!("{}: {error}", scenario.id()),
            }
        }
        assert!(placed > 20 * skipped, "{placed} placed, {skipped} left out");
    }
}
