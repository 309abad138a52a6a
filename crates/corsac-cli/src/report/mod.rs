//! The result of a check, for people and for programs. Words only; the findings come from the libraries.

mod human;
mod json;

use corsac_browser::{Tainting, Verdict};
use corsac_probe::Report;
use url::Url;

pub(crate) use human::human;
pub(crate) use json::json;

/// The verdict in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Allowed,
    Blocked,
    NotCors,
    Unreachable,
}

impl Word {
    pub(crate) fn of(report: &Report) -> Self {
        if report.unreachable().is_some() { Self::Unreachable } else { Self::of_verdict(&report.verdict) }
    }

    pub(crate) fn of_verdict(verdict: &Verdict) -> Self {
        match (verdict.is_allowed(), verdict.tainting) {
            (true, Tainting::Basic) => Self::NotCors,
            (true, _) => Self::Allowed,
            (false, _) => Self::Blocked,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Blocked => "blocked",
            Self::NotCors => "not-cors",
            Self::Unreachable => "unreachable",
        }
    }
}

/// What stands in the request line.
pub(crate) fn target(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

/// What stands in `Host`.
pub(crate) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// A header's value as it may be shown: secrets are not for screens, logs and bug reports.
pub(crate) fn shown(name: &str, value: &[u8]) -> String {
    const SECRET: &[&str] = &["authorization", "cookie", "proxy-authorization", "set-cookie"];
    if SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret)) {
        return "(hidden)".to_owned();
    }
    String::from_utf8_lossy(value)
        .chars()
        .map(
            |letter| if letter.is_control() && letter != '\t' { char::REPLACEMENT_CHARACTER } else { letter },
        )
        .collect()
}
