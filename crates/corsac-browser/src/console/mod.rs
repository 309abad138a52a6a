//! What a browser prints on its console about a call that failed, to the letter.
//!
//! The texts are data, one ledger for each engine; here they are chosen and filled in. Only what an engine says
//! about the call is here, not the line every network error gets besides (`Failed to load resource: …`). Of a
//! broken connection WebKit prints what the system says, and Firefox one of two lines, by the method; here it
//! is what they say of a server that hangs up.
//!
//! Messages have no standard: each is the text of the version in [`Browser::version`].

mod chromium;
mod firefox;
mod header_table;
mod row;
mod scene;
mod webkit;

use crate::{Browser, Call, Outcome, Page, Verdict};
use row::{Phrase, Row};
use scene::Scene;

/// The lines a browser prints for a verdict, in order; none where it prints nothing, or the verdict is the
/// standard's.
///
/// ```
/// use corsac_browser::{Answer, Browser, Call, Next, Page, PreflightCache, WireResponse, console_lines, fetch};
/// use std::time::Duration;
///
/// let page = Page::of("https://app.example".parse()?);
/// let call = Call::get("https://api.example/orders".parse()?);
/// let (browser, mut cache, now) = (Browser::Chromium, PreflightCache::new(), Duration::ZERO);
/// let Next::Send(pending) = fetch(&page, &call, browser, &mut cache, now) else { panic!() };
/// let answer = Answer::Response(WireResponse { status: 200, headers: Default::default() });
/// let Next::Done(verdict) = pending.receive(answer, &mut cache, now) else { panic!() };
/// assert_eq!(
///     console_lines(browser, &page, &call, &verdict),
///     ["Access to fetch at 'https://api.example/orders' from origin 'https://app.example' has been blocked \
///       by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."]
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn console_lines(browser: Browser, page: &Page, call: &Call, verdict: &Verdict) -> Vec<String> {
    let Outcome::Blocked(blocked) = &verdict.outcome else { return Vec::new() };
    let scene = Scene { browser, page, call, failure: &blocked.failure };
    let is_it = |row: &&Row| row.ids.contains(&blocked.failure.id) && (row.when)(&scene);
    let Some(row) = rows(browser).iter().find(is_it) else { return Vec::new() };
    // A line that has nothing to say in this case is no line.
    row.lines.iter().map(|line| scene.fill(line)).filter(|line| !line.is_empty()).collect()
}

fn rows(browser: Browser) -> &'static [Row] {
    match browser {
        Browser::Standard => &[],
        Browser::Chromium => chromium::ROWS,
        Browser::Firefox => firefox::ROWS,
        Browser::Webkit => webkit::ROWS,
    }
}

/// Texts that stand in many lines, by the name they are called with.
fn phrases(browser: Browser) -> &'static [Phrase] {
    match browser {
        Browser::Standard => &[],
        Browser::Chromium => chromium::PHRASES,
        Browser::Firefox => firefox::PHRASES,
        Browser::Webkit => webkit::PHRASES,
    }
}
