//! Values in the words of another language, so that none of them can break out.
//!
//! Origins, methods and header names are ASCII by the time they get here, but tokens may hold quotes and dollars.

/// A string literal of JavaScript.
pub(super) fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            _ if letter.is_ascii() && !letter.is_ascii_control() => quoted.push(letter),
            _ => quoted.push_str(&format!("\\u{:04x}", u32::from(letter))),
        }
    }
    quoted.push('"');
    quoted
}

/// An argument in a shell.
pub(super) fn shell(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-_[]@%+=,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) && !text.contains(['[', ']']) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(string(r#"a"b\c"#), r#""a\"b\\c""#);
        assert_eq!(string("a\u{7f}\u{2028}"), r#""a\u007f\u2028""#);
        assert_eq!(shell("it's"), r"'it'\''s'");
        assert_eq!(shell("https://app.example:8443"), "https://app.example:8443");
    }
}
