//! nginx.

/// A double-quoted text of nginx that is not an expression, or nothing where it cannot be written: a dollar begins a
/// variable there, and nothing can take that from it.
pub(crate) fn nginx(text: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter) && !matches!(letter, '$' | '"' | '\\');
    text.chars().all(plain).then(|| format!("\"{text}\""))
}

/// A regular expression as the key of a map of nginx, which reads no variables in it.
pub(crate) fn nginx_regex(expression: &str) -> Option<String> {
    // nginx reads `\"`, `\'`, `\\`, `\n`, `\r` and `\t` itself; other pairs reach the expression as they are.
    let mut letters = expression.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.next().is_some_and(|next| r".+*?()|[]{}^$".contains(next)) => {}
            '"' | '\\' => return None,
            ' '..='~' => {}
            _ => return None,
        }
    }
    Some(format!("\"~{expression}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(nginx("x-$request_id"), None);
        assert_eq!(nginx("x'y"), Some("\"x'y\"".to_owned()));
        assert_eq!(nginx_regex(r"^a\.b$"), Some("\"~^a\\.b$\"".to_owned()));
        assert_eq!(nginx_regex("a\"b"), None);
    }

    /// What nginx makes of a double-quoted text: `ngx_conf_read_token`.
    fn nginx_word(quoted: &str) -> Option<String> {
        let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
        let mut word = String::new();
        let mut letters = inner.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '"' => return None,
                '\\' => match letters.peek() {
                    None | Some('"' | '\'' | '\\' | 't' | 'r' | 'n') => return None,
                    Some(_) => word.push('\\'),
                },
                _ => word.push(letter),
            }
        }
        Some(word)
    }

    proptest! {
        #[test]
        fn nginx_reads_a_text_back_as_it_was(text in hostile()) {
            if let Some(quoted) = nginx(&text) {
                prop_assert!(!quoted.contains('$'));
                prop_assert_eq!(nginx_word(&quoted), Some(text));
            }
        }

        #[test]
        fn nginx_reads_an_expression_back_as_it_was(text in hostile()) {
            if let Some(quoted) = nginx_regex(&text) {
                prop_assert_eq!(nginx_word(&quoted), Some(format!("~{text}")));
            }
        }
    }
}
