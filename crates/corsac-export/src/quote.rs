//! Values in the words of another language, so that none of them can break out.
//!
//! Origins and names are ASCII by the time they get here, but names may hold quotes and dollars; nothing here trusts
//! that they hold no more. Where a language has no way to write a value, there is none.

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
fn push_units(quoted: &mut String, letter: char) {
    for unit in letter.encode_utf16(&mut [0; 2]) {
        quoted.push_str(&format!("\\u{unit:04x}"));
    }
}

/// A list literal of JavaScript or Python.
pub(crate) fn list<Text: AsRef<str>>(texts: &[Text]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| string(text.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

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

/// A single-quoted word of a shell, in which nothing is read but the quote that ends it.
pub(crate) fn shell(text: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter);
    text.chars().all(plain).then(|| format!("'{}'", text.replace('\'', r"'\''")))
}

/// A truth value of Python.
pub(crate) fn python_bool(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

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

/// A string literal of Go, with its escapes.
pub(crate) fn go_string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            ' '..='~' => quoted.push(letter),
            _ => quoted.push_str(&format!("\\U{:08x}", u32::from(letter))),
        }
    }
    format!("\"{quoted}\"")
}

/// A list literal of Go.
pub(crate) fn go_list<Text: AsRef<str>>(texts: &[Text]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| go_string(text.as_ref())).collect();
    format!("[]string{{{}}}", quoted.join(", "))
}

/// A raw string literal of Go, in which nothing is read but the backquote that ends it.
pub(crate) fn go_raw(expression: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter) && letter != '`';
    expression.chars().all(plain).then(|| format!("`{expression}`"))
}

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

