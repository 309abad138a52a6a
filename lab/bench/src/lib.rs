//! What is measured: the scenarios, as data that every contestant is configured from.
//!
//! The first nineteen are those of the Go libraries' benchmark suite, by name, so that figures can be read beside
//! theirs. Knows no contestant and no clock.

use std::fmt::Write as _;

/// Who may call in a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origins {
    /// Everyone.
    Any,
    /// `https://example.com`.
    One,
    /// The same, with credentials and an exposed header: three lines on every answer, and `Vary`.
    OneWithCredentials,
    /// Two hosts of 253 bytes that differ in their first.
    TwoPathological,
    /// Three subdomain patterns, three ports and three names.
    NineMixed,
    /// So many names of one length below `example.com`.
    Many(usize),
    /// As many names, and subdomain and port patterns among them: one in a hundred.
    ManyMixed(usize),
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// A `GET` from a page.
    Actual,
    /// `OPTIONS` for a `PUT`.
    Preflight,
    /// The same, with requested headers that nobody means well with.
    Hostile(Flood),
}

/// Shapes of `Access-Control-Request-Headers`, and of `Origin`, that have brought servers down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flood {
    /// 1,024 commas.
    Commas,
    /// `accept,` for one MiB.
    Names,
    /// One MiB of spaces between two names.
    Spaces,
    /// 1,024 empty lines.
    EmptyLines,
    /// An `Origin` of one MiB.
    Origin,
}

/// Which origin asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// The last one listed.
    Allowed,
    /// One that is not listed.
    Refused,
    /// Listed ones without order, a different one each time: nothing is in the processor's caches.
    Scattered,
}

/// One thing to measure.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Who may call.
    pub origins: Origins,
    /// What is asked.
    pub call: Call,
    /// By whom.
    pub caller: Caller,
}

/// The method that every policy here allows.
pub const METHOD: &str = "PUT";

/// The request headers that every policy here allows.
pub const HEADERS: [&str; 3] = ["Accept", "Content-Type", "X-Requested-With"];

/// The response header that is exposed where one is.
pub const EXPOSED: &str = "x-request-id";

/// What the floods are made of.
pub const MEBIBYTE: usize = 1 << 20;

impl Scenario {
    /// All of them: the nineteen, larger lists, floods.
    #[must_use]
    pub fn all() -> Vec<Self> {
        use Call::{Actual, Hostile, Preflight};
        use Caller::{Allowed, Refused, Scattered};
        use Origins::{Any, Many, ManyMixed, NineMixed, One, OneWithCredentials, TwoPathological};

        let four = |origins| {
            [(Actual, Allowed), (Actual, Refused), (Preflight, Allowed), (Preflight, Refused)]
                .map(|(call, caller)| Self { origins, call, caller })
        };
        let one = |origins, call, caller| Self { origins, call, caller };
        let mut all: Vec<Self> = Vec::new();
        for origins in [One, TwoPathological, NineMixed, Many(1_000)] {
            all.extend(four(origins));
        }
        all.extend([Actual, Preflight, Hostile(Flood::Commas)].map(|call| one(Any, call, Allowed)));
        for origins in [OneWithCredentials, Many(10_000), Many(1_000_000), ManyMixed(1_000_000)] {
            all.extend(four(origins));
        }
        for origins in [One, Many(1_000), Many(1_000_000)] {
            all.push(one(origins, Actual, Scattered));
        }
        for flood in [Flood::Names, Flood::Spaces, Flood::EmptyLines, Flood::Origin] {
            all.push(one(One, Hostile(flood), Allowed));
        }
        all
    }

    /// The name, unique among all.
    #[must_use]
    pub fn name(&self) -> String {
        let mut name = match self.origins {
            Origins::Any => "any".to_owned(),
            Origins::One => "one".to_owned(),
            Origins::OneWithCredentials => "one with credentials".to_owned(),
            Origins::TwoPathological => "two pathological".to_owned(),
            Origins::NineMixed => "nine mixed".to_owned(),
            Origins::Many(count) => thousands(count),
            Origins::ManyMixed(count) => format!("{} mixed", thousands(count)),
        };
        name.push_str(match self.call {
            Call::Actual => ", actual",
            Call::Preflight => ", preflight",
            Call::Hostile(Flood::Commas) => ", preflight, 1,024 commas",
            Call::Hostile(Flood::Names) => ", preflight, 1 MiB of names",
            Call::Hostile(Flood::Spaces) => ", preflight, 1 MiB of spaces",
            Call::Hostile(Flood::EmptyLines) => ", preflight, 1,024 empty lines",
            Call::Hostile(Flood::Origin) => ", preflight, origin of 1 MiB",
        });
        name.push_str(match (self.call, self.caller) {
            (Call::Hostile(_), _) => "",
            (_, Caller::Allowed) => ", allowed",
            (_, Caller::Refused) => ", refused",
            (_, Caller::Scattered) => ", allowed, scattered",
        });
        name
    }

    /// The origins that ask, in turn.
    #[must_use]
    pub fn callers(&self, count: usize) -> Vec<String> {
        if let Call::Hostile(Flood::Origin) = self.call {
            return vec!["https://a.".repeat(MEBIBYTE / 10)];
        }
        let listed = self.origins.exact();
        let last = listed.last().map_or("https://example.com", String::as_str);
        match self.caller {
            Caller::Allowed => vec![last.to_owned()],
            Caller::Refused if self.origins == Origins::TwoPathological => vec![pathological('c')],
            Caller::Refused => vec!["https://example.org:6060".to_owned()],
            Caller::Scattered => {
                // A step that shares no factor with the number of origins visits all of them.
                let step = 611_953;
                (1..=count).map(|turn| listed[turn * step % listed.len()].clone()).collect()
            }
        }
    }
}

impl Origins {
    /// The patterns as a policy has them.
    #[must_use]
    pub fn patterns(self) -> Vec<String> {
        match self {
            Self::Any => vec!["*".to_owned()],
            Self::NineMixed => ["net", "org", "com"]
                .iter()
                .flat_map(|top| {
                    [
                        format!("https://*.example.{top}"),
                        format!("https://example.{top}:8080"),
                        format!("https://example.{top}"),
                    ]
                })
                .collect(),
            Self::ManyMixed(count) => {
                let families = (0..count / 200).flat_map(|number| {
                    [
                        format!("https://*.p{number:05}.example.net"),
                        format!("http://d{number:05}.example.net:*"),
                    ]
                });
                families.chain(Self::Many(count - count / 100).exact()).collect()
            }
            _ => self.exact(),
        }
    }

    /// Those of them that are one origin each, which is all that the peers can list.
    #[must_use]
    pub fn exact(self) -> Vec<String> {
        match self {
            Self::Any => Vec::new(),
            Self::One | Self::OneWithCredentials => vec!["https://example.com".to_owned()],
            Self::TwoPathological => vec![pathological('a'), pathological('b')],
            Self::NineMixed => self.patterns().into_iter().filter(|pattern| !pattern.contains('*')).collect(),
            Self::Many(count) => {
                (0..count).map(|number| format!("https://{number:07}.example.com")).collect()
            }
            Self::ManyMixed(count) => Self::Many(count - count / 100).exact(),
        }
    }
}

fn pathological(first: char) -> String {
    format!("https://{first}{}", ".a".repeat(126))
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len() - at;
        let comma = if at > 0 && left.is_multiple_of(3) { "," } else { "" };
        let _ = write!(text, "{comma}{digit}");
    }
    text
}
