//! User names and passwords in URLs, which no message repeats.
//!
//! Errs on the side of hiding: what may be a password is one. Knows nothing of TOML or flags.

use std::ops::Range;

/// What stands where a user name and password stood.
const HIDDEN: &str = "…";

/// A URL without its user name and password.
pub(crate) fn hide_userinfo(url: &str) -> String {
    hide(url, userinfo(url).as_slice())
}

/// The text with one mark for each of the spans that end in it.
pub(crate) fn hide(text: &str, spans: &[Range<usize>]) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = 0;
    for hidden in spans.iter().filter(|span| span.end <= text.len()) {
        shown.push_str(&text[rest..hidden.start]);
        shown.push_str(HIDDEN);
        rest = hidden.end;
    }
    shown.push_str(&text[rest..]);
    shown
}

/// The bytes of a line of TOML that are user names and passwords, in order.
pub(crate) fn userinfos(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < line.len() {
        let rest = &line[start..];
        let (text, length) = match rest.chars().next().filter(|first| matches!(first, '"' | '\'')) {
            Some(quote) => quoted(rest, quote),
            None => {
                let end = rest.find(['"', '\'']).unwrap_or(rest.len());
                (0..end, end)
            }
        };
        let span = userinfo(&rest[text.clone()]);
        found.extend(span.map(|span| start + text.start + span.start..start + text.start + span.end));
        start += length;
    }
    found
}

/// The text between the quote that `rest` begins with and the one that ends it, and the length with both.
fn quoted(rest: &str, quote: char) -> (Range<usize>, usize) {
    let mut escaped = false;
    for (index, character) in rest.char_indices().skip(1) {
        if character == quote && !escaped {
            return (1..index, index + 1);
        }
        escaped = character == '\\' && quote == '"' && !escaped;
    }
    (1..rest.len(), rest.len())
}

/// Where the user name and password of a URL stand, be its scheme forgotten or a slash of the password unescaped.
pub(crate) fn userinfo(url: &str) -> Option<Range<usize>> {
    let start = url.find("://").map_or(0, |scheme| scheme + "://".len());
    let start = start + (url[start..].len() - url[start..].trim_start_matches('/').len());
    let rest = &url[start..];
    let end = rest.rfind('@')?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let port = authority.rsplit_once(':').map_or("", |(_, port)| port);
    let no_port = !authority.ends_with(']') && port.bytes().any(|byte| !byte.is_ascii_digit());
    (authority.contains('@') || no_port).then_some(start..start + end)
}

#[cfg(test)]
mod tests {
    use super::{hide, hide_userinfo, userinfos};

    #[test]
    fn what_may_be_a_password_is_hidden_and_the_rest_is_not() {
        for (written, shown) in [
            ("http://u:p@x:80/y", "http://…@x:80/y"),
            ("http://u:a b@x", "http://…@x"),
            ("u:p@x", "…@x"),
            ("//u:p@x", "//…@x"),
            ("https://u:p/w@x", "https://…@x"),
            ("https://u:p@w@x/@scope", "https://…@scope"),
            ("https://x/@scope", "https://x/@scope"),
            ("https://x:80/@scope", "https://x:80/@scope"),
            ("http://[::1]/@scope", "http://[::1]/@scope"),
            ("/api/", "/api/"),
        ] {
            assert_eq!(hide_userinfo(written), shown);
        }
    }

    #[test]
    fn every_text_of_a_line_is_looked_at() {
        for (written, shown) in [
            ("upstream = \"http://u:p@x\" # 'ftp://v:q@y'", "upstream = \"http://…@x\" # 'ftp://…@y'"),
            ("upstream = \"http://u:it's \\\"a\\\"@x\"", "upstream = \"http://…@x\""),
            ("upstream = \"http://u:p@x", "upstream = \"http://…@x"),
            ("upstream = http://u:p@x", "upstream = http://…@x"),
            ("é = \"u:p@x\"", "é = \"…@x\""),
            ("path = \"/api/\"", "path = \"/api/\""),
        ] {
            assert_eq!(hide(written, &userinfos(written)), shown);
        }
    }
}
