//! `set_request_headers`: what the gateway adds to the requests of a route, such as a key no browser may see.
//!
//! Values are marked as sensitive, and are never part of a message.

use http::{HeaderName, HeaderValue};

use super::code::Code;
use super::problem::Problem;
use super::reader::{Reader, Value};
use super::variables::FILE;

/// Headers that say how a message is framed or where it goes, which is for the gateway to say.
const RESERVED: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

pub(crate) fn read(reader: &mut Reader<'_>, value: &Value<'_>) -> Vec<(HeaderName, HeaderValue)> {
    const EXAMPLE: &str = "set_request_headers = { x-api-key = \"${API_KEY}\" }";
    let table = reader.table(value, "`set_request_headers`", EXAMPLE);
    let mut headers: Vec<(HeaderName, HeaderValue)> = Vec::new();
    for (key, value) in table.into_iter().flatten() {
        let written = key.get_ref();
        let Ok(name) = HeaderName::from_bytes(written.as_bytes()) else {
            let message = format!("`{written}` is not a header name.");
            let help = "write letters, digits and `-`, such as x-api-key";
            reader.fault(&key.span(), Problem::new(Code::HeaderNameInvalid, message, help));
            continue;
        };
        if RESERVED.contains(&name.as_str()) {
            let message = format!("The gateway itself writes `{name}`.");
            let help = match name.as_str() {
                "host" => "remove it: the upstream is sent its own name, the page's is in X-Forwarded-Host",
                _ => "remove it",
            };
            reader.fault(&key.span(), Problem::new(Code::HeaderReserved, message, help));
            continue;
        }
        if headers.iter().any(|(other, _)| *other == name) {
            let message = format!("`{name}` is set twice: header names have no case.");
            reader.fault(&key.span(), Problem::new(Code::HeaderNameInvalid, message, "remove one of them"));
            continue;
        }
        let Some(text) = reader.text(value, &format!("`{written}`"), EXAMPLE) else { continue };
        match HeaderValue::from_str(&text.value) {
            Ok(mut value) => {
                value.set_sensitive(true);
                headers.push((name, value));
            }
            Err(_) => {
                let message =
                    format!("The value of `{name}` cannot be sent: a header is one line of ASCII text.");
                let help = match text.variables.as_slice() {
                    [] => "write ASCII, without line breaks".to_owned(),
                    variables if variables.iter().any(|name| name.starts_with(FILE)) => format!(
                        "look for a line break in {}: the one at its end is left out, and no other",
                        variables
                            .iter()
                            .map(|name| name.trim_start_matches(FILE))
                            .collect::<Vec<_>>()
                            .join(" and ")
                    ),
                    variables => format!(
                        "look for a line break in {}: a file read into a variable often ends with one",
                        variables.join(" and ")
                    ),
                };
                reader.fault(&text.span, Problem::new(Code::HeaderValueInvalid, message, help));
            }
        }
    }
    headers
}
