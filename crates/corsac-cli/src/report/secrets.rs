//! Texts that quote a call's URLs, without the secrets that stand in them.
//!
//! Which parameters are secrets is decided where URLs are shown.

use corsac_browser::Call;
use corsac_probe::Report;

use super::shown_url;

/// The URLs of a call that must not be shown as they are, and how they are shown.
pub(crate) struct Secrets(Vec<(String, String)>);

impl Secrets {
    pub(crate) fn of(report: &Report, call: &Call) -> Self {
        let asked = report.asked.iter().map(|asked| &asked.step);
        let steps = report.steps.iter().chain(report.extras.iter().map(|extra| &extra.step)).chain(asked);
        let mut urls: Vec<(String, String)> = std::iter::once(&call.url)
            .chain(steps.map(|step| &step.request.url))
            .map(|url| (url.to_string(), shown_url(url).to_string()))
            .filter(|(url, shown)| url != shown)
            .collect();
        // A URL may be the beginning of another.
        urls.sort_by_key(|(url, _)| std::cmp::Reverse(url.len()));
        urls.dedup();
        Self(urls)
    }

    /// The text as it may be shown.
    pub(crate) fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (url, shown)| text.replace(url, shown))
    }
}
