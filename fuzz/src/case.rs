//! A policy, a request and a response as bytes: switches first, then one entry a line.
//!
//! ```text
//! 1000000
//! o https://app.example                    an entry of allow_origins
//! m PUT                                    of allow_methods
//! h X-A                                    of allow_headers
//! e X-B                                    of expose_headers
//! a 600                                    max_age
//! ? OPTIONS                                the request's method
//! > Origin: https://app.example            a field line of the request
//! < Vary: Accept-Encoding                  a field line of the response
//! ```
//!
//! Lines, because libFuzzer cuts and splices bytes, and because a person reads what it found. A switch is one byte, of
//! which the last bit counts, so that `0` and `1` are what they look like. What is no such line is left out.

use arbitrary::Arbitrary;
use corsac::{MaxAgeConfig, PolicyConfig};
use http::{HeaderMap, HeaderName, HeaderValue};

/// What a policy turns on or off, in the order in which it is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Arbitrary)]
pub struct Switches {
    /// `allow_credentials`
    pub credentials: bool,
    /// `refuse_disallowed`
    pub refuse: bool,
    /// `origins_from_source`
    pub source: bool,
    /// `dangerously_allow_any_origin_with_credentials`
    pub any_origin: bool,
    /// `dangerously_allow_null_origin`
    pub null_origin: bool,
    /// `dangerously_allow_insecure_origins_with_credentials`
    pub insecure: bool,
    /// `dangerously_allow_public_suffixes_with_credentials`
    pub public_suffixes: bool,
}

/// A policy, a request and a response.
#[derive(Debug, Clone, PartialEq, Eq, Arbitrary)]
pub struct Case<'a> {
    /// The policy's switches.
    pub switches: Switches,
    /// Everything else.
    pub text: &'a [u8],
}

impl Case<'_> {
    /// The policy as it was written.
    #[must_use]
    pub fn config(&self) -> PolicyConfig {
        let Switches { credentials, refuse, source, any_origin, null_origin, insecure, public_suffixes } =
            self.switches;
        PolicyConfig {
            allow_origins: self.texts('o'),
            allow_origins_file: None,
            origins_from_source: source,
            allow_credentials: credentials,
            allow_methods: self.texts('m'),
            allow_headers: self.texts('h'),
            expose_headers: self.texts('e'),
            max_age: self.texts('a').pop().map(max_age),
            refuse_disallowed: refuse,
            dangerously_allow_any_origin_with_credentials: any_origin,
            dangerously_allow_null_origin: null_origin,
            dangerously_allow_insecure_origins_with_credentials: insecure,
            dangerously_allow_public_suffixes_with_credentials: public_suffixes,
        }
    }

    /// The request's method.
    #[must_use]
    pub fn method(&self) -> String {
        self.texts('?').pop().unwrap_or_else(|| "GET".to_owned())
    }

    /// The request's field lines.
    #[must_use]
    pub fn request(&self) -> HeaderMap {
        self.fields('>')
    }

    /// The field lines of what the inner service answers.
    #[must_use]
    pub fn response(&self) -> HeaderMap {
        self.fields('<')
    }

    fn fields(&self, mark: char) -> HeaderMap {
        let mut map = HeaderMap::new();
        for line in self.lines(mark) {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
            let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
                map.append(name, value);
            }
        }
        map
    }

    fn texts(&self, mark: char) -> Vec<String> {
        self.lines(mark).map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    }

    fn lines(&self, mark: char) -> impl Iterator<Item = &[u8]> {
        self.text.split(|byte| *byte == b'\n').filter_map(move |line| {
            let (&first, rest) = line.split_first()?;
            (char::from(first) == mark).then(|| rest.strip_prefix(b" ").unwrap_or(rest))
        })
    }
}

fn max_age(written: String) -> MaxAgeConfig {
    written.parse().map_or(MaxAgeConfig::Text(written), MaxAgeConfig::Seconds)
}

/// The bytes of a case: what [`Case`] reads as these switches and lines.
#[must_use]
pub fn written(config: &PolicyConfig, method: &str, request: &[Line], response: &[Line]) -> Vec<u8> {
    let switches = [
        config.allow_credentials,
        config.refuse_disallowed,
        config.origins_from_source,
        config.dangerously_allow_any_origin_with_credentials,
        config.dangerously_allow_null_origin,
        config.dangerously_allow_insecure_origins_with_credentials,
        config.dangerously_allow_public_suffixes_with_credentials,
    ];
    let texts =
        |mark, texts: &[String]| texts.iter().map(|text| format!("{mark} {text}")).collect::<Vec<_>>();
    let fields = |mark, lines: &[Line]| {
        lines.iter().map(|(name, value)| format!("{mark} {name}: {value}")).collect::<Vec<_>>()
    };
    let lines = [
        vec![switches.map(|on| if on { '1' } else { '0' }).iter().collect()],
        texts('o', &config.allow_origins),
        texts('m', &config.allow_methods),
        texts('h', &config.allow_headers),
        texts('e', &config.expose_headers),
        config.max_age.iter().map(|age| format!("a {age}")).collect(),
        vec![format!("? {method}")],
        fields('>', request),
        fields('<', response),
    ];
    lines.concat().join("\n").into_bytes()
}

/// A field line: name and value.
pub type Line = (String, String);

#[cfg(test)]
mod tests {
    use super::*;
    use arbitrary::Unstructured;

    #[test]
    fn what_is_written_is_read() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let config = PolicyConfig {
            allow_origins: texts(&["https://app.example", "https://*.b.example:*"]),
            allow_credentials: true,
            allow_methods: texts(&["PUT"]),
            allow_headers: texts(&["X-A", "X-B"]),
            expose_headers: texts(&["X-C"]),
            max_age: Some(MaxAgeConfig::Text("24h".into())),
            dangerously_allow_public_suffixes_with_credentials: true,
            ..PolicyConfig::default()
        };
        let lines = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        let (request, response) = (lines("origin", "https://app.example"), lines("vary", "*"));
        let bytes = written(&config, "PUT", &request, &response);
        let case = Case::arbitrary_take_rest(Unstructured::new(&bytes)).expect("there are enough bytes");
        assert_eq!(case.config(), config);
        assert_eq!(case.method(), "PUT");
        assert_eq!(case.request()["origin"], "https://app.example");
        assert_eq!(case.response()["vary"], "*");
    }
}
