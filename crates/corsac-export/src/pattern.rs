//! An origin pattern as a regular expression: anchored, escaped, and as narrow as the pattern.
//!
//! In the dialect that PCRE, RE2, JavaScript and Python share. Of what browsers can send, it matches exactly what the
//! pattern does; names and ports that are too long for the DNS or TCP pass, which no browser has. How a server quotes it is for its target to say.

/// One entry of the origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// As it is written in a policy.
    pub(crate) text: String,
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    /// Whether it stands for one origin only, which is then its text.
    pub(crate) fn is_exact(&self) -> bool {
        !self.text.contains('*')
    }

    /// The expression without anchors, for servers that match whole texts.
    pub(crate) fn expression(&self) -> String {
        let (rest, port) = match self.text.strip_suffix(":*") {
            Some(rest) => (rest, "(:[1-9][0-9]{0,4})?"),
            None => (&*self.text, ""),
        };
        match rest.split_once("://*.") {
            Some((scheme, base)) => {
                format!("{}://([a-z0-9_-]+\\.)+{}{port}", escape(scheme), escape(base))
            }
            None => format!("{}{port}", escape(rest)),
        }
    }

    /// The expression from the beginning of the text to its end.
    pub(crate) fn anchored(&self) -> String {
        format!("^{}$", self.expression())
    }
}

/// A text that stands for itself alone.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if r"\.+*?()|[]{}^$".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_escaped_and_anchored() {
        for (pattern, expression) in [
            ("https://app.example", r"^https://app\.example$"),
            ("https://*.app.example", r"^https://([a-z0-9_-]+\.)+app\.example$"),
            ("http://localhost:*", r"^http://localhost(:[1-9][0-9]{0,4})?$"),
            ("https://*.app.example:*", r"^https://([a-z0-9_-]+\.)+app\.example(:[1-9][0-9]{0,4})?$"),
            ("http://[::1]:3000", r"^http://\[::1\]:3000$"),
            ("web+app://host", r"^web\+app://host$"),
            ("null", "^null$"),
        ] {
            assert_eq!(Pattern::new(pattern).anchored(), expression);
        }
    }
}
