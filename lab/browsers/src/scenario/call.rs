//! A call, once as the engine takes it and once as the page's script does.
//!
//! Adds nothing to either.

use corsac_browser::{Body, Call, HeaderList, Initiator, Mode};
use serde_json::{Value, json};
use url::Url;

use super::symbols::Symbols;
use super::{Blocker, PlacedCall, Skip};
use crate::origins::COOKIE_HEADER;
use crate::vector::{BodyData, CallData, bytes};

/// The call at the servers that stand for its URLs.
pub(super) fn place(data: &CallData, symbols: &mut Symbols<'_>) -> Result<PlacedCall, Blocker> {
    if data.stream {
        return Err(Skip::Stream.into());
    }
    let symbol = Url::parse(&data.url).map_err(|_| Skip::Call)?;
    let (url, blob) = match symbol.scheme() {
        "blob" => blob(&symbol, symbols)?,
        _ => (symbols.url(&symbol)?, false),
    };

    let mut call = Call::new(url);
    if let Some(method) = &data.method {
        call.method.clone_from(method);
    }
    let mut headers = HeaderList::new();
    for (name, value) in &data.headers {
        headers.append(name.clone(), bytes(&value.expand()).ok_or(Skip::Call)?);
    }
    call.headers = headers;
    call.mode = word(data.mode.as_deref(), call.mode)?;
    call.credentials = word(data.credentials.as_deref(), call.credentials)?;
    call.redirect = word(data.redirect.as_deref(), call.redirect)?;
    call.initiator = word(data.initiator.as_deref(), call.initiator)?;
    call.body = data.body.as_ref().map(body).transpose()?;
    call.upload_listener = data.upload_listener;
    call.cookies = data.cookies.as_ref().map(|_| COOKIE_HEADER.to_owned());
    let is_xhr = call.initiator == Initiator::Xhr;
    if is_xhr
        && (call.mode != Mode::Cors || data.credentials.as_deref() == Some("omit") || data.redirect.is_some())
    {
        return Err(Skip::Xhr.into());
    }

    let lines: Vec<_> = data.headers.iter().map(|(name, value)| (name, value.expand())).collect();
    let script = json!({
        "url": call.url.as_str(),
        "blob": blob,
        "xhr": is_xhr,
        "method": call.method,
        "headers": lines,
        "mode": call.mode.as_str(),
        "credentials": call.credentials.as_str(),
        "redirect": call.redirect.as_str(),
        "body": data.body.as_ref().map(script_body),
        "listens": call.upload_listener,
    });
    Ok(PlacedCall { at: 0.0, call, script })
}

/// A `blob:` URL, and whether the page must make the blob for it to be alive.
fn blob(symbol: &Url, symbols: &mut Symbols<'_>) -> Result<(Url, bool), Blocker> {
    let inner = Url::parse(symbol.path()).map_err(|_| Skip::Call)?;
    let origin = symbols.origin(&inner)?.ok_or(Skip::Call)?;
    let url = Url::parse(&format!("blob:{origin}{}", inner.path())).map_err(|_| Skip::Call)?;
    Ok((url, symbols.is_own(&inner)))
}

fn word<T: std::str::FromStr>(word: Option<&str>, default: T) -> Result<T, Blocker> {
    word.map_or(Ok(default), |word| word.parse().map_err(|_| Skip::Call.into()))
}

fn body(data: &BodyData) -> Result<Body, Blocker> {
    Ok(match data {
        BodyData::Text(text) => Body::Text(text.clone()),
        BodyData::UrlEncoded(text) => Body::UrlEncoded(text.clone()),
        BodyData::Multipart(fields) => Body::Multipart(fields.clone()),
        BodyData::Blob { content_type, text } => {
            Body::Blob { content_type: content_type.clone(), bytes: text.clone().into_bytes() }
        }
        BodyData::Bytes(text) => Body::Bytes(bytes(text).ok_or(Skip::Call)?),
    })
}

fn script_body(data: &BodyData) -> Value {
    match data {
        BodyData::Text(text) => json!({ "kind": "text", "text": text }),
        BodyData::UrlEncoded(text) => json!({ "kind": "url-encoded", "text": text }),
        BodyData::Multipart(fields) => json!({ "kind": "multipart", "fields": fields }),
        BodyData::Blob { content_type, text } => {
            json!({ "kind": "blob", "type": content_type, "text": text })
        }
        BodyData::Bytes(text) => json!({ "kind": "bytes", "text": text }),
    }
}
