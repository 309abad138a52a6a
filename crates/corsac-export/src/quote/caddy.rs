//! Caddy.

/// A double-quoted text of Caddy, or nothing where it cannot be written: braces begin a placeholder there.
pub(crate) fn caddy(text: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter) && !matches!(letter, '"' | '\\' | '{' | '}');
    text.chars().all(plain).then(|| format!("\"{text}\""))
}

/// An expression of Caddy between backquotes, in which nothing is read but variables of the environment, `{$`.
pub(crate) fn caddy_raw(expression: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter) && letter != '`';
    (expression.chars().all(plain) && !expression.contains("{$")).then(|| format!("`{expression}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn caddy_reads_no_more_than_a_text(text in hostile()) {
            if let Some(quoted) = caddy(&text) {
                let inner = &quoted[1..quoted.len() - 1];
                let special = inner.contains(['"', '\\', '{', '}', '\n']);
                prop_assert!(inner == text && !special);
            }
            if let Some(quoted) = caddy_raw(&text) {
                let inner = &quoted[1..quoted.len() - 1];
                let special = inner.contains(['`', '\n']) || inner.contains("{$");
                prop_assert!(inner == text && !special);
            }
        }
    }
}
