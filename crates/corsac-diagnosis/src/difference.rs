//! How two origins differ, in the words of the person who mixed them up.
//!
//! Compares; knows nothing about which of the two is right.

use corsac::Origin;

/// What the server wrote, held against the origin it should have written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Difference {
    /// The same origin, spelled as no browser spells it; the text says how.
    Spelling(&'static str),
    /// Another origin; the text says what differs.
    Another(String),
    /// No origin at all; the text says what it looks like.
    NoOrigin(&'static str),
}

/// Compares what stands in `Access-Control-Allow-Origin` with the origin that was sent.
pub(crate) fn compare(written: &str, sent: &str) -> Difference {
    let Ok(wanted) = sent.parse::<Origin>() else {
        return Difference::Another(format!("it names {written}, and this page has no origin of its own"));
    };
    if written.is_empty() {
        return Difference::NoOrigin("it is empty, like a setting that nobody has set");
    }
    if is_a_variable(written) {
        return Difference::NoOrigin("it is a variable that was not filled in");
    }
    let unquoted = written.trim_matches(['"', '\'', '`']);
    if unquoted != written {
        let meant = unquoted.parse::<Origin>().is_ok_and(|meant| meant.is_same_origin(&wanted));
        return if meant {
            Difference::Spelling("it is in quotation marks, which are part of the value")
        } else {
            Difference::NoOrigin("it is in quotation marks, which are part of the value")
        };
    }
    if written.contains('*') {
        return Difference::NoOrigin("it is a pattern, and browsers know no patterns here");
    }
    if !written.contains("://") {
        let with_scheme = wanted.as_tuple().map(|tuple| format!("{}://{written}", tuple.scheme()));
        let meant = with_scheme.and_then(|text| url::Url::parse(&text).ok()).map(|url| Origin::of_url(&url));
        return if meant.is_some_and(|meant| meant.is_same_origin(&wanted)) {
            Difference::Spelling("it lacks the scheme")
        } else {
            Difference::NoOrigin("it has no scheme, so it is not an origin")
        };
    }
    let Ok(url) = url::Url::parse(written) else { return Difference::NoOrigin("it is not a URL") };
    let found = Origin::of_url(&url);
    if !found.is_same_origin(&wanted) {
        return Difference::Another(describe(&found, &wanted));
    }
    let tail = written.split_once("://").map_or("", |(_, rest)| rest);
    Difference::Spelling(match tail.find(['/', '?', '#']) {
        Some(at) if &tail[at..] == "/" => "it ends with a slash",
        Some(_) => "it has a path behind the origin",
        None if written.contains(is_invisible) => "it has a letter that cannot be seen",
        None if written.bytes().any(|byte| byte.is_ascii_uppercase()) => "it is not in lower case",
        None => "it is not spelled as browsers spell it (default port, or host in another form)",
    })
}

/// Whether a letter takes no room on a screen, or turns the text around: pasted along, and dropped where a URL is read.
pub(crate) fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Whether a value is a variable by its own name, or what an empty one looks like as text.
fn is_a_variable(written: &str) -> bool {
    written.contains("${")
        || written.starts_with('$')
        || written.starts_with("%{")
        || ["(null)", "undefined", "none", "nil"].contains(&written.to_ascii_lowercase().as_str())
}

/// What differs between two origins.
fn describe(found: &Origin, wanted: &Origin) -> String {
    let (Some(found), Some(wanted)) = (found.as_tuple(), wanted.as_tuple()) else {
        return "it is another origin".into();
    };
    let mut parts = Vec::new();
    if found.scheme() != wanted.scheme() {
        parts.push(format!("the scheme is {} there and {} here", found.scheme(), wanted.scheme()));
    }
    if found.host() != wanted.host() {
        let www = |one: &str, two: &str| one.strip_prefix("www.") == Some(two);
        parts.push(if www(wanted.host(), found.host()) {
            "the `www.` is missing there".into()
        } else if www(found.host(), wanted.host()) {
            "there is a `www.` there and none here".into()
        } else if found.is_loopback() && wanted.is_loopback() {
            format!("{} and {} are the same machine, but two origins", found.host(), wanted.host())
        } else {
            format!("the host is {} there and {} here", found.host(), wanted.host())
        });
    }
    if found.port() != wanted.port() {
        let port = |port: Option<u16>| port.map_or_else(|| "the default one".into(), |port| port.to_string());
        parts.push(format!("the port is {} there and {} here", port(found.port()), port(wanted.port())));
    }
    parts.join(", and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_told_from_other_origins() {
        let sent = "https://www.example.com";
        for (written, wanted) in [
            ("https://www.example.com/", Difference::Spelling("it ends with a slash")),
            ("https://www.example.com/app", Difference::Spelling("it has a path behind the origin")),
            ("https://WWW.example.com", Difference::Spelling("it is not in lower case")),
            ("https://www.example.com\u{200b}", Difference::Spelling("it has a letter that cannot be seen")),
            ("www.example.com", Difference::Spelling("it lacks the scheme")),
            ("example.com", Difference::NoOrigin("it has no scheme, so it is not an origin")),
            (
                "https://*.example.com",
                Difference::NoOrigin("it is a pattern, and browsers know no patterns here"),
            ),
            (
                "\"https://www.example.com\"",
                Difference::Spelling("it is in quotation marks, which are part of the value"),
            ),
            ("'*'", Difference::NoOrigin("it is in quotation marks, which are part of the value")),
            ("", Difference::NoOrigin("it is empty, like a setting that nobody has set")),
            ("(null)", Difference::NoOrigin("it is a variable that was not filled in")),
            ("$http_origin", Difference::NoOrigin("it is a variable that was not filled in")),
            ("https://${HOST}", Difference::NoOrigin("it is a variable that was not filled in")),
            ("https://example.com", Difference::Another("the `www.` is missing there".into())),
            ("http://www.example.com", Difference::Another("the scheme is http there and https here".into())),
        ] {
            assert_eq!(compare(written, sent), wanted, "{written}");
        }
        assert_eq!(
            compare("http://localhost:3000", "http://127.0.0.1:5173"),
            Difference::Another(
                "localhost and 127.0.0.1 are the same machine, but two origins, \
                 and the port is 3000 there and 5173 here"
                    .into()
            )
        );
    }
}
