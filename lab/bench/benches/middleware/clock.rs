//! Timing: contestants in turn, in batches that are made before the clock runs.
//!
//! Knows nothing of what is timed.

use std::time::{Duration, Instant};

/// A name, and what makes a batch of so many requests and times how long they take.
pub(crate) struct Contestant<'a> {
    pub(crate) name: &'static str,
    pub(crate) run: Box<dyn FnMut(usize) -> Duration + 'a>,
}

/// How long and how often things are timed.
pub(crate) struct Clock {
    rounds: usize,
    batch: Duration,
}

/// The largest and the smallest batch.
const LARGEST: usize = 100;
const SMALLEST: usize = 3;

impl Clock {
    pub(crate) fn quick() -> Self {
        Self { rounds: 301, batch: Duration::from_micros(20) }
    }

    pub(crate) fn thorough() -> Self {
        Self { rounds: 2001, batch: Duration::from_micros(20) }
    }

    /// The median nanoseconds a request takes, for each contestant.
    pub(crate) fn measure(&self, contestants: &mut [Contestant<'_>]) -> Vec<(&'static str, f64)> {
        let mut sizes = Vec::new();
        for contestant in contestants.iter_mut() {
            // The first run warms up, the second one says how large a batch should be.
            (contestant.run)(SMALLEST);
            let once = (contestant.run)(SMALLEST).as_nanos().max(1) / SMALLEST as u128;
            let size = usize::try_from(self.batch.as_nanos() / once.max(1)).unwrap_or(LARGEST);
            sizes.push(size.clamp(SMALLEST, LARGEST));
        }
        let mut times: Vec<Vec<f64>> = vec![Vec::new(); contestants.len()];
        for round in 0..self.rounds {
            // Whoever is slow to a fault is timed less often: the median needs no more.
            for (at, contestant) in contestants.iter_mut().enumerate() {
                if sizes[at] == SMALLEST && round % 100 != 0 {
                    continue;
                }
                let time = (contestant.run)(sizes[at]);
                times[at].push(time.as_nanos() as f64 / sizes[at] as f64);
            }
        }
        contestants.iter().zip(times).map(|(contestant, times)| (contestant.name, median(times))).collect()
    }
}

/// Times the answering of what was made beforehand. What `answer` gives back is dropped when the clock has stopped: a
/// framework's test request may be dearer to drop than anything that is measured.
pub(crate) fn time<Request, Kept>(
    requests: Vec<Request>,
    mut answer: impl FnMut(Request) -> Kept,
) -> Duration {
    let mut kept = Vec::with_capacity(requests.len());
    let begun = Instant::now();
    for request in requests {
        kept.push(answer(request));
    }
    begun.elapsed()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
