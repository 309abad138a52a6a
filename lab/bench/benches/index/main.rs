//! What a list of origins costs by itself, from one to a million: `cargo bench -p corsac-lab-bench --bench index`.
//!
//! Time to build it from a file's text, memory that stays, and `decide` for hits, misses and families; for a caller that
//! comes again and for one that does not. One in a hundred patterns is a family. Prints, and asserts nothing.

use std::convert::Infallible;
use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use corsac::{Policy, PolicyConfig};
use corsac_lab_bench::Origins;
use http::header::{HeaderMap, HeaderValue, ORIGIN};

const ROUNDS: usize = 31;
const DECISIONS: usize = 20_000;
const CALLERS: usize = 100_000;

fn main() {
    say(&format!(
        "{:>9} {:>9} {:>12}   {:>6} {:>6} {:>6} {:>9}",
        "patterns", "built", "bytes each", "hit", "miss", "family", "scattered"
    ));
    for count in [1, 1_000, 10_000, 100_000, 1_000_000] {
        let origins = if count == 1 { Origins::One } else { Origins::ManyMixed(count) };
        say(&row(origins));
    }
    say(
        "nanoseconds a decision (medians); `scattered` asks 100,000 different origins in turn, all of them listed",
    );
}

fn row(origins: Origins) -> String {
    let text = origins.patterns().join("\n");
    let mut policy = None;
    let mut built = Duration::ZERO;
    let measured = allocation_counter::measure(|| {
        let begun = Instant::now();
        let config = PolicyConfig { allow_origins_file: Some("origins".into()), ..PolicyConfig::default() };
        policy = config.into_policy_reading(|_| Ok::<_, Infallible>(&text)).ok();
        built = begun.elapsed();
    });
    let policy = policy.expect("the scenarios' policies are sound");
    let exact = origins.exact();
    let last = exact.last().expect("there is one");
    // A step that shares no factor with the number of origins visits all of them.
    let scattered = (1..=CALLERS).map(|turn| exact[turn * 611_953 % exact.len()].as_str());
    let scattered: Vec<&str> = scattered.collect();
    format!(
        "{:>9} {:>8.3}s {:>12.1}   {:>6.0} {:>6.0} {:>6.0} {:>9.0}",
        policy.origin_count(),
        built.as_secs_f64(),
        measured.bytes_current as f64 / policy.origin_count() as f64,
        decide(&policy, &[last]),
        decide(&policy, &["https://example.org:6060"]),
        decide(&policy, &["https://a.b.p00000.example.net"]),
        decide(&policy, &scattered),
    )
}

/// The median nanoseconds of a decision about these callers in turn.
fn decide(policy: &Policy, callers: &[&str]) -> f64 {
    let request = |origin: &&str| {
        let value = HeaderValue::from_str(origin).expect("an origin is a header value");
        HeaderMap::from_iter([(ORIGIN, value)])
    };
    let requests: Vec<HeaderMap> = callers.iter().map(request).collect();
    let mut turn = 0;
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            for _ in 0..DECISIONS {
                turn = if turn + 1 < requests.len() { turn + 1 } else { 0 };
                black_box(policy.decide("GET", &requests[turn]).reason().is_allowed());
            }
            begun.elapsed().as_nanos() as f64 / DECISIONS as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// A line of the result. Whoever closed the pipe has read enough.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
