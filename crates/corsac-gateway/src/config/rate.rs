//! `rate_limit` of a route: how many requests a client may send in which time.
//!
//! Knows how a rate is written and shown; the counting is in [`crate::rate`].

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use toml::de::DeValue;

use super::code::Code;
use super::problem::Problem;
use super::reader::{Reader, Value};

/// How many requests a client may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    requests: NonZeroU32,
    unit: Unit,
    /// How many at once, after a while without any.
    pub(crate) burst: NonZeroU32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
    Hour,
}

/// More than any client sends, and few enough for each request to have its nanoseconds.
const MOST: u32 = 1_000_000;

impl Rate {
    /// The time that one request takes up.
    pub(crate) fn interval(&self) -> Duration {
        let unit = Duration::from_secs(match self.unit {
            Unit::Second => 1,
            Unit::Minute => 60,
            Unit::Hour => 3_600,
        });
        unit / self.requests.get()
    }

    /// With another burst than the requests of one unit.
    pub(super) fn with_burst(self, burst: Option<NonZeroU32>) -> Self {
        Self { burst: burst.unwrap_or(self.burst), ..self }
    }
}

/// As it is written.
impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Second => "s",
            Unit::Minute => "m",
            Unit::Hour => "h",
        };
        write!(formatter, "{}/{unit}", self.requests)
    }
}

/// `rate_limit`.
pub(super) fn read(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Rate> {
    let text = reader.text(value, "`rate_limit`", "rate_limit = \"10/s\"")?;
    let rate = parse(&text.value);
    if rate.is_none() {
        let message = format!("`{}` is not a rate.", text.value);
        let help =
            "write requests of one client per second, minute or hour: \"10/s\", \"600/m\" or \"1000/h\"";
        reader.fault_in(&text, Problem::new(Code::RateInvalid, message, help));
    }
    rate
}

/// `rate_burst`.
pub(super) fn read_burst(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<NonZeroU32> {
    let DeValue::Integer(number) = value.get_ref() else {
        reader.wrong_type(value, "`rate_burst`", "a number", "rate_burst = 20");
        return None;
    };
    let burst = u32::from_str_radix(number.as_str(), number.radix()).ok().and_then(count);
    if burst.is_none() {
        let message = "`rate_burst` is not a whole number above zero.";
        let help = format!("write how many requests may come at once, {MOST} at most: rate_burst = 20");
        reader.fault(&value.span(), Problem::new(Code::CountInvalid, message, help));
    }
    burst
}

fn parse(text: &str) -> Option<Rate> {
    let (requests, unit) = text.split_once('/')?;
    let requests = count(requests.trim().parse().ok()?)?;
    let unit = match unit.trim() {
        "s" => Unit::Second,
        "m" => Unit::Minute,
        "h" => Unit::Hour,
        _ => return None,
    };
    Some(Rate { requests, unit, burst: requests })
}

fn count(count: u32) -> Option<NonZeroU32> {
    NonZeroU32::new(count).filter(|count| count.get() <= MOST)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::parse;

    #[test]
    fn rates_have_a_number_and_a_unit() {
        for (written, milliseconds, burst) in
            [("10/s", 100, 10), ("600 / m", 100, 600), ("1/h", 3_600_000, 1)]
        {
            let rate = parse(written).unwrap_or_else(|| panic!("{written}"));
            assert_eq!(rate.interval(), Duration::from_millis(milliseconds), "{written}");
            assert_eq!((rate.burst.get(), rate.to_string()), (burst, written.replace(' ', "")));
        }
        assert!(parse("1000000/s").is_some_and(|rate| !rate.interval().is_zero()));
        for wrong in [
            "",
            "10",
            "10/",
            "/s",
            "0/s",
            "-1/s",
            "1.5/s",
            "10/d",
            "10r/s",
            "10/s/m",
            "1000001/s",
            "10 per s",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
