//! Apache.

/// A double-quoted value of Apache's `Header`, in which `%` begins a variable and `${` a definition.
pub(crate) fn apache_format(text: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter) && !matches!(letter, '"' | '\\');
    let defined = text.contains("${") || text.starts_with("expr=");
    (text.chars().all(plain) && !defined).then(|| format!("\"{}\"", text.replace('%', "%%")))
}

/// A regular expression between hashes, inside of a double-quoted expression of Apache.
pub(crate) fn apache_regex(expression: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter) && !matches!(letter, '"' | '#');
    let escaped = expression.contains("\\\\") || expression.ends_with('\\');
    let sound = expression.chars().all(plain) && !escaped && !expression.contains("${");
    sound.then(|| format!("m#{expression}#"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn apache_reads_no_more_than_a_text(text in hostile()) {
            if let Some(quoted) = apache_format(&text) {
                let inner = &quoted[1..quoted.len() - 1];
                let special = inner.contains(['"', '\\', '\n']) || inner.contains("${");
                prop_assert!(!special && !inner.replace("%%", "").contains('%'));
                prop_assert_eq!(inner.replace("%%", "%"), text.clone());
            }
            if let Some(quoted) = apache_regex(&text) {
                let inner = &quoted[2..quoted.len() - 1];
                let special = inner.contains(['"', '#', '\n']) || inner.contains("${");
                prop_assert!(inner == text && !special);
            }
        }
    }
}
