//! One entry: a request, and what was written down of its response.
//!
//! Keeps the difference between what was not there and what was not recorded. Judges nothing.

use corsac_browser::{HeaderList, WireResponse};
use data_url::forgiving_base64;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;

/// How much of a body is kept: its words can give a cause away, and the first ones do.
const BODY_KEPT: usize = 4096;

/// One request, and what was written down of its response.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its place in the file, counted from 0.
    pub(super) number: usize,
    pub(super) page: Option<String>,
    pub(super) method: String,
    pub(super) url: Url,
    /// The request's headers, without those that HTTP/2 writes as `:name`.
    pub(super) headers: HeaderList,
    /// What came back, unless nothing is recorded.
    pub(super) response: Option<Recorded>,
    /// What the browser says went wrong, in words of its own.
    pub(super) error: Option<String>,
    /// What it was loaded as, in Chromium's words: `fetch`, `xhr`, `image`, …
    pub(super) resource: Option<String>,
    pub(super) is_preflight_by_initiator: bool,
    pub(super) from_cache: bool,
    pub(super) from_worker: bool,
    /// Whether there are cookies or a token in it, in either direction.
    pub(super) has_credentials: bool,
}

/// A response as it was recorded.
#[derive(Debug, Clone)]
pub(super) struct Recorded {
    pub(super) response: WireResponse,
    pub(super) body: Vec<u8>,
    /// Where it leads, in the exporter's words.
    pub(super) redirect: Option<String>,
}

/// The fields that matter; any of them may be missing, or be of any kind.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(default)]
    request: Value,
    #[serde(default)]
    response: Value,
    #[serde(default)]
    pageref: Value,
    #[serde(default, rename = "_error")]
    error: Value,
    #[serde(default, rename = "_resourceType")]
    resource: Value,
    #[serde(borrow, default, rename = "_initiator")]
    initiator: Option<&'a RawValue>,
    #[serde(default, rename = "_fromCache")]
    from_cache: Value,
    #[serde(default, rename = "_fetchType")]
    fetch_type: Value,
    #[serde(default, rename = "_fetchedViaServiceWorker")]
    from_worker: Value,
    /// hurl writes the hops of one entry so.
    #[serde(default)]
    calls: Value,
}

/// The initiator. The stack in it nests deeply, and is passed over.
#[derive(Default, Deserialize)]
struct Initiator {
    #[serde(default, rename = "type")]
    kind: Value,
}

impl Entry {
    /// Reads one; several where it has several calls.
    pub(super) fn read(raw: &str, number: usize) -> Result<Vec<Self>, String> {
        let fields: Fields<'_> = serde_json::from_str(raw).map_err(|error| error.to_string())?;
        if let (Value::Null, Value::Array(calls)) = (&fields.request, &fields.calls) {
            return calls
                .iter()
                .map(|call| Self::of(&call["request"], &call["response"], &fields, number))
                .collect();
        }
        Self::of(&fields.request, &fields.response, &fields, number).map(|entry| vec![entry])
    }

    fn of(request: &Value, response: &Value, fields: &Fields<'_>, number: usize) -> Result<Self, String> {
        if !request.is_object() {
            return Err("it has no request".to_owned());
        }
        let url = text(&request["url"]).ok_or("its request has no URL")?;
        let url = Url::parse(&url).map_err(|error| format!("its URL cannot be read: {error}"))?;
        let headers = headers(&request["headers"]);
        let error = [&fields.error, &response["_error"], &response["_failureText"], &response["_failure"]]
            .into_iter()
            .find_map(text)
            .filter(|error| !error.is_empty());
        let initiator: Initiator =
            fields.initiator.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
        let is_preflight = |value: &Value| value.as_str() == Some("preflight");
        let fetch_type = text(&fields.fetch_type).unwrap_or_default();
        let recorded = recorded(response);
        let has_cookies = |value: &Value| value["cookies"].as_array().is_some_and(|list| !list.is_empty());
        let has_credentials = has_cookies(request)
            || has_cookies(response)
            || headers.contains("cookie")
            || headers.contains("authorization")
            || recorded.as_ref().is_some_and(|recorded| recorded.response.headers.contains("set-cookie"));
        Ok(Self {
            number,
            page: text(&fields.pageref),
            method: text(&request["method"]).filter(|method| !method.is_empty()).unwrap_or("GET".to_owned()),
            url,
            headers,
            response: recorded,
            error,
            resource: text(&fields.resource).map(|kind| kind.to_ascii_lowercase()),
            is_preflight_by_initiator: is_preflight(&initiator.kind) || is_preflight(&fields.resource),
            from_cache: is_set(&fields.from_cache) || fetch_type.ends_with("Cache"),
            from_worker: is_set(&fields.from_worker)
                || is_set(&response["_fetchedViaServiceWorker"])
                || fetch_type == "Service Worker",
            has_credentials,
        })
    }

