//! An example, played through the browser's side: what is sent, what comes back, and what comes of it.
//!
//! So that no page can claim what is not so. Knows no identifier.

use std::time::Duration;

use corsac_browser::{
    Answer, Body, Browser, Call, Next, Page, PreflightCache, RequestKind, Verdict, WireRequest, WireResponse,
    console_lines, fetch,
};

use super::entry::{AnswerText, CallEntry, CallText, Nothing};
use crate::exchange::{Exchange, Seen};
use crate::told::Told;

/// A call and its answers, ready to be played.
pub(super) struct Example<'a> {
    pub(super) page: Page,
    pub(super) call: Call,
    /// What no exchange shows.
    pub(super) told: Told,
    answers: &'a [AnswerText],
    repeat: usize,
}

/// What came of an example.
pub(super) struct Played {
    pub(super) exchanges: Vec<Exchange>,
    pub(super) verdict: Box<Verdict>,
    /// The lines of the console.
    pub(super) console: Vec<String>,
    /// Whether every answer was used, and none was missing.
    pub(super) is_exact: bool,
}

impl<'a> Example<'a> {
    /// The example of a page, unless it has none.
    pub(super) fn of(entry: &'a CallEntry) -> Option<Self> {
        let has_none = entry.told.is_some() || !entry.console.is_empty();
        (!has_none).then(|| Self {
            page: page(&entry.page),
            call: call(&entry.url, &entry.call),
            told: told(entry),
            answers: &entry.answers,
            repeat: entry.repeat,
        })
    }

    /// The same, mended.
    pub(super) fn mended(entry: &'a CallEntry) -> Option<Self> {
        (!entry.mended.is_empty() || entry.mended_page.is_some()).then(|| Self {
            page: page(entry.mended_page.as_ref().unwrap_or(&entry.page)),
            call: call(
                entry.mended_url.as_ref().unwrap_or(&entry.url),
                entry.mended_call.as_ref().unwrap_or(&entry.call),
            ),
            told: told(entry),
            answers: if entry.mended.is_empty() { &entry.answers } else { &entry.mended },
            repeat: 1,
        })
    }

    pub(super) fn play(&self, browser: Browser) -> Played {
        let mut cache = PreflightCache::new();
        let answers: Vec<&AnswerText> =
            self.answers.iter().cycle().take(self.answers.len() * self.repeat).collect();
        let mut next = fetch(&self.page, &self.call, browser, &mut cache, Duration::ZERO);
        let mut exchanges: Vec<Exchange> = Vec::new();
        let mut is_exact = true;
        loop {
            let pending = match next {
                Next::Done(verdict) => {
                    is_exact &= exchanges.len() == answers.len();
                    let console = console_lines(browser, &self.page, &self.call, &verdict);
                    return Played { exchanges, verdict, console, is_exact };
                }
                Next::Send(pending) => pending,
            };
            let (answer, seen) = match answers.get(exchanges.len()) {
                Some(AnswerText::Response { status, headers }) => {
                    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                    let response = WireResponse { status: *status, headers: headers.collect() };
                    let seen = Seen::Response {
                        response: response.clone(),
                        body: Vec::new(),
                        ignored_lines: Vec::new(),
                    };
                    (Answer::Response(response), seen)
                }
                other => {
                    is_exact &= matches!(other, Some(AnswerText::Nothing(Nothing::Nothing)));
                    let nothing = || "nothing".to_owned();
                    let seen = Seen::Nothing { kind: nothing(), message: nothing(), hint: nothing() };
                    (Answer::NetworkError, seen)
                }
            };
            exchanges.push(Exchange { request: pending.request().clone(), seen });
            next = pending.receive(answer, &mut cache, Duration::ZERO);
        }
    }

