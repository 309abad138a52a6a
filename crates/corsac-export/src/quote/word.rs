//! Words between single quotes: of a shell, and of HAProxy.

/// A single-quoted word of a shell, in which nothing is read but the quote that ends it.
pub(crate) fn shell(text: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter);
    text.chars().all(plain).then(|| format!("'{}'", text.replace('\'', r"'\''")))
}

/// A single-quoted word of HAProxy, in which nothing is read but the quote that ends it.
pub(crate) fn haproxy(text: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter);
    text.chars().all(plain).then(|| format!("'{}'", text.replace('\'', r"'\''")))
}

/// The same where the word is a log format, in which `%` begins a variable.
pub(crate) fn haproxy_format(text: &str) -> Option<String> {
    haproxy(&text.replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(haproxy("it's"), Some(r"'it'\''s'".to_owned()));
        assert_eq!(haproxy_format("x-%[src]"), Some("'x-%%[src]'".to_owned()));
    }

    /// What HAProxy makes of one word: <https://docs.haproxy.org/2.8/configuration.html#2.2>.
    fn haproxy_word(quoted: &str) -> Option<String> {
        let (mut word, mut inside) = (String::new(), false);
        let mut letters = quoted.chars();
        while let Some(letter) = letters.next() {
            match (letter, inside) {
                ('\'', _) => inside = !inside,
                (_, true) => word.push(letter),
                ('\\', false) => word.push(letters.next()?),
                _ => return None,
            }
        }
        (!inside).then_some(word)
    }

    proptest! {
        #[test]
        fn haproxy_reads_a_word_back_as_it_was(text in hostile()) {
            if let Some(quoted) = haproxy(&text) {
                prop_assert_eq!(haproxy_word(&quoted), Some(text));
            }
        }

        #[test]
        fn a_shell_reads_a_word_back_as_it_was(text in hostile()) {
            if let Some(quoted) = shell(&text) {
                // Between quotes it is read as HAProxy reads it.
                prop_assert_eq!(haproxy_word(&quoted), Some(text));
            }
        }

        #[test]
        fn a_format_has_no_variable(text in hostile()) {
            if let Some(word) = haproxy_format(&text).and_then(|quoted| haproxy_word(&quoted)) {
                prop_assert!(!word.replace("%%", "").contains('%'));
                prop_assert_eq!(word.replace("%%", "%"), text);
            }
        }
    }
}
