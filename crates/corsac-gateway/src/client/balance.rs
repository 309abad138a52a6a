//! Which server of an upstream is asked: of those that are well the one with the fewest open requests, in turn where
//! several have as few.
//!
//! Knows nothing of requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::endpoint::Endpoint;

/// The servers of an upstream.
pub(crate) struct Balanced {
    endpoints: Vec<Arc<Endpoint>>,
    turn: AtomicUsize,
}

/// The servers that one request was sent to. Most are sent to one, for which no room needs to be made.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    first: Option<usize>,
    others: Vec<usize>,
}

impl Tried {
    fn has(&self, index: usize) -> bool {
        self.first == Some(index) || self.others.contains(&index)
    }

    fn add(&mut self, index: usize) {
        match self.first {
            None => self.first = Some(index),
            Some(_) => self.others.push(index),
        }
    }
}

impl Balanced {
    pub(super) fn new(endpoints: Vec<Arc<Endpoint>>) -> Self {
        Self { endpoints, turn: AtomicUsize::new(0) }
    }

    /// The next server to ask, if there is one that was not tried. One that is not well is asked where no other is left:
    /// what is known of it is a guess.
    pub(crate) fn choose(&self, tried: &mut Tried) -> Option<&Arc<Endpoint>> {
        if let [only] = self.endpoints.as_slice() {
            return (!tried.has(0)).then(|| {
                tried.add(0);
                only
            });
        }
        let first = self.turn.fetch_add(1, Ordering::Relaxed);
        let count = self.endpoints.len();
        let chosen = (0..count)
            .map(|offset| (first.wrapping_add(offset)) % count)
            .filter(|index| !tried.has(*index))
            .min_by_key(|index| {
                let endpoint = &self.endpoints[*index];
                (!endpoint.health().is_well(), endpoint.load())
            })?;
        tried.add(chosen);
        let endpoint = &self.endpoints[chosen];
        endpoint.health().trying();
        Some(endpoint)
    }
}

impl std::fmt::Debug for Balanced {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.endpoints.iter().map(|it| it.server())).finish()
    }
}