    /// What the script does, in a line.
    fn asked(&self) -> String {
        let call = &self.call;
        let mut line = format!("page {}: {} {}", self.page.origin, call.method, call.url);
        for (name, value) in call.headers.iter() {
            line += &format!(", {name}: {}", String::from_utf8_lossy(value));
        }
        let usual = Call::new(call.url.clone());
        if call.mode != usual.mode {
            line += &format!(", mode {}", call.mode);
        }
        if call.credentials != usual.credentials {
            line += &format!(", credentials {}", call.credentials);
        }
        if call.redirect != usual.redirect {
            line += &format!(", redirect {}", call.redirect);
        }
        if let Some(cookies) = &call.cookies {
            line += &format!(", the browser holds the cookie {cookies}");
        }
        if !self.told.reads.is_empty() {
            line += &format!(", the script reads {}", self.told.reads.join(", "));
        }
        if let (Some(page), Some(target)) = (self.told.page_address_space, self.told.target_address_space) {
            line += &format!(", from the {} network into the {} one", page.as_str(), target.as_str());
        }
        if call.stream {
            line += ", a stream as its body";
        }
        line
    }

    /// The example in lines: `>` is sent, `<` comes back.
    pub(super) fn lines(&self, played: &Played) -> Vec<String> {
        let mut lines = vec![self.asked()];
        if played.exchanges.is_empty() {
            lines.push("nothing is sent".to_owned());
        }
        let all = played.exchanges.len();
        for (index, exchange) in played.exchanges.iter().enumerate() {
            if self.repeat > 1 && index > 0 {
                lines.push(format!("… and so on, {all} times in all"));
                break;
            }
            lines.extend(sent(&exchange.request));
            lines.extend(came(exchange));
        }
        lines
    }

    /// What comes back alone, for an example whose call is known.
    pub(super) fn answers(&self, played: &Played, is_same_call: bool) -> Vec<String> {
        let mut lines = if is_same_call { Vec::new() } else { vec![self.asked()] };
        for exchange in &played.exchanges {
            if played.exchanges.len() > 1 {
                lines.push(format!("> {} {}", exchange.request.method, target(&exchange.request)));
            }
            lines.extend(came(exchange));
        }
        lines
    }
}

fn told(entry: &CallEntry) -> Told {
    let space = |text: &String| text.parse().expect("examples use the words of the standard");
    Told {
        page_address_space: entry.spaces.as_ref().map(|(page, _)| space(page)),
        target_address_space: entry.spaces.as_ref().map(|(_, target)| space(target)),
        reads: entry.reads.clone(),
        page_csp: None,
    }
}

fn page(origin: &str) -> Page {
    Page::of(origin.parse().expect("pages of examples have origins"))
}

fn call(url: &str, text: &CallText) -> Call {
    let mut call = Call::new(url.parse().expect("calls of examples have URLs"));
    if let Some(method) = &text.method {
        call.method.clone_from(method);
    }
    for (name, value) in &text.headers {
        call.headers.append(name.as_str(), value.as_str());
    }
    let word = "examples use the words of the standard";
    call.credentials = text.credentials.as_ref().map_or(call.credentials, |text| text.parse().expect(word));
    call.mode = text.mode.as_ref().map_or(call.mode, |text| text.parse().expect(word));
    call.redirect = text.redirect.as_ref().map_or(call.redirect, |text| text.parse().expect(word));
    call.body = text.body.clone().map(Body::Text);
    call.stream = text.stream;
    call.cookies.clone_from(&text.cookies);
    call
}

fn target(request: &WireRequest) -> String {
    match request.url.query() {
        Some(query) => format!("{}?{query}", request.url.path()),
        None => request.url.path().to_owned(),
    }
}

fn sent(request: &WireRequest) -> Vec<String> {
    let host = request.url.host_str().unwrap_or_default();
    let mut lines = vec![format!("> {} {}  (to {host})", request.method, target(request))];
    let telling = match request.kind {
        RequestKind::Preflight => {
            &["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"][..]
        }
        RequestKind::Actual => &["Origin"],
    };
    for name in telling {
        if let Some(value) = request.headers.get_text(name) {
            lines.push(format!("> {name}: {value}"));
        }
    }
    lines
}

fn came(exchange: &Exchange) -> Vec<String> {
    let Some(response) = exchange.response() else { return vec!["< (no answer)".to_owned()] };
    let mut lines = vec![format!("< {}", response.status)];
    for (name, value) in response.headers.iter() {
        lines.push(format!("< {name}: {}", String::from_utf8_lossy(value)).trim_end().to_owned());
    }
    lines
}
