//! Values in the words of another language, so that none of them can break out.
//!
//! Origins and names are ASCII by the time they get here, but names may hold quotes and dollars; nothing here trusts
//! that they hold no more. Where a language has no way to write a value, there is none.

/// A string literal of JavaScript or Python: both read JSON's escapes.
pub(crate) fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut units = [0; 2];
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            ' '..='~' => quoted.push(letter),
            // UTF-16, which JavaScript takes; what is outside of it never gets here.
            _ => {
                for unit in letter.encode_utf16(&mut units) {
                    quoted.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    quoted.push('"');
    quoted
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

/// A regular expression literal of JavaScript.
pub(crate) fn js_regex(expression: &str) -> String {
    format!("/{}/", expression.replace('/', "\\/"))
}

/// A double-quoted text of nginx that is not an expression, or nothing where it cannot be written: a dollar begins a
/// variable there, and nothing can take that from it.
pub(crate) fn nginx(text: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter) && !matches!(letter, '$' | '"' | '\\');
    text.chars().all(plain).then(|| format!("\"{text}\""))
}

/// A regular expression as the key of a map of nginx, which reads no variables in it.
pub(crate) fn nginx_regex(expression: &str) -> Option<String> {
    // nginx reads `\"`, `\'`, `\\`, `\n`, `\r` and `\t` itself; other pairs reach the expression as they are.
    let mut letters = expression.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.next().is_some_and(|next| r".+*?()|[]{}^$".contains(next)) => {}
            '"' | '\\' => return None,
            ' '..='~' => {}
            _ => return None,
        }
    }
    Some(format!("\"~{expression}\""))
}

/// A single-quoted word of HAProxy, in which nothing is read but the quote that ends it.
pub(crate) fn haproxy(text: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter);
    text.chars().all(plain).then(|| format!("'{}'", text.replace('\'', r"'\''")))
}

/// The same where the word is a log format, in which `%` begins a variable.
pub(crate) fn haproxy_format(text: &str) -> Option<String> {
    haproxy(&text.replace('%', "%%"))
}

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

/// The name of a resource of Kubernetes: at most 63 small letters, digits and hyphens, no hyphen at an end.
pub(crate) fn dns_label(before: &str, name: &str) -> String {
    let letter = |letter: char| match letter.to_ascii_lowercase() {
        letter @ ('a'..='z' | '0'..='9') => letter,
        _ => '-',
    };
    let label: String = format!("{before}-{name}").chars().map(letter).take(63).collect();
    label.trim_end_matches('-').to_owned()
}

/// The name of a header as people write it: `Access-Control-Max-Age`.
pub(crate) fn title_case(name: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(1.min(word.len()));
        first.to_ascii_uppercase() + rest
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

/// A name that every configuration language takes for a variable: small letters, digits and underscores.
pub(crate) fn identifier(name: &str) -> String {
    let letter = |letter: char| match letter.to_ascii_lowercase() {
        letter @ ('a'..='z' | '0'..='9') => letter,
        _ => '_',
    };
    name.chars().map(letter).collect()
}

/// A text in a comment that ends with its line. JavaScript ends lines at U+2028 too, so that only letters, digits and what
/// ASCII prints are left.
pub(crate) fn one_line(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || (' '..='~').contains(&letter);
    let line: String = text.chars().map(|letter| if plain(letter) { letter } else { ' ' }).collect();
    // What is a template before it is YAML has no comments.
    line.replace("{{", "{ {").replace("{{", "{ {")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use saphyr::{LoadableYamlNode as _, Yaml};

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(string(r#"a"b\c"#), r#""a\"b\\c""#);
        assert_eq!(string("a\u{7f}\u{2028}"), r#""a\u007f\u2028""#);
        assert_eq!(js_regex("^https://a$"), r"/^https:\/\/a$/");
        assert_eq!(nginx("x-$request_id"), None);
        assert_eq!(nginx("x'y"), Some("\"x'y\"".to_owned()));
        assert_eq!(nginx_regex(r"^a\.b$"), Some("\"~^a\\.b$\"".to_owned()));
        assert_eq!(nginx_regex("a\"b"), None);
        assert_eq!(haproxy("it's"), Some(r"'it'\''s'".to_owned()));
        assert_eq!(haproxy_format("x-%[src]"), Some("'x-%%[src]'".to_owned()));
        assert_eq!(identifier("my App-1"), "my_app_1");
        assert_eq!(dns_label("cors", "my App_1\n!"), "cors-my-app-1");
        assert_eq!(yaml("it's"), r#""it's""#);
        assert_eq!(yaml("{{env}}"), r#""{\x7benv}}""#);
    }

    /// The texts that a quoting must survive: all its special letters, and any others.
    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![r#"["'\\$`%{}#;/\[\]\n\r a-c.]{0,12}"#, any::<String>()]
    }

    /// What HAProxy makes of one word: <https://docs.haproxy.org/2.8/configuration.html#2.2>.
    fn haproxy_word(quoted: &str) -> Option<String> {
        let (mut word, mut inside) = (String::new(), false);
        let mut letters = quoted.chars();
        while let Some(letter) = letters.next() {
            match (letter, inside) {
                ('\'', _) => inside = !inside,
                (_, true) => word.push(letter),
                ('\\', false) => word.push(letters.next()?),
                _ => return None,
            }
        }
        (!inside).then_some(word)
    }

    /// What nginx makes of a double-quoted text: `ngx_conf_read_token`.
    fn nginx_word(quoted: &str) -> Option<String> {
        let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
        let mut word = String::new();
        let mut letters = inner.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '"' => return None,
                '\\' => match letters.peek() {
                    None | Some('"' | '\'' | '\\' | 't' | 'r' | 'n') => return None,
                    Some(_) => word.push('\\'),
                },
                _ => word.push(letter),
            }
        }
        Some(word)
    }

    fn yaml_value(text: &str) -> Yaml<'_> {
        Yaml::load_from_str(text).expect("YAML").pop().expect("one document")
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
        fn nginx_reads_a_text_back_as_it_was(text in hostile()) {
            if let Some(quoted) = nginx(&text) {
                prop_assert!(!quoted.contains('$'));
                prop_assert_eq!(nginx_word(&quoted), Some(text));
            }
        }

        #[test]
        fn nginx_reads_an_expression_back_as_it_was(text in hostile()) {
            if let Some(quoted) = nginx_regex(&text) {
                prop_assert_eq!(nginx_word(&quoted), Some(format!("~{text}")));
            }
        }

        #[test]
        fn haproxy_reads_a_word_back_as_it_was(text in hostile()) {
            if let Some(quoted) = haproxy(&text) {
                prop_assert_eq!(haproxy_word(&quoted), Some(text));
            }
        }

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

        #[test]
        fn a_format_has_no_variable(text in hostile()) {
            if let Some(word) = haproxy_format(&text).and_then(|quoted| haproxy_word(&quoted)) {
                prop_assert!(!word.replace("%%", "").contains('%'));
                prop_assert_eq!(word.replace("%%", "%"), text);
            }
        }

        #[test]
        fn a_comment_stays_on_its_line(text in hostile()) {
            let ends_a_line = |letter: char| letter.is_control() || "\u{2028}\u{2029}".contains(letter);
            let comment = one_line(&(text + "\u{2028}"));
            prop_assert!(!comment.contains(ends_a_line) && !comment.contains("{{"));
        }
    }
}
