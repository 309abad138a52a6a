//! Expressions of JavaScript.

use super::literal::push_units;

/// A regular expression literal of JavaScript, of an expression that is whole: its brackets are closed, and something follows
/// every backslash.
pub(crate) fn js_regex(expression: &str) -> String {
    let mut literal = String::from("/");
    let mut is_escaped = false;
    for letter in expression.chars() {
        match letter {
            '/' if !is_escaped => literal.push_str("\\/"),
            ' '..='~' => literal.push(letter),
            _ => {
                // Such letters need no backslash, and lines must not end here.
                if is_escaped {
                    literal.pop();
                }
                push_units(&mut literal, letter);
            }
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    literal.push('/');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Pattern;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(js_regex("^https://a$"), r"/^https:\/\/a$/");
        assert_eq!(js_regex("^a\\/b\\\\/\n$"), r"/^a\/b\\\/\u000a$/");
    }

    /// Where a regular expression literal of JavaScript ends, and what it says, when `\/` is a slash and `\u` a unit:
    /// <https://tc39.es/ecma262/#sec-literals-regular-expression-literals>. Brackets that are not escaped are no part of it.
    fn js_literal(literal: &str) -> Option<(usize, Vec<u16>)> {
        let mut read = String::new();
        let mut units = Vec::new();
        let mut letters = literal.char_indices().skip(1);
        while let Some((index, letter)) = letters.next() {
            match letter {
                '/' => return Some((index + 1, units)),
                '\n' | '\r' | '\u{2028}' | '\u{2029}' => return None,
                '\\' => match letters.next()?.1 {
                    '/' => units.push(u16::from(b'/')),
                    'u' => {
                        read.clear();
                        read.extend(letters.by_ref().take(4).map(|(_, digit)| digit));
                        units.push(u16::from_str_radix(&read, 16).ok()?);
                    }
                    other => units.extend([u16::from(b'\\'), u16::try_from(u32::from(other)).ok()?]),
                },
                _ => units.push(u16::try_from(u32::from(letter)).ok()?),
            }
        }
        None
    }

    proptest! {
        #[test]
        fn javascript_reads_a_pattern_to_its_end_and_no_further(text in hostile()) {
            let expression = Pattern::new(&text).anchored();
            let literal = js_regex(&expression);
            let (end, read) = js_literal(&literal).expect("it ends");
            prop_assert_eq!(end, literal.len());
            prop_assert_eq!(read, expression.encode_utf16().collect::<Vec<_>>());
        }
    }
}
