//! `[timeouts]`: how long the gateway waits, for what.
//!
//! Knows how a length of time is written; the waiting is done elsewhere.

use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::code::Code;
use super::problem::Problem;
use super::reader::{Reader, Value};

/// How long the gateway waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For a connection to an upstream, name lookup and TLS handshake included.
    pub connect: Duration,
    /// For the head of a response, counted from the last byte of the request that the upstream took.
    pub response: Duration,
    /// For the next piece of a response's body. Without it a response may be silent for as long as it likes, as
    /// streams of events are.
    pub stall: Option<Duration>,
    /// For the next request on a connection to an upstream, before it is closed.
    pub upstream_idle: Duration,
    /// For the next request of a client, and for the rest of its head.
    pub client_idle: Duration,
    /// For a client to take the next piece of what it is sent.
    pub client_stall: Duration,
    /// For whoever sends requests here to learn that the gateway will stop, before it takes no more of them.
    pub notice: Duration,
    /// For running requests, once no more are taken.
    pub drain: Duration,
    /// For connections that were handed over to another protocol, such as WebSockets, once the gateway is told to stop.
    pub drain_tunnels: Duration,
}

impl Default for Timeouts {
    /// The drain ends before the 30 seconds that Kubernetes gives a process.
    ///
    /// Connections to upstreams are kept below the 5 seconds after which Node closes idle ones: the side that keeps
    /// them shorter never sends a request into a connection that the other is closing. Those of clients are kept above
    /// the minute after which load balancers let go of theirs, for the same reason.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            response: Duration::from_secs(60),
            stall: None,
            upstream_idle: Duration::from_secs(4),
            client_idle: Duration::from_secs(75),
            client_stall: Duration::from_secs(60),
            notice: Duration::ZERO,
            drain: Duration::from_secs(25),
            drain_tunnels: Duration::from_secs(5),
        }
    }
}

const KEYS: &[&str] = &[
    "connect",
    "response",
    "stall",
    "upstream_idle",
    "client_idle",
    "client_stall",
    "notice",
    "drain",
    "drain_tunnels",
];

impl Timeouts {
    pub(crate) fn read(reader: &mut Reader<'_>, value: &Value<'_>) -> Self {
        let mut timeouts = Self::default();
        let Some(table) = reader.table(value, "`timeouts`", "[timeouts]") else { return timeouts };
        timeouts.read_table(reader, table);
        timeouts
    }

    fn read_table(&mut self, reader: &mut Reader<'_>, table: &DeTable<'_>) {
        for (key, value) in table {
            let written = format!("`{}`", key.get_ref());
            let timeout = match key.get_ref().as_ref() {
                "stall" => {
                    self.stall = read_duration(reader, value, &written);
                    continue;
                }
                "upstream_idle" => &mut self.upstream_idle,
                "client_idle" => &mut self.client_idle,
                "client_stall" => &mut self.client_stall,
                "connect" => &mut self.connect,
                "response" => &mut self.response,
                "notice" => &mut self.notice,
                "drain" => &mut self.drain,
                "drain_tunnels" => &mut self.drain_tunnels,
                _ => {
                    reader.unknown_key(key, "[timeouts]", KEYS, &[]);
                    continue;
                }
            };
            if let Some(duration) = read_duration(reader, value, &written) {
                *timeout = duration;
            }
        }
    }
}

pub(super) fn read_duration(reader: &mut Reader<'_>, value: &Value<'_>, what: &str) -> Option<Duration> {
    if let DeValue::Integer(number) = value.get_ref() {
        let duration = parse(number.as_str());
        if duration.is_none() {
            reader.fault(&value.span(), problem(what));
        }
        return duration;
    }
    let text = reader.text(value, what, "a length of time, such as \"500ms\", \"10s\" or \"2m\"")?;
    let duration = parse(&text.value);
    if duration.is_none() {
        reader.fault_in(&text, problem(what));
    }
    duration
}

fn problem(what: &str) -> Problem {
    let message = format!("{what} is not a length of time.");
    Problem::new(Code::DurationInvalid, message, "write 1ms or more, such as \"500ms\", \"10s\" or \"2m\"")
}

fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let milliseconds: u64 = match unit.trim() {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let total = number.parse::<u64>().ok()?.checked_mul(milliseconds)?;
    // A day is longer than anybody waits, and keeps every sum of times within its type.
    (1..=86_400_000).contains(&total).then(|| Duration::from_millis(total))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::parse;

    #[test]
    fn lengths_of_time_have_units() {
        assert_eq!(parse("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(parse("5"), Some(Duration::from_secs(5)));
        assert_eq!(parse("2 m"), Some(Duration::from_secs(120)));
        for wrong in ["", "0", "-1", "5 parsecs", "1.5s", "99999999999999999999", "25h"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
