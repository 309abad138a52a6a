//! PHP.

/// A string literal of PHP between single quotes, in which nothing is read but the quote and the backslash.
fn php_string(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A list literal of PHP.
pub(crate) fn php_list<Text: AsRef<str>>(texts: &[Text]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| php_string(text.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(php_string(r"it's \n $a"), r"'it\'s \\n $a'");
    }

    /// What PHP makes of a string between single quotes: <https://www.php.net/manual/en/language.types.string.php>.
    fn php_text(quoted: &str) -> Option<String> {
        let mut letters = quoted.strip_prefix('\'')?.strip_suffix('\'')?.chars().peekable();
        let mut text = String::new();
        while let Some(letter) = letters.next() {
            text.push(match letter {
                '\'' => return None,
                '\\' => letters.next_if(|next| matches!(next, '\'' | '\\'))?,
                _ => letter,
            });
        }
        Some(text)
    }

    proptest! {
        #[test]
        fn php_reads_a_string_back_as_it_was(text in hostile()) {
            prop_assert_eq!(php_text(&php_string(&text)), Some(text));
        }
    }
}
