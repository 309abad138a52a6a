//! Bodies: the bytes, and the type a browser gives them where the script gives none.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-bodyinit-extract>

use crate::Body;

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
