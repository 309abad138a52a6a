//! `health`: how the servers of an upstream are asked whether they are well.
//!
//! Reads and checks; the asking is done elsewhere.

use std::time::Duration;

use http::uri::PathAndQuery;
use toml::de::DeValue;

use super::code::Code;
use super::problem::Problem;
use super::reader::{Reader, Text, Value};
use super::timeouts::read_duration;

/// What a server is asked, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct HealthCheck {
    /// What is asked for; an answer below 400 means that the server is well.
    pub path: PathAndQuery,
    /// From one question to the next.
    pub interval: Duration,
    /// How long the answer may take, the connection included.
    pub timeout: Duration,
}

const KEYS: &[&str] = &["path", "interval", "timeout"];

const EXAMPLE: &str = "health = { path = \"/healthz\", interval = \"5s\", timeout = \"2s\" }";

impl HealthCheck {
    /// A path alone, or a table with it.
    pub(crate) fn read(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Self> {
        let (mut interval, mut timeout) = (Duration::from_secs(5), Duration::from_secs(2));
        let path = match value.get_ref() {
            DeValue::String(_) => reader.text(value, "`health`", EXAMPLE),
            DeValue::Table(table) => {
                let mut path = None;
                for (key, value) in table {
                    let written = format!("`{}`", key.get_ref());
                    match key.get_ref().as_ref() {
                        "path" => path = Some(reader.text(value, &written, EXAMPLE)),
                        "interval" => interval = read_duration(reader, value, &written).unwrap_or(interval),
                        "timeout" => timeout = read_duration(reader, value, &written).unwrap_or(timeout),
                        _ => {
                            reader.unknown_key(key, "`health`", KEYS, &[]);
                        }
                    }
                }
                if path.is_none() {
                    let meaning = Code::HealthPathInvalid.meaning();
                    let problem = Problem::new(Code::HealthPathInvalid, meaning, format!("write {EXAMPLE}"));
                    reader.fault(&value.span(), problem);
                }
                path.flatten()
            }
            _ => {
                reader.wrong_type(value, "`health`", "a path or a table", EXAMPLE);
                None
            }
        };
        let path = path_of(reader, &path?)?;
        Some(Self { path, interval, timeout })
    }
}

fn path_of(reader: &mut Reader<'_>, text: &Text) -> Option<PathAndQuery> {
    let path = text.value.starts_with('/').then(|| text.value.parse().ok()).flatten();
    if path.is_none() {
        let message = format!("`{}` is not a path that a server can be asked for.", text.value);
        let problem = Problem::new(Code::HealthPathInvalid, message, "write a path such as \"/healthz\"");
        reader.fault_in(text, problem);
    }
    path
}
