//! Header lists: field lines in the order they were written or received.
//!
//! Keeps duplicates, odd bytes and order, because a browser's verdict depends on all three. Judges nothing.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-header-list>

use std::fmt;

/// An ordered list of headers; names compare without case, values are bytes.
///
/// ```
/// use corsac_browser::HeaderList;
///
/// let mut headers = HeaderList::new();
/// headers.append("Vary", "Accept");
/// headers.append("vary", "Origin");
/// assert_eq!(headers.get("VARY").as_deref(), Some(&b"Accept, Origin"[..]));
/// assert_eq!(headers.values("vary").count(), 2);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HeaderList(Vec<(String, Vec<u8>)>);

impl HeaderList {
    /// A list without headers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field line at the end: `#concept-header-list-append`. The name keeps the case it is given in.
    pub fn append(&mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.0.push((name.into(), value.into()));
    }

    /// Replaces every line of that name by this one, in the place of the first.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) {
        let (name, value) = (name.into(), value.into());
        match self.0.iter().position(|(existing, _)| existing.eq_ignore_ascii_case(&name)) {
            Some(first) => {
                self.0[first].1 = value;
                let mut index = 0;
                self.0.retain(|(existing, _)| {
                    index += 1;
                    index - 1 <= first || !existing.eq_ignore_ascii_case(&name)
                });
            }
            None => self.append(name, value),
        }
    }

    /// Drops every line of that name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(existing, _)| !existing.eq_ignore_ascii_case(name));
    }

    /// Whether there is a line of that name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    /// The values of that name, one for each field line.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.0
            .iter()
            .filter(move |(existing, _)| existing.eq_ignore_ascii_case(name))
            .map(|(_, value)| &value[..])
    }

    /// All values of that name joined with `, `, or nothing where there is none: `#concept-header-list-get`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.values(name).map(<[u8]>::to_vec).reduce(|mut joined, value| {
            joined.extend_from_slice(b", ");
            joined.extend_from_slice(&value);
            joined
        })
    }

    /// [`HeaderList::get`] as text; bytes that are not UTF-8 become U+FFFD. For showing and for loose
    /// evidence.
    #[must_use]
    pub fn get_text(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| String::from_utf8_lossy(&value).into_owned())
    }

    /// Every field line, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_str(), &value[..]))
    }

    /// How many field lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no field line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<String>, V: Into<Vec<u8>>> FromIterator<(N, V)> for HeaderList {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(lines: I) -> Self {
        Self(lines.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl fmt::Debug for HeaderList {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_map()
            .entries(self.iter().map(|(name, value)| (name, String::from_utf8_lossy(value))))
            .finish()
    }
}
