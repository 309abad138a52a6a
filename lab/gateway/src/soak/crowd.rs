//! Clients of all kinds: most are served and stay, some leave, and some go away in the midst of a request.

use std::rc::Rc;
use std::time::Duration;

use crate::cases::{Ask, Case, GiveUp};
use crate::reactor::{Crowd, Next};

/// How many of a hundred requests are of which kind.
const OFTEN: [(Case, u32); 4] =
    [(Case::GetSmall, 60), (Case::Post, 15), (Case::Preflight, 15), (Case::GetLarge, 10)];

/// One request in so many is given up by its client, and one answered client in so many leaves.
const GIVES_UP: u32 = 200;
const LEAVES: u32 = 300;

/// How many failures are kept to be shown.
const SHOWN: usize = 5;

/// The clients.
pub(super) struct Mixed {
    dice: fastrand::Rng,
    asks: Vec<(Rc<Ask>, u32)>,
    given_up: Vec<Rc<Ask>>,
    /// How many more there are than there should be.
    pub(super) surplus: usize,
    /// Whether everybody leaves once it is answered.
    pub(super) leaves: bool,
    pub(super) answered: u64,
    pub(super) gave_up: u64,
    pub(super) failed: u64,
    pub(super) failures: Vec<String>,
    pub(super) slowest: Duration,
}

impl Mixed {
    pub(super) fn new() -> Self {
        let sent = |case: Case, part: fn(usize) -> usize| {
            let ask = case.ask();
            let length = part(ask.bytes.len());
            Rc::new(ask.giving_up(GiveUp::AfterSending(length)))
        };
        let given_up = vec![
            sent(Case::GetSmall, |whole| whole),
            sent(Case::GetSmall, |whole| whole / 2),
            sent(Case::GetLarge, |whole| whole),
            sent(Case::Post, |whole| whole / 2),
            sent(Case::Post, |whole| whole),
            Rc::new(Case::GetLarge.ask().giving_up(GiveUp::OnceItCame)),
        ];
        Self {
            dice: fastrand::Rng::with_seed(1),
            asks: OFTEN.into_iter().map(|(case, often)| (Rc::new(case.ask()), often)).collect(),
            given_up,
            surplus: 0,
            leaves: false,
            answered: 0,
            gave_up: 0,
            failed: 0,
            failures: Vec::new(),
            slowest: Duration::ZERO,
        }
    }
}

impl Crowd for Mixed {
    fn next(&mut self, has_been_answered: bool) -> Next {
        if has_been_answered && (self.leaves || self.surplus > 0 || self.dice.u32(..LEAVES) == 0) {
            self.surplus = self.surplus.saturating_sub(1);
            return Next::Leave;
        }
        if self.dice.u32(..GIVES_UP) == 0 {
            let which = self.dice.usize(..self.given_up.len());
            return Next::Ask(Rc::clone(&self.given_up[which]));
        }
        let all: u32 = self.asks.iter().map(|(_, often)| often).sum();
        let mut thrown = self.dice.u32(..all);
        for (ask, often) in &self.asks {
            match thrown.checked_sub(*often) {
                Some(rest) => thrown = rest,
                None => return Next::Ask(Rc::clone(ask)),
            }
        }
        Next::Leave
    }

    fn answered(&mut self, took: Duration) {
        self.answered += 1;
        self.slowest = self.slowest.max(took);
    }

    fn failed(&mut self, why: String) {
        self.failed += 1;
        if self.failures.len() < SHOWN {
            self.failures.push(why);
        }
    }

    fn gave_up(&mut self) {
        self.gave_up += 1;
    }

    fn is_thorough(&self) -> bool {
        true
    }
}
