//! The call once more, with the recorded answers in the place of the network.
//!
//! Asks the browser's side what comes next, and gives it what was recorded; where nothing was, says what was assumed,
//! or stops.

use std::time::Duration;

use corsac_browser::{
    Answer, Browser, Call, HeaderList, Next, Page, PreflightCache, RequestKind, Verdict, WireRequest,
    WireResponse, fetch,
};

use super::entry::Entry;
use super::net_error::{NetError, net_error, nothing};
use super::webkit::{Recalled, recall};
use crate::exchange::{Exchange, Seen};

/// What came of it.
#[derive(Debug, Clone)]
pub(super) struct Replay {
    pub(super) exchanges: Vec<Exchange>,
    pub(super) ending: Ending,
    pub(super) gaps: Gaps,
}

#[derive(Debug, Clone)]
pub(super) enum Ending {
    Judged(Box<Verdict>),
    /// The recording has no answer to this question.
    Open(Box<WireRequest>, Open),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Open {
    /// No such request is in the file.
    NotInFile,
    /// The request is there, and the browser recorded a failure in place of a response.
    NoHeaders,
    /// A response is there, and its headers are not.
    HeadersDropped,
    /// The call was given up.
    Cancelled,
    /// Somebody in the browser stopped it.
    Stopped(&'static str),
}

/// What was assumed on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Gaps {
    /// The browser asks for permission first.
    pub(super) needs_preflight: bool,
    /// A preflight is not in the file, and must have passed, since the call itself was answered.
    pub(super) preflight_assumed: bool,
    /// The response was taken back from the browser's own conclusion.
    pub(super) recalled: Option<Recalled>,
    /// There was no response, and the browser wrote down why.
    pub(super) is_failure: bool,
    /// There was no response, and no reason was recorded.
    pub(super) silence: bool,
}

/// The entries of a call.
pub(super) struct Tape<'a> {
    pub(super) hops: Vec<&'a Entry>,
    pub(super) preflights: Vec<&'a Entry>,
    /// Whether this recorder writes nothing at all where a response did not come.
    pub(super) is_silent: bool,
}

/// Plays the call.
pub(super) fn replay(tape: &Tape<'_>, page: &Page, call: &Call, browser: Browser) -> Replay {
    let mut played = Replay {
        exchanges: Vec::new(),
        ending: Ending::Open(Box::new(question_before_any(call)), Open::NotInFile),
        gaps: Gaps::default(),
    };
    let (mut hop, mut preflights) = (0, vec![false; tape.preflights.len()]);
    let mut cache = PreflightCache::new();
    let mut next = fetch(page, call, browser, &mut cache, Duration::ZERO);
    loop {
        let pending = match next {
            Next::Done(verdict) => {
                played.ending = Ending::Judged(verdict);
                return played;
            }
            Next::Send(pending) => pending,
        };
        let question = pending.request().clone();
        let origin = question.headers.get_text("Origin").unwrap_or_else(|| "null".to_owned());
        let found = match question.kind {
            RequestKind::Preflight => {
                played.gaps.needs_preflight = true;
                preflight(tape, &mut preflights, hop, &question, &origin, &mut played.gaps)
            }
            RequestKind::Actual => {
                let entry = tape.hops.get(hop).filter(|entry| is_at(entry, &question));
                hop += 1;
                match entry {
                    Some(entry) => seen(tape, entry, RequestKind::Actual, &origin, &mut played.gaps)
                        .map(|seen| Some((sent(&question, entry), seen))),
                    None => Err(Open::NotInFile),
                }
            }
        };
        let answer = match found {
            Err(open) => {
                played.ending = Ending::Open(Box::new(question), open);
                return played;
            }
            // Assumed to have passed; there is nothing to show of it.
            Ok(None) => question.granted(),
            Ok(Some((request, seen))) => {
                let answer = match &seen {
                    Seen::Response { response, .. } => Answer::Response(response.clone()),
                    Seen::Nothing { .. } => Answer::NetworkError,
                };
                played.exchanges.push(Exchange { request, seen });
                answer
            }
        };
        next = pending.receive(answer, &mut cache, Duration::ZERO);
    }
}

fn question_before_any(call: &Call) -> WireRequest {
    WireRequest {
        kind: RequestKind::Actual,
        method: call.method.clone(),
        url: call.url.clone(),
        headers: HeaderList::new(),
        body: Vec::new(),
    }
}

/// The answer to a preflight, or nothing where it must have passed.
fn preflight(
    tape: &Tape<'_>,
    used: &mut [bool],
    hop: usize,
    question: &WireRequest,
    origin: &str,
    gaps: &mut Gaps,
) -> Result<Option<(WireRequest, Seen)>, Open> {
    let found = tape.preflights.iter().enumerate().find(|(at, entry)| !used[*at] && is_at(entry, question));
    if let Some((at, entry)) = found {
        used[at] = true;
        return seen(tape, entry, RequestKind::Preflight, origin, gaps)
            .map(|seen| Some((sent(question, entry), seen)));
    }
    let Some(entry) = tape.hops.get(hop).filter(|entry| is_at(entry, question)) else {
        return Err(Open::NotInFile);
    };
    if entry.response.is_some() {
        gaps.preflight_assumed = true;
        return Ok(None);
    }
    // What the browser says of the call then, it says of its preflight.
    match seen(tape, entry, RequestKind::Preflight, origin, gaps) {
        Ok(seen) => Ok(Some((question.clone(), seen))),
        Err(open) => Err(open),
    }
}

/// What is recorded of a request's answer.
fn seen(
    tape: &Tape<'_>,
    entry: &Entry,
    kind: RequestKind,
    origin: &str,
    gaps: &mut Gaps,
) -> Result<Seen, Open> {
    if let Some(recorded) = &entry.response {
        if recorded.response.headers.is_empty() {
            return Err(Open::HeadersDropped);
        }
        return Ok(Seen::Response {
            response: recorded.response.clone(),
            body: recorded.body.clone(),
            ignored_lines: Vec::new(),
        });
    }
    let Some(error) = &entry.error else {
        if !tape.is_silent {
            return Err(Open::NoHeaders);
        }
        gaps.silence = true;
        return Ok(nothing(
            "unknown",
            "Nothing came back, and the file does not tell why: the server was not reached, or the browser stopped the \
             call before it was sent.",
            "See that the server runs; then look at the console: an extension, the page's own Content-Security-Policy \
             and mixed content have lines of their own there.",
        ));
    };
    if let Some(recalled) = recall(error, origin).filter(|recalled| recalled.kind.is_none_or(|of| of == kind))
    {
        let WireResponse { status, headers } = recalled.response.clone();
        gaps.recalled = Some(recalled);
        return Ok(Seen::Response {
            response: WireResponse { status, headers },
            body: Vec::new(),
            ignored_lines: Vec::new(),
        });
    }
    match net_error(error) {
        NetError::Nothing(seen) => {
            gaps.is_failure = true;
            Ok(seen)
        }
        NetError::Cancelled => Err(Open::Cancelled),
        NetError::Stopped(who) => Err(Open::Stopped(who)),
        NetError::Unsaid => Err(Open::NoHeaders),
    }
}

fn is_at(entry: &Entry, question: &WireRequest) -> bool {
    let mut url = entry.url.clone();
    url.set_fragment(None);
    url == question.url
}

/// The question, with the headers as they were recorded.
fn sent(question: &WireRequest, entry: &Entry) -> WireRequest {
    let mut request = question.clone();
    if !entry.headers.is_empty() {
        request.headers = entry.headers.clone();
    }
    request
}