    /// The header's value as text.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.headers.get_text(name)
    }

    /// Whether it asks for permission on behalf of another request: by the rules, or by what the browser says of it.
    pub(super) fn is_preflight(&self) -> bool {
        self.method == "OPTIONS"
            && (self.is_preflight_by_initiator
                || self.headers.contains("origin") && self.headers.contains("access-control-request-method"))
    }

    /// Where a redirect leads.
    pub(super) fn redirect_target(&self) -> Option<Url> {
        let recorded = self.response.as_ref()?;
        if !matches!(recorded.response.status, 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let location =
            recorded.response.headers.get_text("location").or_else(|| recorded.redirect.clone())?;
        let mut target = self.url.join(&location).ok()?;
        target.set_fragment(None);
        Some(target)
    }
}

/// The response, if one is recorded. A status of 0, or below, is how exporters write that nothing came.
fn recorded(response: &Value) -> Option<Recorded> {
    let status = number(&response["status"]).filter(|status| (100..1000).contains(status))?;
    let headers = headers(&response["headers"]);
    let redirect = text(&response["redirectURL"]).filter(|target| !target.is_empty());
    Some(Recorded { response: WireResponse { status, headers }, body: body(&response["content"]), redirect })
}

fn body(content: &Value) -> Vec<u8> {
    let Some(text) = content["text"].as_str() else { return Vec::new() };
    let end = (0..=BODY_KEPT.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    if content["encoding"].as_str().is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64")) {
        let whole = &text.as_bytes()[..end - end % 4];
        return forgiving_base64::decode_to_vec(whole).unwrap_or_default();
    }
    text.as_bytes()[..end].to_vec()
}

/// Headers as a list of names and values, or as an object of them.
fn headers(value: &Value) -> HeaderList {
    let mut headers = HeaderList::new();
    let mut add = |name: &str, value: &str| {
        // What HTTP/2 has in the place of a request line and a status line; no headers.
        if name.is_empty() || name.starts_with(':') {
            return;
        }
        // Older Chromium writes several lines of a name as one.
        for line in value.split('\n') {
            headers.append(name, bytes(line.trim_matches([' ', '\t', '\r'])));
        }
    };
    match value {
        Value::Array(lines) => {
            for line in lines {
                if let Some(name) = line["name"].as_str() {
                    add(name, &text(&line["value"]).unwrap_or_default());
                }
            }
        }
        Value::Object(map) => {
            for (name, value) in map {
                add(name, &text(value).unwrap_or_default());
            }
        }
        _ => {}
    }
    headers
}

/// A value's bytes: browsers show each byte as one letter.
fn bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| u8::try_from(u32::from(letter)).ok())
        .collect::<Option<Vec<u8>>>()
        .unwrap_or_else(|| text.as_bytes().to_vec())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number(value: &Value) -> Option<u16> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|number| u16::try_from(number).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn is_set(value: &Value) -> bool {
    match value {
        Value::Bool(is_so) => *is_so,
        Value::String(text) => !text.is_empty() && text != "false",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(raw: &str) -> Entry {
        Entry::read(raw, 0).expect("an entry").pop().expect("one")
    }

    #[test]
    fn fields_of_any_kind_are_read_or_passed_over() {
        let entry = entry(
            r#"{"request":{"method":"GET","url":"https://a.example/#x","headers":{"Origin":"https://b.example"}},
                "response":{"status":"200","headers":[{"name":"A","value":"1\n2"},{"name":":status","value":"200"},5],
                "content":{"text":"aGk=","encoding":"base64"}},"_initiator":"parser","pageref":7,"time":"x"}"#,
        );
        assert_eq!(entry.header("origin").as_deref(), Some("https://b.example"));
        let recorded = entry.response.expect("a response");
        assert_eq!(recorded.response.headers.values("a").collect::<Vec<_>>(), [b"1", b"2"]);
        assert_eq!((recorded.response.headers.len(), recorded.body), (2, b"hi".to_vec()));
    }

    #[test]
    fn a_status_that_is_none_is_no_response() {
        for status in ["0", "-1", "null", "\"\"", "{}", "99", "70000"] {
            let raw = format!(
                "{{\"request\":{{\"url\":\"https://a.example/\"}},\"response\":{{\"status\":{status}}}}}"
            );
            assert!(entry(&raw).response.is_none(), "{status}");
        }
    }

    #[test]
    fn a_letter_of_a_header_is_a_byte() {
        assert_eq!(bytes("\u{e9}"), b"\xe9");
        assert_eq!(bytes("\u{20ac}"), "\u{20ac}".as_bytes());
    }
}
