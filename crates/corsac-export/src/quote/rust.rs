//! Rust.

/// A string literal of Rust.
pub(crate) fn rust(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            ' '..='~' => quoted.push(letter),
            _ => quoted.push_str(&format!("\\u{{{:x}}}", u32::from(letter))),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rust_reads_a_string_back_as_it_was(text in hostile()) {
            let literal: syn::LitStr = syn::parse_str(&rust(&text)).expect("one string");
            prop_assert_eq!(literal.value(), text);
        }
    }
}
