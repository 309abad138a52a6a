//! Expressions of C#, whose other strings are those of JavaScript.

/// A verbatim string literal of C#, in which nothing is read but the quote that ends it.
pub(crate) fn csharp_verbatim(expression: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter) && letter != '"';
    expression.chars().all(plain).then(|| format!("@\"{expression}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(csharp_verbatim(r"\Aa\z"), Some(r#"@"\Aa\z""#.to_owned()));
        assert_eq!(csharp_verbatim("a\"b"), None);
    }

    proptest! {
        #[test]
        fn c_sharp_reads_no_more_than_a_text(text in hostile()) {
            if let Some(quoted) = csharp_verbatim(&text) {
                let inner = &quoted[2..quoted.len() - 1];
                prop_assert!(inner == text && !inner.contains(['"', '\n', '\r']));
            }
        }
    }
}
