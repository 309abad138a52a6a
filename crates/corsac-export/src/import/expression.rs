//! A regular expression read back as origin patterns: only those whose every match is a match of the patterns, and the other
//! way round, of all that browsers can send.
//!
//! The expression has to match a whole text; whether the server sees to that is for its reader to know. Anchors may be
//! written or not. It is the counterpart of `crate::pattern`.

/// The patterns. `Err` says what in the expression has no equal.
pub(crate) fn read(expression: &str) -> Result<Vec<String>, String> {
    let mut patterns = Vec::new();
    for alternative in alternatives(strip_group(strip_anchors(expression)))? {
        let alternative = strip_anchors(alternative);
        let mut read = one(alternative)?;
        patterns.append(&mut read);
    }
    Ok(patterns)
}

fn strip_anchors(expression: &str) -> &str {
    let expression = expression.strip_prefix('^').unwrap_or(expression);
    match expression.strip_suffix('$') {
        // `\$` is a dollar.
        Some(rest) if rest.chars().rev().take_while(|letter| *letter == '\\').count() % 2 == 0 => rest,
        _ => expression,
    }
}

/// What is in a group that is all there is.
fn strip_group(expression: &str) -> &str {
    let Some(rest) = expression.strip_prefix('(') else { return expression };
    let inner = rest.strip_prefix("?:").unwrap_or(rest);
    match closing(rest) {
        Some(end) if end + 1 == rest.len() => &inner[..inner.len() - 1],
        _ => expression,
    }
}

/// Where the group ends in which this text begins.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut escaped) = (0_usize, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// What stands between the bars that are in no group.
fn alternatives(expression: &str) -> Result<Vec<&str>, String> {
    let (mut parts, mut begin, mut depth, mut escaped) = (Vec::new(), 0, 0_usize, false);
    for (at, letter) in expression.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1).ok_or("a bracket that was never opened")?,
            '|' if depth == 0 => {
                parts.push(&expression[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&expression[begin..]);
    Ok(parts)
}

/// Any subdomain, one or more labels deep: the rest of the text says where the host ends, and what browsers send has no other
/// place for what these match.
const SUBDOMAINS: &[&str] = &[
    r"([a-z0-9_-]+\.)+",
    r"(?:[a-z0-9_-]+\.)+",
    r"(.+\.)+",
    r"(?:.+\.)+",
    r"(.+\.)",
    r"(?:.+\.)",
    r".+\.",
    r"(.*\.)",
    r"(?:.*\.)",
    r".*\.",
];

/// The same, and the base itself.
const SUBDOMAINS_OR_NONE: &[&str] =
    &[r"([a-z0-9_-]+\.)*", r"(?:[a-z0-9_-]+\.)*", r"(.+\.)?", r"(?:.+\.)?", r"(.*\.)?", r"(?:.*\.)?"];

/// Any port, and the default one, which is not said.
const ANY_PORT: &[&str] = &[
    r"(:[1-9][0-9]{0,4})?",
    r"(?::[1-9][0-9]{0,4})?",
    r"(:\d+)?",
    r"(?::\d+)?",
    r"(:[0-9]+)?",
    r"(?::[0-9]+)?",
    r"(:\d{1,5})?",
    r"(?::\d{1,5})?",
    r"(:[0-9]{1,5})?",
    r"(?::[0-9]{1,5})?",
];

fn strip_one_of<'a>(text: &'a str, forms: &[&str]) -> Option<&'a str> {
    forms.iter().find_map(|form| text.strip_prefix(form))
}

