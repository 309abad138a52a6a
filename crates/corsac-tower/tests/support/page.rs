//! A page that calls: what its browser sends, and whether the page reads the answer.
//!
//! Whoever has a service to ask brings the answers.

use std::time::Duration;

use corsac_browser::{
    Answer, Browser, Call, CredentialsMode, Next, Page, PreflightCache, Verdict, WireRequest, WireResponse,
    fetch,
};

/// A call of `/account`, without cookies.
pub(crate) fn call(method: &str) -> Call {
    let mut call = Call::new("https://api.example/account".parse().expect("a URL"));
    call.method = method.to_owned();
    call.credentials = CredentialsMode::Omit;
    call
}

/// The same call, with cookies.
pub(crate) fn with_cookies(mut call: Call) -> Call {
    call.credentials = CredentialsMode::Include;
    call
}

/// The same call, with a header that pages may not set unasked.
pub(crate) fn with_header(mut call: Call, name: &str) -> Call {
    call.headers.append(name, "application/json");
    call
}

/// What comes of a call of a page of this origin.
pub(crate) async fn verdict(
    origin: &str,
    call: &Call,
    ask: impl AsyncFn(WireRequest) -> WireResponse,
) -> Verdict {
    let page = Page::of(origin.parse().expect("an origin"));
    let mut cache = PreflightCache::new();
    let mut next = fetch(&page, call, Browser::Standard, &mut cache, Duration::ZERO);
    loop {
        match next {
            Next::Send(pending) => {
                let answer = ask(pending.request().clone()).await;
                next = pending.receive(Answer::Response(answer), &mut cache, Duration::ZERO);
            }
            Next::Done(verdict) => return *verdict,
        }
    }
}
