//! What the engines conclude that are not the headline's.
//!
//! They are judged by the answers that are there. An engine that would ask something else has that sent as well, but
//! only where the answer could let the call through, where asking has no effect, as with a preflight or a `GET`, where
//! it tells no server a secret that the headline's engine did not tell it, such as a key in a header of the page's own,
//! and a few times at most. Holds no rule: what is asked, and what it comes to, the browser's side says.

use std::time::Duration;

use corsac_browser::{
    Answer, Browser, Call, Next, Page, PreflightCache, PreflightReason, RequestKind, Verdict, WireRequest,
    fetch,
};

use crate::Client;
use crate::check::Step;

/// How many requests are sent on behalf of the other engines, all together.
const MOST_EXTRAS: usize = 8;

/// An engine, and what it concludes.
#[derive(Debug)]
pub struct Engine {
    /// The engine.
    pub browser: Browser,
    /// Its conclusion.
    pub conclusion: Conclusion,
}

/// What an engine concludes, as far as that can be known.
#[derive(Debug)]
#[non_exhaustive]
pub enum Conclusion {
    /// Every question of its own was answered.
    Reached(Box<Verdict>),
    /// It would ask this first, and whatever the answer, it blocks the call.
    BlockedAnyway(Box<WireRequest>),
    /// It would ask this first, and that was not asked.
    Unasked {
        /// The question.
        question: Box<WireRequest>,
        /// Why it was not asked.
        reason: UnaskedReason,
    },
}

/// Why a question was not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnaskedReason {
    /// The request is not a safe one, and the headline's engine did not send it.
    MayHaveEffect,
    /// It would tell a server `Authorization` or `Cookie` that the headline's engine did not tell it, or another origin
    /// than the call's own what the page put into its headers or its body.
    WouldTellSecrets,
    /// Nothing answers there.
    NobodyThere,
    /// Enough has been asked.
    TooMany,
    /// The person wants nothing sent but what the headline's engine sends.
    NotWanted,
}

/// A request that only another engine would have sent, and what came of it.
#[derive(Debug)]
pub struct Extra {
    /// The engine.
    pub browser: Browser,
    /// The request.
    pub step: Step,
}

/// Everything that was answered, and whether the client may ask for more.
pub(crate) struct Inquiry<'a> {
    pub(crate) client: &'a Client,
    pub(crate) page: &'a Page,
    pub(crate) call: &'a Call,
    pub(crate) steps: &'a [Step],
    pub(crate) extras: Vec<Extra>,
    /// Whether anything may be sent at all.
    pub(crate) may_send: bool,
}

impl Conclusion {
    /// The verdict, where every question was answered.
    #[must_use]
    pub fn verdict(&self) -> Option<&Verdict> {
        match self {
            Self::Reached(verdict) => Some(verdict),
            Self::BlockedAnyway(_) | Self::Unasked { .. } => None,
        }
    }
}

impl Inquiry<'_> {
    /// What an engine makes of the call, with more requests where they can tell something.
    pub(crate) async fn conclude(&mut self, browser: Browser) -> Engine {
        let conclusion = loop {
            let question = match self.replay(browser, false) {
                Replay::Done(verdict) => break Conclusion::Reached(verdict),
                Replay::Asks(question, reasons) => (question, reasons),
            };
            let (question, preflight_reasons) = question;
            if let Replay::Done(best) = self.replay(browser, true)
                && !best.is_allowed()
            {
                break Conclusion::BlockedAnyway(question);
            }
            let reason = self.why_not(&question);
            if let Some(reason) = reason {
                break Conclusion::Unasked { question, reason };
            }
            let result = self.client.send(&question).await;
            let step = Step { request: *question, preflight_reasons, result };
            self.extras.push(Extra { browser, step });
        };
        Engine { browser, conclusion }
    }

    /// Why a question is not to be asked, if there is a reason.
    fn why_not(&self, question: &WireRequest) -> Option<UnaskedReason> {
        let is_safe = question.kind == RequestKind::Preflight
            || matches!(question.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        let is_there = |step: &&Step| step.request.url.origin() == question.url.origin();
        let is_told = |name: &&str| {
            let told = |step: &Step| step.request.headers.get(name) == question.headers.get(name);
            question.headers.contains(name) && !self.steps.iter().filter(is_there).any(told)
        };
        let is_secret = ["Authorization", "Cookie"].iter().any(is_told) || self.tells_more(question);
        if !self.may_send {
            Some(UnaskedReason::NotWanted)
        } else if !is_safe {
            Some(UnaskedReason::MayHaveEffect)
        } else if is_secret {
            Some(UnaskedReason::WouldTellSecrets)
        } else if self.known().filter(is_there).last().is_some_and(|step| step.result.is_err()) {
            Some(UnaskedReason::NobodyThere)
        } else if self.extras.len() >= MOST_EXTRAS {
            Some(UnaskedReason::TooMany)
        } else {
            None
        }
    }

    /// Whether a header of the call, such as a key of an API, or its body would go to an origin that a redirect named,
    /// and that the headline's engine did not send it to.
    fn tells_more(&self, question: &WireRequest) -> bool {
        let origin = question.url.origin();
        let sent = || self.steps.iter().map(|step| &step.request).filter(|sent| sent.url.origin() == origin);
        let has = |request: &WireRequest, name: &str, value: &[u8]| {
            request.headers.iter().any(|(known, said)| known.eq_ignore_ascii_case(name) && said == value)
        };
        let is_new = |(name, value): (&str, &[u8])| {
            has(question, name, value) && !sent().any(|request| has(request, name, value))
        };
        let has_new_body = !question.body.is_empty() && !sent().any(|request| request.body == question.body);
        origin != self.call.url.origin() && (self.call.headers.iter().any(is_new) || has_new_body)
    }

    /// Everything that was asked, in order.
    fn known(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().chain(self.extras.iter().map(|extra| &extra.step))
    }

    /// Runs the call with what was answered, up to the first question that was not. With `hopes`, that one is
    /// answered as well as can be.
    fn replay(&self, browser: Browser, hopes: bool) -> Replay {
        let mut hopes = hopes;
        let mut used = vec![false; self.steps.len() + self.extras.len()];
        let mut cache = PreflightCache::new();
        let mut next = fetch(self.page, self.call, browser, &mut cache, Duration::ZERO);
        loop {
            let pending = match next {
                Next::Done(verdict) => return Replay::Done(verdict),
                Next::Send(pending) => pending,
            };
            let question = pending.request();
            let answer = match self.answer(question, &mut used) {
                Some(answer) => answer,
                None if hopes => {
                    hopes = false;
                    question.granted()
                }
                None => {
                    let reasons = pending.preflight_reasons().to_vec();
                    return Replay::Asks(Box::new(question.clone()), reasons);
                }
            };
            next = pending.receive(answer, &mut cache, Duration::ZERO);
        }
    }

    /// The answer to a question: the first that was not used yet, or else the last that was.
    fn answer(&self, question: &WireRequest, used: &mut [bool]) -> Option<Answer> {
        let fitting = self.known().enumerate().filter(|(_, step)| is_same_question(&step.request, question));
        let fitting: Vec<_> = fitting.collect();
        let unused = fitting.iter().find(|(index, _)| !used[*index]);
        let (index, step) = unused.or_else(|| fitting.last())?;
        used[*index] = true;
        Some(step.answer())
    }
}

/// Where a call stands when it has no more answers.
enum Replay {
    Done(Box<Verdict>),
    Asks(Box<WireRequest>, Vec<PreflightReason>),
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
