//! In what a target's lines, on the real server, differ from the engine: data with a reason, and never an excuse for an
//! answer that lets somebody in.
//!
//! The rows are in `known_differences/TARGET.toml`. The lab holds servers against them, the command line shows them.

use std::fmt;

use serde::Deserialize;

use crate::quote;

/// One way in which a target differs.
///
/// ```
/// let nginx = corsac_export::target("nginx").expect("it is one of the targets");
/// assert!(nginx.differences().iter().all(|difference| !difference.why.is_empty()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Difference {
    /// What differs: `status`, `inner`, `silent`, `wider`, `narrower`, `vary-missing` (a name that has to be in `Vary`, where a cache may
    /// keep the answer) or the name of a header.
    pub what: Vec<String>,
    /// Of which requests: `preflight`, `actual` or `not-cors`; all without it.
    pub class: Option<String>,
    /// Of requests with this method alone.
    pub method: Option<String>,
    /// Where the application says the header itself.
    #[serde(default)]
    pub inner: bool,
    /// Decided for which reasons; all without it.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// In which vectors; all without it. A star stands at the end for whatever follows.
    #[serde(default)]
    pub cases: Vec<String>,
    /// That no browser sends such a request, so that an answer may be wider than the policy.
    #[serde(default)]
    pub no_browser: bool,
    /// Why it is so, and why nobody is let in by it.
    pub why: String,
}

/// In a line, without the reason: what differs, and when.
impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is wider is said below, and is never all that a row has.
        let shown: Vec<&str> = self.what.iter().map(String::as_str).filter(|what| *what != "wider").collect();
        let is_header = |what: &&&str| what.starts_with("access-control-");
        let many = shown.iter().filter(is_header).count() > 2;
        let mut words: Vec<String> = Vec::new();
        for what in &shown {
            let word = match *what {
                "status" => "status".to_owned(),
                "inner" => "who answers".to_owned(),
                "silent" => "no answer at all".to_owned(),
                "narrower" => "less is allowed".to_owned(),
                "vary-missing" => "`Vary`".to_owned(),
                header if many && is_header(&&header) => "`Access-Control-*`".to_owned(),
                header => format!("`{}`", quote::title_case(header)),
            };
            if !words.contains(&word) {
                words.push(word);
            }
        }
        formatter.write_str(&words.join(", "))?;
        match (self.class.as_deref(), self.method.as_deref()) {
            (Some("preflight"), _) => formatter.write_str(" of preflights")?,
            (Some("not-cors"), _) => formatter.write_str(" where there is no origin")?,
            (Some(class), _) => write!(formatter, " of {class} requests")?,
            (None, Some(method)) => write!(formatter, " of {method}")?,
            (None, None) => {}
        }
        if self.inner {
            formatter.write_str(", where the application says it too")?;
        }
        if self.no_browser {
            formatter.write_str(", in requests that no browser sends")?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    difference: Vec<Difference>,
}

/// The rows of a text. `Err` says what is wrong with it.
pub(crate) fn read(text: &str) -> Result<Vec<Difference>, String> {
    let File { difference: rows } = toml::from_str(text).map_err(|error| error.to_string())?;
    for Difference { what, why, no_browser, .. } in &rows {
        if what.is_empty() || why.trim().is_empty() {
            return Err(format!("a row without `what` or `why`: {what:?} {why:?}"));
        }
        if what.iter().any(|what| what == "wider") && !no_browser {
            return Err(format!("what is wider is excused for requests that no browser sends alone: {why}"));
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_rows_that_can_be_read() {
        for target in crate::targets() {
            read(target.known_differences()).unwrap_or_else(|error| panic!("{}: {error}", target.name()));
        }
    }

    #[test]
    fn a_row_has_a_reason_and_excuses_nothing_that_is_wider() {
        for (row, complaint) in [
            ("what = ['vary']\nwhy = ' '", "without `what` or `why`"),
            ("what = []\nwhy = 'so'", "without `what` or `why`"),
            ("what = ['wider']\nwhy = 'so'", "no browser sends"),
            ("what = ['vary']\nwhy = 'so'\nwho = 'me'", "unknown field `who`"),
        ] {
            let error = read(&format!("[[difference]]\n{row}")).expect_err("it is no row");
            assert!(error.contains(complaint), "{error}");
        }
    }
}
