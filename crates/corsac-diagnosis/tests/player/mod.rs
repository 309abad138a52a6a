//! Plays a call against answers that are made up, as a browser would, without a network.

use std::time::Duration;

use corsac_browser::{
    Answer, Browser, Call, Next, Page, PreflightCache, RequestKind, WireRequest, WireResponse, fetch,
};
use corsac_diagnosis::{Case, Exchange, Seen, Told};

/// Gives every request the answer of `answer`, and what came of it to `look`.
pub(crate) fn play<Out>(
    page: &Page,
    call: &Call,
    told: &Told,
    mut answer: impl FnMut(&WireRequest) -> WireResponse,
    look: impl FnOnce(&Case<'_>) -> Out,
) -> Out {
    let mut cache = PreflightCache::new();
    let mut exchanges = Vec::new();
    let mut next = fetch(page, call, Browser::Standard, &mut cache, Duration::ZERO);
    let verdict = loop {
        let pending = match next {
            Next::Done(verdict) => break verdict,
            Next::Send(pending) => pending,
        };
        let response = answer(pending.request());
        let seen = Seen::Response { response: response.clone(), body: Vec::new(), ignored_lines: Vec::new() };
        exchanges.push(Exchange { request: pending.request().clone(), seen });
        next = pending.receive(Answer::Response(response), &mut cache, Duration::ZERO);
    };
    look(&Case { page, call, exchanges: &exchanges, verdict: &verdict, answers: &[], told })
}

/// Whether it is the browser's own question.
pub(crate) fn is_preflight(request: &WireRequest) -> bool {
    request.kind == RequestKind::Preflight
}
