//! Bodies: the bytes, and the type a browser gives them where the script gives none.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-bodyinit-extract>

use data_url::mime::Mime;

use crate::{Body, Browser, Quirk};

/// A body as it is sent, and its type: `#concept-bodyinit-extract`.
pub(crate) fn extract(body: &Body) -> (Vec<u8>, Option<String>) {
    match body {
        Body::Text(text) => (text.clone().into_bytes(), Some("text/plain;charset=UTF-8".into())),
        Body::UrlEncoded(text) => {
            (text.clone().into_bytes(), Some("application/x-www-form-urlencoded;charset=UTF-8".into()))
        }
        Body::Multipart(fields) => {
            let boundary = boundary(fields);
            (multipart(fields, &boundary), Some(format!("multipart/form-data; boundary={boundary}")))
        }
        Body::Blob { content_type, bytes } => (bytes.clone(), blob_type(content_type)),
        Body::Bytes(bytes) => (bytes.clone(), None),
    }
}

/// What `new Blob()` makes of the type it is given: <https://w3c.github.io/FileAPI/#constructorBlob>, step 3.
fn blob_type(given: &str) -> Option<String> {
    let is_type = !given.is_empty() && given.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    is_type.then(|| given.to_ascii_lowercase())
}

/// A type that the script has set, as `XMLHttpRequest` sends it with a text, which is in UTF-8 whatever the type says;
/// nothing where it stays as it is: <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send>, step 4.4.
pub(crate) fn with_charset(content_type: &str, body: &Body, browser: Browser) -> Option<String> {
    let is_text = match body {
        Body::Text(_) => true,
        Body::UrlEncoded(_) => browser.has(Quirk::XhrCharsetOfForms),
        Body::Multipart(_) | Body::Blob { .. } | Body::Bytes(_) => false,
    };
    if !is_text {
        return None;
    }
    if browser.has(Quirk::XhrCharsetInPlace) {
        return Some(with_charset_in_place(content_type));
    }
    if matches!(body, Body::UrlEncoded(_)) && browser.has(Quirk::XhrCharsetOfFormsInPlace) {
        let is_other = content_type.parse().is_ok_and(|mime: Mime| {
            mime.get_parameter("charset").is_some_and(|charset| !charset.eq_ignore_ascii_case("UTF-8"))
        });
        return is_other.then(|| with_charset_in_place(content_type));
    }
    let mut mime: Mime = content_type.parse().ok()?;
    let (_, charset) = mime.parameters.iter_mut().find(|(name, _)| name == "charset")?;
    if charset.eq_ignore_ascii_case("UTF-8") {
        return None;
    }
    "UTF-8".clone_into(charset);
    Some(mime.to_string())
}

fn with_charset_in_place(content_type: &str) -> String {
    let mut rewritten = String::new();
    let mut rest = content_type;
    while let Some(at) = rest.to_ascii_lowercase().find("charset=") {
        let value = at + "charset=".len();
        let quote = usize::from(rest[value..].starts_with('"'));
        let (before, value) = rest.split_at(value + quote);
        rewritten.push_str(before);
        rewritten.push_str("UTF-8");
        rest = &value[value.find([' ', ';', '"']).unwrap_or(value.len())..];
    }
    rewritten + rest
}

/// A boundary that stands in no field. Browsers draw theirs at random; this one is the same for the same
/// fields.
fn boundary(fields: &[(String, String)]) -> String {
    (0_usize..)
        .map(|attempt| format!("----CorsacFormBoundary{attempt:08}"))
        .find(|boundary| {
            !fields.iter().any(|(name, value)| name.contains(boundary) || value.contains(boundary))
        })
        .expect("finite fields cannot contain every boundary")
}

/// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>
fn multipart(fields: &[(String, String)], boundary: &str) -> Vec<u8> {
    let mut text = String::new();
    for (name, value) in fields {
        let name = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
        text.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    text.push_str(&format!("--{boundary}--\r\n"));
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_stands_in_no_field() {
        let fields = vec![("a".to_owned(), "----CorsacFormBoundary00000000".to_owned())];
        assert_eq!(boundary(&fields), "----CorsacFormBoundary00000001");
    }

    #[test]
    fn a_form_is_written_field_by_field() {
        let (bytes, content_type) = extract(&Body::Multipart(vec![("a\"".into(), "1".into())]));
        assert_eq!(
            String::from_utf8_lossy(&bytes),
            "------CorsacFormBoundary00000000\r\nContent-Disposition: form-data; name=\"a%22\"\r\n\r\n1\r\n\
             ------CorsacFormBoundary00000000--\r\n"
        );
        assert_eq!(
            content_type.as_deref(),
            Some("multipart/form-data; boundary=----CorsacFormBoundary00000000")
        );
    }
}
