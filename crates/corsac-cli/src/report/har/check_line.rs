//! The command that makes a recorded call anew, for what the recording leaves open.

use corsac_browser::{Call, CredentialsMode, Mode, Page};

use crate::report::{shown, shown_url};

/// `corsac check …`, as it can be typed; secrets are left for the person to fill in.
pub(super) fn check_line(page: &Page, call: &Call) -> String {
    let mut words = vec!["corsac check".to_owned(), quoted(shown_url(&call.url).as_str())];
    words.push(format!("--origin {}", quoted(&page.origin.to_string())));
    let method = corsac::normalize_method(&call.method);
    if method != "GET" {
        words.push(format!("-X {}", quoted(method)));
    }
    for (name, value) in call.headers.iter() {
        words.push(format!("-H {}", quoted(&format!("{name}: {}", shown(name, value)))));
    }
    if call.credentials == CredentialsMode::Include {
        words.push("--credentials include".to_owned());
    }
    if call.mode != Mode::Cors {
        words.push(format!("--mode {}", call.mode));
    }
    words.join(" ")
}

/// A word for the shell, in quotes where it needs them.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-._~:/@%+,=".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_typed_and_tells_no_secret() {
        let page = Page::of("https://app.example".parse().expect("an origin"));
        let mut call = Call::new("https://api.example/a?b=it's".parse().expect("a URL"));
        call.method = "put".into();
        call.headers.append("Authorization", "Bearer s3cret");
        call.credentials = CredentialsMode::Include;
        assert_eq!(
            check_line(&page, &call),
            "corsac check 'https://api.example/a?b=it%27s' --origin https://app.example -X PUT \
             -H 'Authorization: (hidden)' --credentials include"
        );
    }
}
