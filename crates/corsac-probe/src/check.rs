//! `check`: one call as a browser makes it, over the real network, judged and diagnosed.
//!
//! Sends what the browser's side asks for, then has the other engines judge the answers, with a few more requests where
//! theirs are other questions.
//! The rules are the browser's side's, the causes are the diagnosis's; this only carries.

use std::time::{Duration, Instant};

use corsac_browser::{
    Answer, Browser, Call, Next, Page, PreflightCache, PreflightReason, Verdict, WireRequest, fetch,
};
use corsac_diagnosis::{Case, Diagnosis, Exchange, Seen, Stack, diagnose};

use crate::engines::Inquiry;
use crate::{Client, Conclusion, Engine, Extra, Reply, Unreachable};

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
    /// What every engine concludes, the headline's included.
    pub engines: Vec<Engine>,
    /// What crossed the network for the headline, in order.
    pub steps: Vec<Step>,
    /// What crossed the network after that, because other engines ask something else.
    pub extras: Vec<Extra>,
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
    let mut inquiry = Inquiry { client, page, call, steps: &steps, extras: Vec::new() };
    let mut engines = Vec::new();
    // The standard comes last: a request is sent for the sake of a browser that people have, if there is one.
    let (standard, real): (Vec<_>, Vec<_>) =
        Browser::ALL.iter().partition(|engine| **engine == Browser::Standard);
    for engine in real.into_iter().chain(standard) {
        engines.push(if engine == browser {
            Engine { browser, conclusion: Conclusion::Reached(Box::new(verdict.clone())) }
        } else {
            inquiry.conclude(engine).await
        });
    }
    let extras = inquiry.extras;
    let diagnosis = diagnose(&Case { page, call, exchanges: &exchanges, verdict: &verdict }, stack);
    Report { browser, verdict, engines, steps, extras, diagnosis }
}

impl Step {
    pub(crate) fn answer(&self) -> Answer {
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