/// A string literal of PHP between single quotes, in which nothing is read but the quote and the backslash.
pub(crate) fn php_string(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A list literal of PHP.
pub(crate) fn php_list<Text: AsRef<str>>(texts: &[Text]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| php_string(text.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

/// A string literal of Java, which reads `\u0022` as a quote before it reads anything else: so what is below U+0100 is
/// written in octal.
pub(crate) fn java_string(text: &str) -> String {
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

/// A verbatim string literal of C#, in which nothing is read but the quote that ends it.
pub(crate) fn csharp_verbatim(expression: &str) -> Option<String> {
    let plain = |letter: char| (' '..='~').contains(&letter) && letter != '"';
    expression.chars().all(plain).then(|| format!("@\"{expression}\""))
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
    // PHP ends with the one, in comments too; what is a template before it is YAML has no comments at all.
    line.replace("?>", "? ").replace("{{", "{ {").replace("{{", "{ {")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Pattern;
    use proptest::prelude::*;
    use saphyr::{LoadableYamlNode as _, Yaml};

    #[test]
    fn nothing_breaks_out() {
        assert_eq!(string(r#"a"b\c"#), r#""a\"b\\c""#);
        assert_eq!(string("a\u{7f}\u{2028}"), r#""a\u007f\u2028""#);
        assert_eq!(js_regex("^https://a$"), r"/^https:\/\/a$/");
        assert_eq!(js_regex("^a\\/b\\\\/\n$"), r"/^a\/b\\\/\u000a$/");
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
        assert_eq!(go_string("a\"b\\\n"), r#""a\"b\\\U0000000a""#);
        assert_eq!(ruby_string("#{x}"), "'#{x}'");
        assert_eq!(php_string(r"it's \n $a"), r"'it\'s \\n $a'");
        assert_eq!(java_string("a\"\n\u{2028}"), r#""a\"\012\u2028""#);
        assert_eq!(csharp_verbatim(r"\Aa\z"), Some(r#"@"\Aa\z""#.to_owned()));
        assert_eq!(csharp_verbatim("a\"b"), None);
        assert_eq!(one_line("a ??>> b\nc"), "a ?? > b c");
        assert_eq!(ruby_string("it's #{x}"), r##""it's \#{x}""##);
        assert_eq!(ruby_regex(r"\Aa{0,4}\z"), Some(r"%r{\Aa{0,4}\z}".to_owned()));
        assert_eq!(ruby_regex("a}#{x}{"), None);
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

    /// What Go makes of a string literal: <https://go.dev/ref/spec#String_literals>.
    fn go_text(quoted: &str) -> Option<String> {
        let mut letters = quoted.strip_prefix('"')?.strip_suffix('"')?.chars();
        let mut text = String::new();
        while let Some(letter) = letters.next() {
            text.push(match letter {
                '"' | '\n' => return None,
                '\\' => match letters.next()? {
                    plain @ ('"' | '\\') => plain,
                    'U' => {
                        let digits: String = letters.by_ref().take(8).collect();
                        char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                    }
                    _ => return None,
                },
                _ => letter,
            });
        }
        Some(text)
    }

    /// What PHP makes of a string between single quotes: <https://www.php.net/manual/en/language.types.string.php>.
    fn php_text(quoted: &str) -> Option<String> {
        let mut letters = quoted.strip_prefix('\'')?.strip_suffix('\'')?.chars().peekable();
        let mut text = String::new();
        while let Some(letter) = letters.next() {
            text.push(match letter {
                '\'' => return None,
                '\\' => letters.next_if(|next| matches!(next, '\'' | '\\'))?,
                _ => letter,
            });
        }
        Some(text)
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
        fn javascript_reads_a_pattern_to_its_end_and_no_further(text in hostile()) {
            let expression = Pattern::new(&text).anchored();
            let literal = js_regex(&expression);
            let (end, read) = js_literal(&literal).expect("it ends");
            prop_assert_eq!(end, literal.len());
            prop_assert_eq!(read, expression.encode_utf16().collect::<Vec<_>>());
        }

        #[test]
        fn go_reads_a_string_back_as_it_was(text in hostile()) {
            let quoted = go_string(&text);
            prop_assert!(quoted.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert_eq!(go_text(&quoted), Some(text.clone()));
            if let Some(quoted) = go_raw(&text) {
                let inner = &quoted[1..quoted.len() - 1];
                prop_assert!(inner == text && !inner.contains(['`', '\n', '\r']));
            }
        }

        #[test]
        fn php_reads_a_string_back_as_it_was(text in hostile()) {
            prop_assert_eq!(php_text(&php_string(&text)), Some(text));
        }

        #[test]
        fn java_reads_a_string_back_as_it_was(text in hostile()) {
            let quoted = java_string(&text);
            prop_assert!(quoted.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert_eq!(java_text(&quoted), Some(text));
        }

        #[test]
        fn c_sharp_reads_no_more_than_a_text(text in hostile()) {
            if let Some(quoted) = csharp_verbatim(&text) {
                let inner = &quoted[2..quoted.len() - 1];
                prop_assert!(inner == text && !inner.contains(['"', '\n', '\r']));
            }
        }

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
        fn rust_reads_a_string_back_as_it_was(text in hostile()) {
            let literal: syn::LitStr = syn::parse_str(&rust(&text)).expect("one string");
            prop_assert_eq!(literal.value(), text);
        }

        #[test]
        fn a_shell_reads_a_word_back_as_it_was(text in hostile()) {
            if let Some(quoted) = shell(&text) {
                // Between quotes it is read as HAProxy reads it.
                prop_assert_eq!(haproxy_word(&quoted), Some(text));
            }
        }

        #[test]
        fn yaml_reads_a_string_back_as_it_was(text in hostile()) {
            // A double-quoted scalar of YAML has JSON's escapes: <https://yaml.org/spec/1.2.2/#escape-sequences>.
            if text.chars().all(|letter| u32::from(letter) < 0x1_0000) {
                prop_assert_eq!(serde_json::from_str::<String>(&string(&text)).ok(), Some(text));
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
            prop_assert!(!comment.contains(ends_a_line));
            prop_assert!(!comment.contains("?>") && !comment.contains("{{"));
        }
    }
}
