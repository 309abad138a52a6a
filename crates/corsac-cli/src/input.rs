//! What a person types, read with one clear complaint when it is not what was asked for.
//!
//! Reads values; knows nothing of what they are for.

use std::str::FromStr;

use corsac::Origin;
use corsac_probe::Resolve;
use url::Url;

/// Any URL.
#[derive(Debug, Clone)]
pub(crate) struct AnyUrl(pub(crate) Url);

impl FromStr for AnyUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() || text == "null" {
            return Err("write a URL, such as https://api.example/items".into());
        }
        let bare_host = !text.contains("://");
        let url = Url::parse(text).map_err(|reason| {
            if bare_host {
                format!("it has no scheme: write https://{text} or http://{text}")
            } else {
                format!("{reason}: write it as the page does, such as https://api.example/items")
            }
        })?;
        if bare_host && url.host_str().is_none() && !has_no_server(&url) {
            // `localhost:3000` parses as the scheme `localhost`.
            return Err(format!("it has no scheme: write http://{text} or https://{text}"));
        }
        Ok(Self(url))
    }
}

/// A URL that a server can answer.
#[derive(Debug, Clone)]
pub(crate) struct Target(pub(crate) Url);

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let AnyUrl(url) = text.parse()?;
        if has_no_server(&url) {
            return Err(format!("{}: URLs have no server to ask; give an http or https one", url.scheme()));
        }
        Ok(Self(url))
    }
}

fn has_no_server(url: &Url) -> bool {
    matches!(url.scheme(), "data" | "file" | "about" | "blob" | "javascript" | "mailto")
}

/// The page's origin; a page's whole URL is taken for its origin.
#[derive(Debug, Clone)]
pub(crate) struct PageOrigin {
    pub(crate) origin: Origin,
    /// What was typed, where it was more than an origin.
    pub(crate) cut_from: Option<String>,
}

impl FromStr for PageOrigin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<Origin>() {
            Ok(origin) => {
                let cut_from = (origin.to_string() != text).then(|| text.to_owned());
                Ok(Self { origin, cut_from })
            }
            Err(error) => match error.problem() {
                corsac::OriginProblem::Extra { meant, .. } => meant
                    .parse()
                    .map(|origin| Self { origin, cut_from: Some(text.to_owned()) })
                    .map_err(|_| format!("{error}; {}", error.remedy())),
                _ => Err(format!("{error}; {}", error.remedy())),
            },
        }
    }
}

/// `--resolve`, with what to write where it cannot be read.
pub(crate) fn resolve(text: &str) -> Result<Resolve, String> {
    text.parse().map_err(|error: corsac_probe::ResolveError| format!("{error}: {}", error.remedy()))
}

/// `--read-header`: the name alone, as `headers.get()` takes it.
pub(crate) fn header_name(text: &str) -> Result<String, String> {
    if corsac::is_token(text.as_bytes()) {
        return Ok(text.to_owned());
    }
    Err("it is no header's name; write the name alone, such as X-Total-Count".into())
}

/// A request header as curl takes it: `Name: value`.
#[derive(Debug, Clone)]
pub(crate) struct HeaderLine {
    pub(crate) name: String,
    pub(crate) value: Vec<u8>,
}

impl FromStr for HeaderLine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, value)) = text.split_once(':') else {
            return Err(format!("it has no colon: write -H '{text}: value'"));
        };
        if !corsac::is_token(name.as_bytes()) {
            return Err(format!("{name:?} is not a header name: letters, digits and hyphens, then a colon"));
        }
        if value.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return Err("a header value is one line".into());
        }
        let Some(value) = byte_string(value.trim()) else {
            return Err("browsers refuse letters beyond U+00FF in a header: encode the value".into());
        };
        Ok(Self { name: name.to_owned(), value })
    }
}

/// The text as JavaScript hands it to a header, one byte a letter: <https://webidl.spec.whatwg.org/#es-ByteString>.
fn byte_string(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect()
}

/// The cookies a browser holds: one line of `name=value` pairs.
pub(crate) fn cookies(text: &str) -> Result<String, String> {
    if text.contains(char::is_control) {
        return Err("cookies are one line: write --cookie 'a=b; c=d'".into());
    }
    Ok(text.to_owned())
}
