//! Bodies: the bytes, and the type a browser gives them where the script gives none.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-bodyinit-extract>

use data_url::mime::Mime;

use crate::safelist::isomorphic_decode;
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
pub(crate) fn with_charset(content_type: &[u8], body: &Body, browser: Browser) -> Option<Vec<u8>> {
    let is_form = matches!(body, Body::UrlEncoded(_));
    let is_text = matches!(body, Body::Text(_)) || (is_form && browser.has(Quirk::XhrCharsetOfForms));
    if !is_text {
        return None;
    }
    if browser.has(Quirk::XhrCharsetInPlace) {
        return Some(with_charset_in_place(content_type, false));
    }
    if is_form && browser.has(Quirk::XhrCharsetOfFormsInPlace) {
        return Some(with_charset_in_place(content_type, true));
    }
    let mut mime: Mime = isomorphic_decode(content_type).parse().ok()?;
    let (_, charset) = mime.parameters.iter_mut().find(|(name, _)| name == "charset")?;
    if charset.eq_ignore_ascii_case("UTF-8") {
        return None;
    }
    "UTF-8".clone_into(charset);
    // Every character was a byte, and those written anew are ASCII.
    mime.to_string().chars().map(|character| u8::try_from(character).ok()).collect()
}

/// The type with `UTF-8` for every charset in it, and nothing else changed: what engines do that look for the word
/// instead of reading the type. One that reads `values` takes them with their quotes, ends them at commas, too, and
/// leaves those that say UTF-8.
fn with_charset_in_place(content_type: &[u8], values: bool) -> Vec<u8> {
    const WORD: &[u8] = b"charset";
    let mut rewritten = Vec::with_capacity(content_type.len());
    let mut at = 0;
    while let Some(&byte) = content_type.get(at) {
        let is_start = at == 0 || matches!(content_type[at - 1], b';' | 0..=b' ');
        let rest = &content_type[at..];
        if is_start && rest.len() > WORD.len() && rest[..WORD.len()].eq_ignore_ascii_case(WORD) {
            let skip = |from: usize, skipped: &[u8]| {
                from + rest[from..].iter().take_while(|byte| skipped.contains(byte)).count()
            };
            let equals = skip(WORD.len(), b" ");
            if rest.get(equals) == Some(&b'=') {
                let start = skip(equals + 1, if values { b" " } else { b" \"'" });
                let is_inside = |byte: &&u8| match byte {
                    b'"' | b'\'' | b',' => values != (**byte == b','),
                    b';' | 0..=b' ' => false,
                    _ => true,
                };
                let length = rest[start..].iter().take_while(is_inside).count();
                let value = &rest[start..start + length];
                let is_kept = value.is_empty() || (values && value.eq_ignore_ascii_case(b"UTF-8"));
                rewritten.extend_from_slice(&rest[..start]);
                rewritten.extend_from_slice(if is_kept { value } else { b"UTF-8" });
                at += start + length;
                continue;
            }
        }
        rewritten.push(byte);
        at += 1;
    }
    rewritten
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
    fn every_charset_is_replaced_where_it_stands() {
        for (written, sent) in [
            ("text/plain; charset=utf-8; a=b", "text/plain; charset=UTF-8; a=b"),
            ("text/plain;Charset = 'latin1'", "text/plain;Charset = 'UTF-8'"),
            ("text/plain; charset=\"x\";charset=y", "text/plain; charset=\"UTF-8\";charset=UTF-8"),
            ("text/plain; xcharset=a", "text/plain; xcharset=a"),
            ("text/plain; charset=;a", "text/plain; charset=;a"),
            ("charset", "charset"),
            ("", ""),
        ] {
            assert_eq!(String::from_utf8_lossy(&with_charset_in_place(written.as_bytes(), false)), sent);
        }
    }

    #[test]
    fn values_end_at_commas_and_have_quotes() {
        for (written, sent) in [
            ("text/plain; charset=\"utf-8\"", "text/plain; charset=UTF-8"),
            (
                "text/plain; charset=utf-8, text/plain;charset=x",
                "text/plain; charset=utf-8, text/plain;charset=UTF-8",
            ),
            ("text/plain;charset=x;charset=y", "text/plain;charset=UTF-8;charset=UTF-8"),
        ] {
            assert_eq!(String::from_utf8_lossy(&with_charset_in_place(written.as_bytes(), true)), sent);
        }
    }

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
