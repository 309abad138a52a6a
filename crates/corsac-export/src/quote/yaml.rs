//! YAML, also where something reads it as a template first.

/// A scalar of YAML that is a text whatever is in it, in single quotes where nothing needs an escape.
///
/// Two opening braces in a row are split by an escape: what reads the file as a template first (Traefik, deck, APISIX)
/// finds none.
pub(crate) fn yaml(text: &str) -> String {
    let plain = |letter: char| (' '..='~').contains(&letter) && letter != '\'';
    if text.chars().all(plain) && !text.contains("{{") {
        return format!("'{text}'");
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut before = ' ';
    for letter in text.chars() {
        match letter {
            '{' if before == '{' => quoted.push_str("\\x7b"),
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            ' '..='~' => quoted.push(letter),
            _ => quoted.push_str(&format!("\\U{:08x}", u32::from(letter))),
        }
        before = letter;
    }
    quoted.push('"');
    quoted
}

/// A list of YAML on one line.
pub(crate) fn yaml_list<Text: AsRef<str>>(texts: &[Text]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| yaml(text.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::hostile::hostile;
    use proptest::prelude::*;
    use saphyr::{LoadableYamlNode as _, Yaml};

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(yaml("it's"), r#""it's""#);
        assert_eq!(yaml("{{env}}"), r#""{\x7benv}}""#);
    }

    fn yaml_value(text: &str) -> Yaml<'_> {
        Yaml::load_from_str(text).expect("YAML").pop().expect("one document")
    }

    proptest! {
        #[test]
        fn yaml_reads_a_text_back_as_it_was(text in hostile()) {
            let quoted = yaml(&text);
            prop_assert!(quoted.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !quoted.contains("{{"));
            let list = format!("a: [{quoted}, b]\n");
            let list = yaml_value(&list);
            prop_assert_eq!(list["a"][0].as_str(), Some(&*text));
            let table = format!("- a: {quoted}\n");
            let table = yaml_value(&table);
            prop_assert_eq!(table[0]["a"].as_str(), Some(&*text));
        }
    }
}
