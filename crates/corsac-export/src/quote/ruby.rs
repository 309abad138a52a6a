//! Ruby.

/// A string literal of Ruby: between single quotes where nothing has to be escaped, and otherwise between double ones, in
/// which a hash begins a value.
pub(crate) fn ruby_string(text: &str) -> String {
    if text.chars().all(|letter| (' '..='~').contains(&letter) && !matches!(letter, '\'' | '\\')) {
        return format!("'{text}'");
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    for letter in text.chars() {
        match letter {
            '"' | '\\' | '#' => quoted.extend(['\\', letter]),
            ' '..='~' => quoted.push(letter),
            _ => quoted.push_str(&format!("\\u{{{:x}}}", u32::from(letter))),
        }
    }
    format!("\"{quoted}\"")
}

/// A list literal of Ruby.
pub(crate) fn ruby_list<Text: AsRef<str>>(texts: &[Text]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| ruby_string(text.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

/// A regular expression of Ruby, `%r{…}`, in which a hash begins a value, and braces are counted.
pub(crate) fn ruby_regex(expression: &str) -> Option<String> {
    let mut depth = 0_usize;
    let mut letters = expression.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => drop(letters.next().filter(|next| (' '..='~').contains(next) && !"{}#".contains(*next))?),
            '{' => depth += 1,
            '}' => depth = depth.checked_sub(1)?,
            '#' => return None,
            ' '..='~' => {}
            _ => return None,
        }
    }
    (depth == 0).then(|| format!("%r{{{expression}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(ruby_string("#{x}"), "'#{x}'");
        assert_eq!(ruby_string("it's #{x}"), r##""it's \#{x}""##);
        assert_eq!(ruby_regex(r"\Aa{0,4}\z"), Some(r"%r{\Aa{0,4}\z}".to_owned()));
        assert_eq!(ruby_regex("a}#{x}{"), None);
    }

    /// What Ruby makes of a string literal: <https://docs.ruby-lang.org/en/master/syntax/literals_rdoc.html#label-Strings>.
    fn ruby_text(quoted: &str) -> Option<String> {
        if let Some(inner) = quoted.strip_prefix('\'') {
            let inner = inner.strip_suffix('\'')?;
            return (!inner.contains(['\'', '\\'])).then(|| inner.to_owned());
        }
        let mut letters = quoted.strip_prefix('"')?.strip_suffix('"')?.chars();
        let mut text = String::new();
        while let Some(letter) = letters.next() {
            text.push(match letter {
                // A hash begins a value only before one of three letters; here none is left bare.
                '"' | '#' => return None,
                '\\' => match letters.next()? {
                    plain @ ('"' | '\\' | '#') => plain,
                    'u' => {
                        let digits: String = letters.by_ref().take_while(|letter| *letter != '}').collect();
                        char::from_u32(u32::from_str_radix(digits.strip_prefix('{')?, 16).ok()?)?
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
        fn ruby_reads_a_string_back_as_it_was(text in hostile()) {
            let quoted = ruby_string(&text);
            prop_assert!(quoted.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert_eq!(ruby_text(&quoted), Some(text.clone()));
            if let Some(quoted) = ruby_regex(&text) {
                let inner = &quoted[3..quoted.len() - 1];
                let braces = inner.replace("\\\\", "");
                prop_assert!(inner == text && !inner.contains(['\n', '#']));
                prop_assert_eq!(braces.matches('{').count(), braces.matches('}').count());
            }
        }
    }
}
