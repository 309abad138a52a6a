//! `check`: one call as a browser makes it, over the real network, judged and diagnosed.
//!
//! Sends what the browser's side asks for, then has the other engines judge the answers, with a few more requests where
//! theirs are other questions, and last what the diagnosis asks to tell causes apart.
//! The rules are the browser's side's, the causes are the diagnosis's; this only carries.

use std::time::{Duration, Instant, SystemTime};

use corsac_browser::{
    Answer, Browser, Call, Next, Page, PreflightCache, PreflightReason, Verdict, WireRequest, fetch,
};
use corsac_diagnosis::{
    AddressSpace, Answered, Case, Diagnosis, Exchange, MOST_QUESTIONS, Question, Seen, Stack, Told, diagnose,
    question,
};

use crate::engines::Inquiry;
use crate::{Client, Conclusion, Engine, Extra, Reply, Unreachable};

/// How a call is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckOptions {
    /// Whose verdict is the headline.
    pub browser: Browser,
    /// What answers there, where the person says so.
    pub stack: Option<Stack>,
    /// What the person says that no exchange shows.
    pub told: Told,
    /// Whether requests are sent that the headline's browser would not send: for the sake of the other engines.
    pub other_engines: bool,
    /// The same to tell causes apart.
    pub questions: bool,
}

impl Default for CheckOptions {
    /// As Chromium, with whatever harmless requests tell more.
    fn default() -> Self {
        Self {
            browser: Browser::Chromium,
            stack: None,
            told: Told::default(),
            other_engines: true,
            questions: true,
        }
    }
}

impl CheckOptions {
    /// As that browser.
    #[must_use]
    pub fn of(browser: Browser) -> Self {
        Self { browser, ..Self::default() }
    }
}

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

/// A request that no browser would send, and that tells causes apart.
#[derive(Debug)]
pub struct Asked {
    /// What was asked.
    pub question: Question,
    /// As which request, and what came back.
    pub step: Step,
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
    /// What crossed the network last, to tell causes apart.
    pub asked: Vec<Asked>,
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
pub async fn check(client: &Client, page: &Page, call: &Call, options: &CheckOptions) -> Report {
    let browser = options.browser;
    let (verdict, steps) = perform(client, page, call, browser).await;
    let may_send = options.other_engines;
    let mut inquiry = Inquiry { client, page, call, steps: &steps, extras: Vec::new(), may_send };
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
    let exchanges: Vec<Exchange> = steps.iter().map(Step::exchange).collect();
    let told = told(options, &steps);
    let case = Case { page, call, exchanges: &exchanges, verdict: &verdict, answers: &[], told: &told };
    let (asked, answers) = if options.questions { ask(client, case).await } else { (Vec::new(), Vec::new()) };
    let diagnosis = diagnose(&Case { answers: &answers, ..case }, options.stack);
    Report { browser, verdict, engines, steps, extras, asked, diagnosis }
}

/// What the person said, and the network that the call went to.
fn told(options: &CheckOptions, steps: &[Step]) -> Told {
    let answered = steps.iter().find_map(|step| step.result.as_ref().ok());
    let has_local_network_access = matches!(options.browser, Browser::Chromium | Browser::Firefox);
    Told {
        page_address_space: options.told.page_address_space.filter(|_| has_local_network_access),
        target_address_space: options
            .told
            .target_address_space
            .or_else(|| answered.map(|reply| AddressSpace::of(reply.remote.ip()))),
        ..options.told.clone()
    }
}

/// Asks what the diagnosis wants to know, until it knows enough.
async fn ask(client: &Client, case: Case<'_>) -> (Vec<Asked>, Vec<Answered>) {
    let mut asked = Vec::new();
    let mut answers: Vec<Answered> = Vec::new();
    // A cache has never seen the time it is.
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let nonce = since.as_nanos().to_string();
    while answers.len() < MOST_QUESTIONS {
        let case = Case { answers: &answers, ..case };
        let Some(question) = question(&case) else { break };
        let Some(request) = question.request(&case, &nonce) else { break };
        let result = client.send(&request).await;
        // Whoever does not answer this may let the next one wait as long.
        let is_answered = result.is_ok();
        let step = Step { request, preflight_reasons: Vec::new(), result };
        answers.push(Answered { question: question.clone(), exchange: step.exchange() });
        asked.push(Asked { question, step });
        if !is_answered {
            break;
        }
    }
    (asked, answers)
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
