//! Literals that JavaScript, Python and C# read alike.

/// A string literal of JavaScript, Python or C#: all three read JSON's escapes.
pub(crate) fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            ' '..='~' => quoted.push(letter),
            _ => push_units(&mut quoted, letter),
        }
    }
    quoted.push('"');
    quoted
}

/// A letter as UTF-16, which JavaScript takes; what is outside of it never gets here.
pub(super) fn push_units(quoted: &mut String, letter: char) {
    for unit in letter.encode_utf16(&mut [0; 2]) {
        quoted.push_str(&format!("\\u{unit:04x}"));
    }
}

/// A list literal of JavaScript or Python.
pub(crate) fn list<Text: AsRef<str>>(texts: &[Text]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| string(text.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

/// A truth value of Python.
pub(crate) fn python_bool(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(string(r#"a"b\c"#), r#""a\"b\\c""#);
        assert_eq!(string("a\u{7f}\u{2028}"), r#""a\u007f\u2028""#);
    }

    proptest! {
        #[test]
        fn a_string_is_read_back_as_it_was(text in hostile()) {
            let quoted = string(&text);
            prop_assert!(quoted.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            // TOML's basic strings have the same escapes for all but halves of pairs.
            if text.chars().all(|letter| u32::from(letter) < 0x1_0000) {
                let table: toml::Table = format!("a = {quoted}").parse().expect("one string");
                prop_assert_eq!(table["a"].as_str(), Some(&*text));
            }
        }

        #[test]
        fn yaml_reads_a_string_back_as_it_was(text in hostile()) {
            // A double-quoted scalar of YAML has JSON's escapes: <https://yaml.org/spec/1.2.2/#escape-sequences>.
            if text.chars().all(|letter| u32::from(letter) < 0x1_0000) {
                prop_assert_eq!(serde_json::from_str::<String>(&string(&text)).ok(), Some(text));
            }
        }
    }
}
