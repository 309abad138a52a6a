//! What clouds do with their configurations, as far as they document it: one small file each.
//!
//! Where a documentation leaves room, a model takes the widest reading, since that is what must not be wider than the policy.

pub(crate) mod azure;
pub(crate) mod cloud_front;
pub(crate) mod gcs;
pub(crate) mod http_api;
pub(crate) mod s3;

use corsac_browser::{RequestKind, WireRequest};

/// What of a request the clouds look at.
struct Asked {
    origin: Option<String>,
    /// The method of the call, which a preflight asks for.
    method: String,
    /// The headers that a preflight asks for, small.
    headers: Vec<String>,
    is_preflight: bool,
}

impl Asked {
    fn of(request: &WireRequest) -> Self {
        let is_preflight = request.kind == RequestKind::Preflight;
        let asked = request.headers.get_text("Access-Control-Request-Method");
        let names = request.headers.get_text("Access-Control-Request-Headers").unwrap_or_default();
        let names = names.split(',').map(|name| name.trim().to_ascii_lowercase());
        Self {
            origin: request.headers.get_text("Origin"),
            method: asked.filter(|_| is_preflight).unwrap_or_else(|| request.method.clone()),
            headers: names.filter(|name| !name.is_empty()).collect(),
            is_preflight,
        }
    }
}

/// Headers that are about CORS, as they come together.
#[derive(Default)]
struct Headers(Vec<(String, String)>);

impl Headers {
    fn say(&mut self, name: &str, value: impl ToString) {
        self.0.push((format!("Access-Control-{name}"), value.to_string()));
    }

    /// A list, if it has anything.
    fn say_list(&mut self, name: &str, values: &[String]) {
        if !values.is_empty() {
            self.say(name, values.join(", "));
        }
    }
}

/// Whether a text is what a pattern says, in which a star stands for any letters.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => {
            text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
    }
}

fn has(names: &[String], name: &str) -> bool {
    names.iter().any(|own| own.eq_ignore_ascii_case(name))
}