/// One alternative: a scheme, subdomains, a host, a port.
fn one(expression: &str) -> Result<Vec<String>, String> {
    if matches!(expression, ".*" | ".+") {
        return Ok(vec!["*".to_owned()]);
    }
    let (schemes, rest) = match expression.strip_prefix("https?") {
        Some(rest) => (vec!["http".to_owned(), "https".to_owned()], rest),
        None => {
            let (scheme, rest) = literal(expression, ":")?;
            (vec![scheme], rest)
        }
    };
    if rest.is_empty() && schemes == ["null"] {
        return Ok(schemes);
    }
    let rest = ["://", r":\/\/", r"\:\/\/", r"\://"]
        .iter()
        .find_map(|form| rest.strip_prefix(form))
        .ok_or_else(|| match rest {
            "" => "no `://` after a scheme".to_owned(),
            _ => format!("`{rest}` where `://` should be"),
        })?;
    let (prefixes, rest): (&[&str], &str) = if let Some(rest) = strip_one_of(rest, SUBDOMAINS_OR_NONE) {
        (&["", "*."], rest)
    } else if let Some(rest) = strip_one_of(rest, SUBDOMAINS) {
        (&["*."], rest)
    } else {
        (&[""], rest)
    };
    let (host, rest) = literal(rest, "(")?;
    let port = match rest {
        "" => "",
        _ if ANY_PORT.contains(&rest) => ":*",
        _ => return Err(no_equal(rest)),
    };
    let mut patterns = Vec::new();
    for scheme in &schemes {
        patterns.extend(prefixes.iter().map(|prefix| format!("{scheme}://{prefix}{host}{port}")));
    }
    Ok(patterns)
}

/// Letters that stand for themselves, up to one of `ends`, and the rest.
fn literal<'a>(text: &'a str, ends: &str) -> Result<(String, &'a str), String> {
    let mut read = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            letter if ends.contains(letter) => return Ok((read, &text[at..])),
            '\\' => match letters.next() {
                // `\:` of the scheme ends it.
                Some((_, ':')) if ends == ":" => return Ok((read, &text[at..])),
                Some((_, letter)) if letter.is_ascii_punctuation() => read.push(letter),
                _ => return Err(no_equal(&text[at..])),
            },
            '.' => return Err(format!("the `.` in `{text}`, which is any letter: write `\\.`")),
            '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => {
                return Err(no_equal(&text[at..]));
            }
            letter => read.push(letter),
        }
    }
    Ok((read, ""))
}

fn no_equal(part: &str) -> String {
    format!("`{part}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Pattern;

    #[test]
    fn what_an_export_writes_is_read_back() {
        for pattern in [
            "https://app.example",
            "https://app.example:8443",
            "https://*.app.example",
            "http://localhost:*",
            "https://*.app.example:*",
            "http://[::1]:3000",
            "http://[::1]:*",
            "web+app://host",
            "null",
        ] {
            let written = Pattern::new(pattern);
            assert_eq!(read(&written.anchored()), Ok(vec![pattern.to_owned()]));
            assert_eq!(read(&written.expression()), Ok(vec![pattern.to_owned()]));
        }
    }

    #[test]
    fn what_people_write_is_read_where_it_means_the_same() {
        for (expression, patterns) in [
            (r"^https:\/\/(.+\.)?app\.example$", &["https://app.example", "https://*.app.example"][..]),
            (r"https?://localhost(:\d+)?", &["http://localhost:*", "https://localhost:*"]),
            (r"^(https://a\.example|https://b\.example)$", &["https://a.example", "https://b.example"]),
            (r"^https://a\.example$|^https://b\.example$", &["https://a.example", "https://b.example"]),
            (r"(?:https://.*\.a\.example)", &["https://*.a.example"]),
            ("^.*$", &["*"]),
        ] {
            let patterns: Vec<String> = patterns.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(read(expression), Ok(patterns), "{expression}");
        }
    }

    #[test]
    fn what_has_no_equal_is_refused() {
        for (expression, complaint) in [
            (".*a", "any letter"),
            ("", "no `://`"),
            (r"^https://app.example$", "write `\\.`"),
            (r"^https://[^.]+\.app\.example$", r"`[^.]+\.app\.example`"),
            (r"^https://([a-z]+\.)+app\.example$", r"`([a-z]+\.)+app\.example`"),
            (r"^https://app\.example:\d+$", r"`\d+`"),
            (r"^http.?://app\.example$", "any letter"),
            (r"^https://app\.(example|test)$", r"`(example|test)`"),
            (r"https://app\.example)", "never opened"),
            (r"(?i)https://app\.example", "`(?i)https"),
            (r"https://a\.example.*", "any letter"),
            (r"https://a\.example|", "no `://`"),
        ] {
            let error = read(expression).expect_err(expression);
            assert!(error.contains(complaint), "{expression}: {error}");
        }
    }
}
