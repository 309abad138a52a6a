//! Pasted text made comparable: one kind of quotation mark, one space for any, no marks of quoting at the beginnings of
//! lines.
//!
//! Knows no message. Lines are kept apart by `\n`, since some messages end where their line ends.

/// Text in which every message can be looked for.
pub(super) struct Folded {
    /// The text, with lines apart.
    pub(super) text: String,
    /// The same, byte for byte, with a space for every end of a line.
    pub(super) flat: String,
}

/// Folds a text.
pub(super) fn fold(text: &str) -> Folded {
    let mut folded = String::with_capacity(text.len());
    for line in text.lines() {
        let line = without_marks(line.trim());
        if line.is_empty() {
            continue;
        }
        if !folded.is_empty() && !ends_inside_url(&folded) {
            folded.push('\n');
        }
        push(line, &mut folded);
    }
    let flat = folded.replace('\n', " ");
    Folded { text: folded, flat }
}

/// The same for a piece without lines, such as a template.
pub(super) fn fold_piece(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    push(text, &mut folded);
    folded
}

fn push(line: &str, folded: &mut String) {
    let mut after_space = false;
    for letter in line.chars() {
        if letter.is_whitespace() {
            after_space = true;
            continue;
        }
        // What cannot be seen is no part of a message.
        if matches!(letter, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}') {
            continue;
        }
        if after_space {
            folded.push(' ');
            after_space = false;
        }
        folded.push(match letter {
            '"' | '`' | '´' | '‘' | '’' | '‚' | '‛' | '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '′'
            | '″' => '\'',
            letter => letter,
        });
    }
    if after_space {
        folded.push(' ');
    }
}

/// A line without what a mail, a chat, a table or a comment puts before it.
fn without_marks(mut line: &str) -> &str {
    loop {
        let before = line;
        for mark in [">", "|", "│", "┃", "*", "#", "//"] {
            if let Some(rest) = line.strip_prefix(mark)
                && (rest.starts_with(char::is_whitespace) || rest.starts_with(mark))
            {
                line = rest.trim_start();
            }
        }
        if line == before {
            return line;
        }
    }
}

/// Whether a line ends in the middle of a quoted URL: a terminal that breaks lines breaks words too.
fn ends_inside_url(folded: &str) -> bool {
    let word = folded.rsplit([' ', '\n']).next().unwrap_or_default();
    let is_open = |scheme| word.strip_prefix(scheme).is_some_and(|rest: &str| !rest.contains('\''));
    is_open("'http://") || is_open("'https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_spaces_and_marks_are_folded() {
        let folded = fold("> Access to fetch  at\n>   “a” from\r\n\n>> `b`\n// c's\n");
        assert_eq!(folded.text, "Access to fetch at\n'a' from\n'b'\nc's");
        assert_eq!(folded.flat, "Access to fetch at 'a' from 'b' c's");
        assert_eq!(folded.text.len(), folded.flat.len());
    }

    #[test]
    fn a_url_that_a_line_ends_in_is_made_whole() {
        assert_eq!(
            fold("at 'https://api.example/very\nlong' from 'https://app.example'\nand").text,
            "at 'https://api.example/verylong' from 'https://app.example'\nand"
        );
    }
}
