//! Names and comments, which are written without quotes.

/// The name of a header as people write it: `Access-Control-Max-Age`.
pub(crate) fn title_case(name: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(1.min(word.len()));
        first.to_ascii_uppercase() + rest
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

/// A name that every configuration language takes for a variable: small letters, digits and underscores, as many as nginx
/// takes of them without being told to. Two names never make one: nginx gives the variables of both the values of the last.
pub(crate) fn identifier(name: &str) -> String {
    const LONGEST: usize = 24;
    let letter = |letter: char| match letter.to_ascii_lowercase() {
        letter @ ('a'..='z' | '0'..='9') => letter,
        _ => '_',
    };
    let plain: String = name.chars().map(letter).collect();
    if plain == name && plain.len() <= LONGEST {
        return plain;
    }
    let begin: String = plain.chars().take(LONGEST - 9).collect();
    format!("{begin}_{:08x}", fingerprint(name))
}

/// The name of a resource of Kubernetes: at most 63 small letters, digits and hyphens, no hyphen at an end. Two names never
/// make one, or the lines of one policy would take the place of another's.
pub(crate) fn dns_label(before: &str, name: &str) -> String {
    const LONGEST: usize = 63;
    let letter = |letter: char| match letter.to_ascii_lowercase() {
        letter @ ('a'..='z' | '0'..='9') => letter,
        _ => '-',
    };
    let whole = format!("{before}-{name}");
    let label: String = whole.chars().map(letter).collect();
    if label == whole && label.len() <= LONGEST && !label.ends_with('-') {
        return label;
    }
    let begin: String = label.chars().take(LONGEST - 9).collect();
    format!("{}-{:08x}", begin.trim_end_matches('-'), fingerprint(name))
}

/// A few digits that stand for a text: FNV-1a.
fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A text in a comment that ends with its line. JavaScript ends lines at U+2028 too, so that only letters, digits and what
/// ASCII prints are left; and no backslash, since Java reads `\u000a` as the end of a line in comments too.
pub(crate) fn one_line(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || ((' '..='~').contains(&letter) && letter != '\\');
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
    fn two_names_never_make_one() {
        let names =
            ["a-b", "a_b", "A_b", "a.b", "ä", "ö", "a_", "a", "x".repeat(70).leak(), "x".repeat(71).leak()];
        let distinct = |made: fn(&str) -> String| {
            names.iter().map(|name| made(name)).collect::<std::collections::HashSet<_>>().len()
        };
        assert_eq!(distinct(identifier), names.len());
        assert_eq!(distinct(|name| dns_label("cors", name)), names.len());
        assert!(names.iter().all(|name| identifier(name).len() <= 24 && dns_label("cors", name).len() <= 63));
    }

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(identifier("app_1"), "app_1");
        assert_eq!(identifier("my App-1"), "my_app_1_87f7e5ba");
        assert_eq!(dns_label("cors", "my-app"), "cors-my-app");
        assert_eq!(dns_label("cors", "my App_1\n!"), "cors-my-app-1-93368779");
        assert_eq!(one_line(r"a\u000aimport b;"), "a u000aimport b;");
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
