//! Methods: which need permission, which never get it, and how a browser spells them.
//!
//! Spec: <https://fetch.spec.whatwg.org/#methods>

/// Whether a browser sends the method without asking first: `#cors-safelisted-method`.
#[must_use]
pub fn is_safelisted_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

/// Whether a script can never send the method: `#forbidden-method`.
#[must_use]
pub fn is_forbidden_method(method: &str) -> bool {
    ["CONNECT", "TRACE", "TRACK"].iter().any(|forbidden| method.eq_ignore_ascii_case(forbidden))
}

/// The method as a browser sends it: `#concept-method-normalize`.
///
/// Only six names are put in upper case; `patch` stays `patch`, and is another method than `PATCH`.
#[must_use]
pub fn normalize_method(method: &str) -> &str {
    ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]
        .into_iter()
        .find(|normal| method.eq_ignore_ascii_case(normal))
        .unwrap_or(method)
}

/// Whether the text is an RFC 9110 token, as method and header names must be.
#[must_use]
pub fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| IS_TOKEN[usize::from(*byte)])
}

const IS_TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'!' | b'#'
                    | b'$'
                    | b'%'
                    | b'&'
                    | b'\''
                    | b'*'
                    | b'+'
                    | b'-'
                    | b'.'
                    | b'^'
                    | b'_'
                    | b'`'
                    | b'|'
                    | b'~'
            );
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};
