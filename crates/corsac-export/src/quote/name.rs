//! Names and comments, which are written without quotes.

/// The name of a header as people write it: `Access-Control-Max-Age`.
pub(crate) fn title_case(name: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(1.min(word.len()));
        first.to_ascii_uppercase() + rest
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

/// A name that every configuration language takes for a variable: small letters, digits and underscores.
pub(crate) fn identifier(name: &str) -> String {
    let letter = |letter: char| match letter.to_ascii_lowercase() {
        letter @ ('a'..='z' | '0'..='9') => letter,
        _ => '_',
    };
    name.chars().map(letter).collect()
}

/// The name of a resource of Kubernetes: at most 63 small letters, digits and hyphens, no hyphen at an end.
pub(crate) fn dns_label(before: &str, name: &str) -> String {
    let letter = |letter: char| match letter.to_ascii_lowercase() {
        letter @ ('a'..='z' | '0'..='9') => letter,
        _ => '-',
    };
    let label: String = format!("{before}-{name}").chars().map(letter).take(63).collect();
    label.trim_end_matches('-').to_owned()
}

/// A text in a comment that ends with its line. JavaScript ends lines at U+2028 too, so that only letters, digits and what
/// ASCII prints are left.
pub(crate) fn one_line(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || (' '..='~').contains(&letter);
    let line: String = text.chars().map(|letter| if plain(letter) { letter } else { ' ' }).collect();
    // PHP ends with the one, in comments too; what is a template before it is YAML has no comments at all.
    line.replace("?>", "? ").replace("{{", "{ {").replace("{{", "{ {")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(identifier("my App-1"), "my_app_1");
        assert_eq!(dns_label("cors", "my App_1\n!"), "cors-my-app-1");
        assert_eq!(one_line("a ??>> b\nc"), "a ?? > b c");
    }

    proptest! {
        #[test]
        fn a_comment_stays_on_its_line(text in hostile()) {
            let ends_a_line = |letter: char| letter.is_control() || "\u{2028}\u{2029}".contains(letter);
            let comment = one_line(&(text + "\u{2028}"));
            prop_assert!(!comment.contains(ends_a_line));
            prop_assert!(!comment.contains("?>") && !comment.contains("{{"));
        }

    }
}
