//! A case under examination: the rules read it, and say what they would like to ask.
//!
//! One set of rules serves both ways: with an answer at hand a rule goes by it; without, it concludes what it can, and
//! the first question it had is remembered. Sends nothing.

use std::cell::RefCell;
use std::ops::Deref;

use corsac_browser::{Answer, Browser, Next, PreflightCache, WireResponse, fetch};

use crate::exchange::{Case, Exchange};
use crate::question::{MOST_QUESTIONS, Question};

/// A case under examination.
pub(super) struct Inquest<'a> {
    case: &'a Case<'a>,
    wanted: RefCell<Option<Question>>,
}

impl<'a> Inquest<'a> {
    pub(super) fn of(case: &'a Case<'a>) -> Self {
        Self { case, wanted: RefCell::new(None) }
    }

    /// The answer to a question, and its number; nothing where it was not asked, which is then remembered.
    pub(super) fn answer(&self, question: &Question) -> Option<(usize, &'a Exchange)> {
        let answers = self.case.answers.iter().enumerate();
        let found = answers.into_iter().find(|(_, answered)| answered.question == *question);
        if found.is_none() && self.case.answers.len() < MOST_QUESTIONS {
            let mut wanted = self.wanted.borrow_mut();
            if wanted.is_none() && question.request(self.case, "").is_some() {
                *wanted = Some(question.clone());
            }
        }
        found.map(|(index, answered)| (index, &answered.exchange))
    }

    /// The same where a response came.
    pub(super) fn response(&self, question: &Question) -> Option<Heard<'a>> {
        let (index, exchange) = self.answer(question)?;
        let response = exchange.response()?;
        Some(Heard { index, exchange, response })
    }

    /// The first question that has no answer.
    pub(super) fn wanted(self) -> Option<Question> {
        self.wanted.into_inner()
    }

    /// Whether a preflight with this answer lets the call go on, by the standard's rules.
    pub(super) fn preflight_passes(&self, response: &WireResponse) -> bool {
        let mut cache = PreflightCache::new();
        let now = std::time::Duration::ZERO;
        let first = fetch(self.page, self.call, Browser::Standard, &mut cache, now);
        let Next::Send(pending) = first else { return false };
        let is_preflight = pending.request().kind == corsac_browser::RequestKind::Preflight;
        let next = pending.receive(Answer::Response(response.clone()), &mut cache, now);
        is_preflight && matches!(next, Next::Send(_))
    }
}

/// A response to a question.
pub(super) struct Heard<'a> {
    pub(super) index: usize,
    pub(super) exchange: &'a Exchange,
    pub(super) response: &'a WireResponse,
}

impl<'a> Deref for Inquest<'a> {
    type Target = Case<'a>;

    fn deref(&self) -> &Self::Target {
        self.case
    }
}
