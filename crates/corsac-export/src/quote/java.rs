//! Java.

/// A string literal of Java, which reads `\u0022` as a quote before it reads anything else: so what is below U+0100 is
/// written in octal.
fn java_string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    let mut units = [0; 2];
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            ' '..='~' => quoted.push(letter),
            '\0'..='\u{ff}' => quoted.push_str(&format!("\\{:03o}", u32::from(letter))),
            _ => {
                for unit in letter.encode_utf16(&mut units) {
                    quoted.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    format!("\"{quoted}\"")
}

/// A list of Java.
pub(crate) fn java_list<Text: AsRef<str>>(texts: &[Text]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| java_string(text.as_ref())).collect();
    format!("List.of({})", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(java_string("a\"\n\u{2028}"), r#""a\"\012\u2028""#);
    }

    /// What Java makes of a string literal: <https://docs.oracle.com/javase/specs/jls/se17/html/jls-3.html#jls-3.10.5>.
    fn java_text(quoted: &str) -> Option<String> {
        // First of all, whatever is around it: `\uXXXX`, unless its backslash is itself escaped.
        let (mut units, mut escaped) = (Vec::new(), false);
        let mut letters = quoted.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter == '\\' && !escaped && letters.next_if_eq(&'u').is_some() {
                let digits: String = letters.by_ref().take(4).collect();
                units.push(u16::from_str_radix(&digits, 16).ok()?);
                continue;
            }
            escaped = letter == '\\' && !escaped;
            units.push(u16::try_from(u32::from(letter)).ok()?);
        }
        let literal = String::from_utf16(&units).ok()?;
        let mut letters = literal.strip_prefix('"')?.strip_suffix('"')?.chars();
        let mut text = String::new();
        while let Some(letter) = letters.next() {
            text.push(match letter {
                '"' | '\n' | '\r' => return None,
                '\\' => match letters.next()? {
                    plain @ ('"' | '\\') => plain,
                    first @ '0'..='3' => {
                        let digits: String = std::iter::once(first).chain(letters.by_ref().take(2)).collect();
                        char::from_u32(u32::from_str_radix(&digits, 8).ok()?)?
                    }
                    _ => return None,
                },
                _ => letter,
            });
        }
        Some(text)
    }

    proptest! {
        #[test]
        fn java_reads_a_string_back_as_it_was(text in hostile()) {
            let quoted = java_string(&text);
            prop_assert!(quoted.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert_eq!(java_text(&quoted), Some(text));
        }
    }
}
