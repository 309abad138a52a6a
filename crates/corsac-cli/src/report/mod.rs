//! The result of a check, for people and for programs. Words only; the findings come from the libraries.

mod fix_json;
mod fixes;
pub(crate) mod har;
mod human;
mod json;
mod secrets;

use crate::printer::plain;
use corsac_browser::{Browser, RequestKind, Tainting, Verdict, WireRequest};
use corsac_probe::{Conclusion, Report, UnaskedReason};
use url::Url;

pub(crate) use human::human;
pub(crate) use json::{RequestEntry, json, kind};
pub(crate) use secrets::Secrets;

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
        if report.diagnosis.stopped_before.is_some() {
            Self::Blocked
        } else if report.unreachable().is_some() {
            Self::Unreachable
        } else {
            Self::of_verdict(&report.verdict)
        }
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

/// Why an engine's verdict is not told as the others are, where it is not.
pub(crate) fn unreached(browser: Browser, conclusion: &Conclusion) -> Option<String> {
    let asks = |question: &WireRequest| {
        let url = shown_url(&question.url);
        let origin = question.headers.get_text("Origin");
        let origin =
            origin.map_or_else(|| "without Origin".into(), |origin| format!("with Origin: {origin}"));
        match question.kind {
            RequestKind::Preflight => format!("would first ask {url} for permission, {origin}"),
            RequestKind::Actual => format!("would send {} {url}, {origin}", question.method),
        }
    };
    let (question, reason) = match conclusion {
        Conclusion::BlockedAnyway(question) => {
            return Some(format!("{}, and block the call whatever the answer.", asks(question)));
        }
        Conclusion::Unasked { question, reason } => (question, reason),
        _ => return None,
    };
    let why = match reason {
        UnaskedReason::MayHaveEffect => "since it may have an effect",
        UnaskedReason::WouldTellSecrets => {
            "since it would tell that server a token, a cookie or what the page put into the call"
        }
        UnaskedReason::NobodyThere => "since nothing answers there",
        UnaskedReason::NotWanted => "since --no-extra-requests forbids it",
        _ => "since enough was asked",
    };
    Some(format!("{}. Not sent, {why}; --browser {browser} sends it.", asks(question)))
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

/// A URL as it may be shown: without a password, and without the values of parameters that are secrets by name.
pub(crate) fn shown_url(url: &Url) -> Url {
    let mut shown = url.clone();
    if url.password().is_some() {
        // Only URLs without a host refuse one.
        let _ = shown.set_password(Some("hidden"));
    }
    if url.query_pairs().any(|(name, _)| is_secret(&name)) {
        let pairs: Vec<(String, String)> = url
            .query_pairs()
            .map(|(name, value)| {
                let value = if is_secret(&name) { "hidden".to_owned() } else { value.into_owned() };
                (name.into_owned(), value)
            })
            .collect();
        shown.query_pairs_mut().clear().extend_pairs(pairs);
    }
    shown
}

/// A header's value as it may be shown: secrets are not for screens, logs and bug reports.
pub(crate) fn shown(name: &str, value: &[u8]) -> String {
    if is_secret(name) {
        return "(hidden)".to_owned();
    }
    plain(&String::from_utf8_lossy(value)).into_owned()
}

/// Whether a header or a parameter of this name holds what only its owner should see.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    if name.starts_with("access-control-") || name.starts_with("sec-") || name == "www-authenticate" {
        return false;
    }
    matches!(name.as_str(), "cookie" | "set-cookie" | "key" | "sig" | "signature" | "code")
        || [
            "auth", "token", "secret", "password", "passwd", "session", "api-key", "apikey", "api_key",
            "-key",
        ]
        .iter()
        .any(|part| name.contains(part))
}
