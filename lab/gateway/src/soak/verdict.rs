//! What came of it: what was counted, and whether it is as it should be.

use std::time::Duration;

use super::crowd::Mixed;

/// What a process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Level {
    pub(super) files: usize,
    pub(super) threads: usize,
    /// Bytes.
    pub(super) memory: u64,
}

/// The outcome.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) took: Duration,
    pub(super) answered: u64,
    pub(super) gave_up: u64,
    pub(super) failed: u64,
    pub(super) failures: Vec<String>,
    pub(super) slowest: Duration,
    pub(super) unanswered: usize,
    pub(super) reloads_wanted: u64,
    pub(super) reloads: u64,
    pub(super) reloads_failed: u64,
    pub(super) is_last_in_force: bool,
    pub(super) connections: u64,
    pub(super) in_flight: u64,
    pub(super) at_start: Level,
    pub(super) at_end: Level,
    /// The most memory under load, in the first half and in the second.
    pub(super) peaks: (u64, u64),
}

impl Verdict {
    pub(super) fn of(crowd: &Mixed) -> Self {
        Self {
            answered: crowd.answered,
            gave_up: crowd.gave_up,
            failed: crowd.failed,
            failures: crowd.failures.clone(),
            slowest: crowd.slowest,
            ..Self::default()
        }
    }

    /// Whether all that takes its time has come to its end.
    pub(super) fn is_at_rest(&self) -> bool {
        self.connections == 0
            && self.in_flight == 0
            && self.reloads >= self.reloads_wanted
            && self.is_last_in_force
            && self.at_end.files <= self.at_start.files
            && self.at_end.threads <= self.at_start.threads
    }

    /// Whether memory is where it was: allocators keep some more, now and then.
    fn has_kept_memory(&self) -> bool {
        let (early, late) = self.peaks;
        late <= early + early / 8 + 1024 * 1024
    }

    pub(super) fn is_good(&self) -> bool {
        self.is_at_rest()
            && self.has_kept_memory()
            && self.answered > 0
            && (self.failed, self.unanswered, self.reloads_failed) == (0, 0, 0)
    }

    /// A line for each thing that counts.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |is_good: bool, what: &str, value: String| {
            format!("{:<7} {what:<34} {value}", if is_good { "ok" } else { "FAILED" })
        };
        let level = |start: usize, end: usize| format!("{start} at the start, {end} at the end");
        let kibibytes = |bytes: u64| format!("{} KiB", bytes / 1024);
        let per_second = self.answered as f64 / self.took.as_secs_f64();
        let mut lines = vec![
            line(self.answered > 0, "requests answered", format!("{} ({per_second:.0}/s)", self.answered)),
            line(self.failed == 0, "requests failed", self.failed.to_string()),
            line(self.unanswered == 0, "requests never answered", self.unanswered.to_string()),
            line(true, "requests given up by their clients", self.gave_up.to_string()),
            line(true, "slowest answer", format!("{:.1?}", self.slowest)),
            line(
                self.reloads >= self.reloads_wanted && self.reloads_failed == 0,
                "reloads",
                format!("{} of {}, {} failed", self.reloads, self.reloads_wanted, self.reloads_failed),
            ),
            line(
                self.is_last_in_force,
                "the last configuration",
                if self.is_last_in_force { "is in force" } else { "is not in force" }.to_owned(),
            ),
            line(self.connections == 0, "open connections after the load", self.connections.to_string()),
            line(self.in_flight == 0, "requests in flight after the load", self.in_flight.to_string()),
            line(
                self.at_end.files <= self.at_start.files,
                "open files",
                level(self.at_start.files, self.at_end.files),
            ),
            line(
                self.at_end.threads <= self.at_start.threads,
                "threads",
                level(self.at_start.threads, self.at_end.threads),
            ),
            line(
                self.has_kept_memory(),
                "memory (PSS)",
                format!(
                    "{} at the start, at most {} in the first half, {} in the second, {} at the end",
                    kibibytes(self.at_start.memory),
                    kibibytes(self.peaks.0),
                    kibibytes(self.peaks.1),
                    kibibytes(self.at_end.memory),
                ),
            ),
        ];
        lines.extend(
            self.failures.iter().map(|why| format!("        {}", why.trim_end().replace('\n', "\n        "))),
        );
        lines
    }
}
