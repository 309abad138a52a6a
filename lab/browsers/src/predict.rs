//! What Corsac says a browser does with a scenario: every request, and what the script reads in the end.
//!
//! Asks the engine with the same script that answers the browser; judges nothing itself.

use std::time::Duration;

use corsac_browser::{Browser, Next, PreflightCache, Verdict, WireRequest, console_lines, fetch};

use crate::origins::Script;
use crate::scenario::Placed;

/// More requests than any call makes: twenty redirects, each with a preflight, and some to spare.
const MAX_REQUESTS: usize = 64;

/// What is predicted of a scenario.
#[derive(Debug)]
pub struct Prediction {
    /// How each call ends.
    pub verdicts: Vec<Verdict>,
    /// The requests of all calls, in order.
    pub requests: Vec<WireRequest>,
    /// What the console prints about them, in order.
    pub console: Vec<String>,
}

/// Asks the engine, as a browser.
///
/// # Panics
///
/// If the engine makes requests without end.
#[must_use]
pub fn predict(placed: &Placed, browser: Browser) -> Prediction {
    let mut script = Script::new(placed.steps.clone());
    let mut cache = PreflightCache::new();
    let mut prediction = Prediction { verdicts: Vec::new(), requests: Vec::new(), console: Vec::new() };
    for call in &placed.calls {
        let now = Duration::from_secs_f64(call.at);
        let mut next = fetch(&placed.page, &call.call, browser, &mut cache, now);
        let limit = prediction.requests.len() + MAX_REQUESTS;
        let verdict = loop {
            match next {
                Next::Done(verdict) => break verdict,
                Next::Send(pending) => {
                    assert!(prediction.requests.len() < limit, "{}: requests without end", placed.id);
                    let request = pending.request().clone();
                    let (reply, _) = script.answer(request.kind, &asked_url(&request));
                    prediction.requests.push(request);
                    next = pending.receive(reply.as_answer(), &mut cache, now);
                }
            }
        };
        prediction.console.extend(console_lines(browser, &placed.page, &call.call, &verdict));
        prediction.verdicts.push(*verdict);
    }
    prediction
}

/// The URL as a server sees it asked: without user name and password.
#[must_use]
pub fn asked_url(request: &WireRequest) -> String {
    let mut url = request.url.clone();
    // Both only fail for URLs that can have neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}
