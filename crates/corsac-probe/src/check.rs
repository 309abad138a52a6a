//! `check`: one call as a browser makes it, over the real network, judged and diagnosed.
//!
//! Sends what the browser's side asks for and nothing else, then replays the same answers for the other engines.
//! The rules are the browser's side's, the causes are the diagnosis's; this only carries.

use std::time::{Duration, Instant};

use corsac_browser::{
    Answer, Browser, Call, Next, Page, PreflightCache, PreflightReason, Verdict, WireRequest, fetch,
};
use corsac_diagnosis::{Case, Diagnosis, Exchange, Seen, Stack, diagnose};

use crate::{Client, Reply, Unreachable};

/// One request of a call, and what came of it.
#[derive(Debug)]
pub struct Step {
    /// What was sent.
    pub request: WireRequest,
    /// Why it is a preflight; nothing where it is not.
    pub preflight_reasons: Vec<PreflightReason>,
    /// What came back.
    pub result: Result<Reply, Unreachable>,
}

/// What came of a call.
#[derive(Debug)]
pub struct Report {
    /// Whose verdict is the headline.
    pub browser: Browser,
    /// The headline: what that browser concludes.
    pub verdict: Verdict,
    /// What every engine concludes from the same answers, the headline's included.
    ///
    /// Absent where an engine would have sent another request, whose answer nobody knows.
    pub verdicts: Vec<(Browser, Option<Verdict>)>,
    /// What crossed the network, in order.
    pub steps: Vec<Step>,
    /// Why it failed, and what to change.
    pub diagnosis: Diagnosis,
}

impl Report {
    /// Why there was no response, if there was none.
    #[must_use]
    pub fn unreachable(&self) -> Option<&Unreachable> {
        self.steps.last().and_then(|step| step.result.as_ref().err())
    }
}

/// Makes the call, and says what came of it.
///
/// Bounded in time and memory by the client's options, whatever the server does.
pub async fn check(
    client: &Client,
    page: &Page,
    call: &Call,
    browser: Browser,
    stack: Option<Stack>,
) -> Report {
    let (verdict, steps) = perform(client, page, call, browser).await;
    let exchanges: Vec<Exchange> = steps.iter().map(Step::exchange).collect();
    let verdicts = Browser::ALL
        .iter()
        .map(|engine| {
            let verdict =
                if *engine == browser { Some(verdict.clone()) } else { replay(page, call, *engine, &steps) };
            (*engine, verdict)
        })
        .collect();
    let diagnosis = diagnose(&Case { page, call, exchanges: &exchanges, verdict: &verdict }, stack);
    Report { browser, verdict, verdicts, steps, diagnosis }
}

impl Step {
    fn answer(&self) -> Answer {
        match &self.result {
            Ok(reply) => reply.answer(),
            Err(_) => Answer::NetworkError,
        }
    }

    fn exchange(&self) -> Exchange {
        let seen = match &self.result {
            Ok(reply) => Seen::Response {
                response: reply.response.clone(),
                body: crate::decode::readable(&reply.response.headers, &reply.body.bytes),
                ignored_lines: reply.ignored_lines.clone(),
            },
            Err(unreachable) => Seen::Nothing {
                kind: unreachable.kind.id().to_owned(),
                message: unreachable.message.clone(),
                hint: unreachable.hint.clone(),
            },
        };
        Exchange { request: self.request.clone(), seen }
    }
}

async fn perform(client: &Client, page: &Page, call: &Call, browser: Browser) -> (Verdict, Vec<Step>) {
    let began = Instant::now();
    let mut cache = PreflightCache::new();
    let mut steps = Vec::new();
    let mut next = fetch(page, call, browser, &mut cache, Duration::ZERO);
    loop {
        let pending = match next {
            Next::Done(verdict) => return (*verdict, steps),
            Next::Send(pending) => pending,
        };
        let step = Step {
            request: pending.request().clone(),
            preflight_reasons: pending.preflight_reasons().to_vec(),
            result: client.send(pending.request()).await,
        };
        next = pending.receive(step.answer(), &mut cache, began.elapsed());
        steps.push(step);
    }
}

/// Whether two requests differ in nothing that a server's word on CORS goes by; the engines' names do.
fn is_same_question(one: &WireRequest, other: &WireRequest) -> bool {
    const TELLING: [&str; 5] = [
        "Origin",
        "Access-Control-Request-Method",
        "Access-Control-Request-Headers",
        "Cookie",
        "Authorization",
    ];
    one.kind == other.kind
        && one.method == other.method
        && one.url == other.url
        && one.body == other.body
        && TELLING.iter().all(|name| one.headers.get(name) == other.headers.get(name))
}

/// What another engine makes of the same answers, as long as it asks the same questions.
fn replay(page: &Page, call: &Call, browser: Browser, steps: &[Step]) -> Option<Verdict> {
    let mut cache = PreflightCache::new();
    let mut steps = steps.iter();
    let mut next = fetch(page, call, browser, &mut cache, Duration::ZERO);
    loop {
        let pending = match next {
            Next::Done(verdict) => return Some(*verdict),
            Next::Send(pending) => pending,
        };
        let step = steps.next().filter(|step| is_same_question(&step.request, pending.request()))?;
        next = pending.receive(step.answer(), &mut cache, Duration::ZERO);
    }
}
