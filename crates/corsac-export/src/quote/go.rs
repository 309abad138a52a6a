//! Go.

/// A string literal of Go, with its escapes.
pub(crate) fn go_string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            ' '..='~' => quoted.push(letter),
            _ => quoted.push_str(&format!("\\U{:08x}", u32::from(letter))),
        }
    }
    format!("\"{quoted}\"")
}

/// A list literal of Go.
pub(crate) fn go_list<Text: AsRef<str>>(texts: &[Text]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| go_string(text.as_ref())).collect();
    format!("[]string{{{}}}", quoted.join(", "))
}

/// A raw string literal of Go, in which nothing is read but the backquote that ends it.
pub(crate) fn go_raw(expression: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter) && letter != '`';
    expression.chars().all(plain).then(|| format!("`{expression}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(go_string("a\"b\\\n"), r#""a\"b\\\U0000000a""#);
    }

    /// What Go makes of a string literal: <https://go.dev/ref/spec#String_literals>.
    fn go_text(quoted: &str) -> Option<String> {
        let mut letters = quoted.strip_prefix('"')?.strip_suffix('"')?.chars();
        let mut text = String::new();
        while let Some(letter) = letters.next() {
            text.push(match letter {
                '"' | '\n' => return None,
                '\\' => match letters.next()? {
                    plain @ ('"' | '\\') => plain,
                    'U' => {
                        let digits: String = letters.by_ref().take(8).collect();
                        char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                    }
                    _ => return None,
                },
                _ => letter,
            });
        }
        Some(text)
    }

    proptest! {
        #[test]
        fn go_reads_a_string_back_as_it_was(text in hostile()) {
            let quoted = go_string(&text);
            prop_assert!(quoted.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert_eq!(go_text(&quoted), Some(text.clone()));
            if let Some(quoted) = go_raw(&text) {
                let inner = &quoted[1..quoted.len() - 1];
                prop_assert!(inner == text && !inner.contains(['`', '\n', '\r']));
            }
        }
    }
}
