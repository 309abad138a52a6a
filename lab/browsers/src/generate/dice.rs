//! Chance, from a seed.
//!
//! The same seed and number give the same throws for ever, whatever else is generated.

/// A source of choices.
pub(super) struct Dice(fastrand::Rng);

impl Dice {
    /// The dice of one scenario.
    pub(super) fn of(seed: u64, number: usize) -> Self {
        // Any odd constant: neighbours must not look alike.
        let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(number as u64);
        let mut first = fastrand::Rng::with_seed(mixed);
        Self(fastrand::Rng::with_seed(first.u64(..)))
    }

    /// True in so many of a hundred throws.
    pub(super) fn percent(&mut self, chance: u32) -> bool {
        self.0.u32(..100) < chance
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0.usize(..end)
    }

    /// One of them, all alike.
    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// One of them, by weight.
    pub(super) fn weighted<T: Copy>(&mut self, of: &[(u32, T)]) -> T {
        let total: u32 = of.iter().map(|(weight, _)| weight).sum();
        let mut left = self.0.u32(..total);
        for (weight, value) in of {
            if left < *weight {
                return *value;
            }
            left -= weight;
        }
        unreachable!("the throw is below the total")
    }

    /// Letters in either case.
    pub(super) fn odd_case(&mut self, text: &str) -> String {
        let flip = |letter: char| {
            if letter.is_ascii_uppercase() {
                letter.to_ascii_lowercase()
            } else {
                letter.to_ascii_uppercase()
            }
        };
        text.chars().map(|letter| if self.percent(40) { flip(letter) } else { letter }).collect()
    }
}
