//! The names that servers and the ledger use for the page, and the loopback origins that stand for them.
//!
//! Tutorials write `https://app.example`; a real page needs an origin that a browser can open. So the one is put in
//! the place of the other, in the servers' texts and in the calls, before anything runs.

/// What stands for what. Longer names come first, so that no name is taken for a part of another.
#[derive(Debug, Clone)]
pub struct Names {
    pairs: Vec<(&'static str, String)>,
}

impl Names {
    /// The names for pages that are served on these ports: plain, encrypted, and one that the browser takes for the
    /// internet.
    #[must_use]
    pub fn new(plain: u16, encrypted: u16, public: u16) -> Self {
        let pairs = vec![
            ("https://www.example.com", format!("http://www.app.localhost:{plain}")),
            ("https://example.com", format!("http://app.localhost:{plain}")),
            ("https://stranger.example", format!("http://stranger.localhost:{plain}")),
            ("https://site.example", format!("http://site.localhost:{plain}")),
            ("https://public.example", format!("http://localhost:{public}")),
            ("https://news.example", format!("http://news.example:{public}")),
            ("https://secure.example", format!("https://localhost:{encrypted}")),
            ("https://app.example", format!("http://localhost:{plain}")),
            ("http://app.example", format!("https://localhost:{plain}")),
            ("HTTPS://APP.EXAMPLE", format!("HTTP://LOCALHOST:{plain}")),
            ("app.example", format!("localhost:{plain}")),
        ];
        Self { pairs }
    }

    /// The text, with every name replaced.
    #[must_use]
    pub fn fill_in(&self, text: &str) -> String {
        self.pairs.iter().fold(text.to_owned(), |text, (name, real)| text.replace(name, real))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_taken_for_a_part_of_another() {
        let names = Names::new(1, 2, 3);
        let filled = |text| names.fill_in(text);
        assert_eq!(filled("'https://www.example.com'"), "'http://www.app.localhost:1'");
        assert_eq!(
            filled("https://app.example/, http://app.example"),
            "http://localhost:1/, https://localhost:1"
        );
        assert_eq!(filled("app.example"), "localhost:1");
    }
}
