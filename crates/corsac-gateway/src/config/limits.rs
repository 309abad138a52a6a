//! `[limits]`: how much a client may send and hold, and an upstream may answer.
//!
//! Knows how limits are written; they are kept elsewhere.

use toml::de::{DeTable, DeValue};

use super::code::Code;
use super::keys;
use super::problem::Problem;
use super::reader::{Reader, Value};
use super::size::{self, Size};

/// How much is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Of the body of a request. A route's `max_body` comes before it.
    pub body: Size,
    /// Of the head of a request, in bytes: its target and its headers.
    pub head: usize,
    /// How many header lines a request has.
    pub headers: usize,
    /// How many connections of clients are open at once, over all workers.
    pub connections: usize,
    /// Of the body of an upstream's response. A route's `max_response` comes before it.
    pub response: Size,
}

impl Default for Limits {
    /// Bodies are streamed and held nowhere, so theirs is for the upstreams. Heads are larger, and have more lines, than
    /// servers take, which stop at 8 to 32 KiB and 100 lines: what passes here and not there is for them to answer.
    fn default() -> Self {
        Self {
            body: Size::bytes(100_000_000),
            head: 64 * 1024,
            headers: 200,
            connections: 65_536,
            response: Size::UNLIMITED,
        }
    }
}

/// How much of a head is read at all: beyond it there is no request that could be answered.
pub(crate) const HEAD_READ: usize = 256 * 1024;

/// How many header lines are read at all.
pub(crate) const LINES_READ: usize = 512;

const KEYS: &[&str] = &["body", "head", "headers", "connections", "response"];

impl Limits {
    pub(crate) fn read(reader: &mut Reader<'_>, value: &Value<'_>) -> Self {
        let mut limits = Self::default();
        let Some(table) = reader.table(value, "`limits`", "[limits]") else { return limits };
        limits.read_table(reader, table);
        limits
    }

    fn read_table(&mut self, reader: &mut Reader<'_>, table: &DeTable<'_>) {
        for (key, value) in table {
            let what = format!("`{}`", key.get_ref());
            match key.get_ref().as_ref() {
                "body" => self.body = size::read(reader, value, &what).unwrap_or(self.body),
                "response" => self.response = size::read(reader, value, &what).unwrap_or(self.response),
                "head" => self.head = read_head(reader, value).unwrap_or(self.head),
                "headers" => {
                    let lines = read_count(reader, value, &what, "headers = 100", Some(LINES_READ));
                    self.headers = lines.unwrap_or(self.headers);
                }
                "connections" => {
                    let most = read_count(reader, value, &what, "connections = 10000", None);
                    self.connections = most.unwrap_or(self.connections);
                }
                _ => {
                    reader.unknown_key(key, "[limits]", KEYS, &[(keys::ROUTE, "a route, below [[routes]]")]);
                }
            }
        }
    }
}

fn read_head(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<usize> {
    let size = size::read(reader, value, "`head`")?;
    let bytes = size.limit().and_then(|bytes| usize::try_from(bytes).ok()).filter(|it| *it <= HEAD_READ);
    if bytes.is_none() {
        let most = Size::bytes(HEAD_READ as u64);
        let message = format!("Of a head, no more than {most} are read.");
        let help = format!("write \"{most}\" or less");
        reader.fault(&value.span(), Problem::new(Code::LimitTooHigh, message, help));
    }
    bytes
}

fn read_count(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    what: &str,
    example: &str,
    most: Option<usize>,
) -> Option<usize> {
    let problem = || {
        let message = format!("{what} is not a whole number above zero.");
        Problem::new(Code::CountInvalid, message, format!("write {example}"))
    };
    let count = if let DeValue::Integer(number) = value.get_ref() {
        let count = usize::from_str_radix(number.as_str(), number.radix()).ok().filter(|count| *count > 0);
        if count.is_none() {
            reader.fault(&value.span(), problem());
        }
        count?
    } else {
        let DeValue::String(_) = value.get_ref() else {
            reader.wrong_type(value, what, "a number", example);
            return None;
        };
        let text = reader.text(value, what, example)?;
        let count = text.value.trim().parse().ok().filter(|count| *count > 0);
        if count.is_none() {
            reader.fault_in(&text, problem());
        }
        count?
    };
    if let Some(most) = most.filter(|most| count > *most) {
        let message = format!("Of the headers of a request, no more than {most} lines are read.");
        let help = format!("write {most} or less");
        reader.fault(&value.span(), Problem::new(Code::LimitTooHigh, message, help));
        return None;
    }
    Some(count)
}
