//! Whose script made a call: the page's origin, and how the recording tells it.

use corsac::Origin;
use corsac_browser::{Browser, Page};
use url::Url;

use super::entry::Entry;
use super::kind::{Kind, kind};
use super::recording::Recording;
use super::replay::Tape;
use crate::Confidence;

/// A page's origin, and how it is known.
#[derive(Debug, Clone)]
pub(super) struct FoundPage {
    pub(super) page: Page,
    pub(super) grade: Confidence,
    pub(super) because: String,
    /// Whether the request carried `Origin: null`, which is either the page's own or a redirect's doing.
    pub(super) sent_null: bool,
}

/// The page that made a call, as far as the recording tells; `given` is what the person says.
pub(super) fn page_of(recording: &Recording, tape: &Tape<'_>, given: Option<&Origin>) -> Option<FoundPage> {
    let entry = *tape.hops.first().or(tape.preflights.first())?;
    // A call to the page's own origin sends none until it is redirected; and of one that never got further, Chromium
    // writes down what the preflight sent alone.
    let mut origins = tape.hops.iter().chain(&tape.preflights).filter_map(|entry| entry.header("origin"));
    let origin = entry.header("origin").or_else(|| origins.find(|origin| origin != "null"));
    let sent_null = origin.as_deref() == Some("null");
    let found = |page: Page, grade, because: &str| {
        Some(FoundPage { page, grade, because: because.to_owned(), sent_null })
    };
    let referrer = entry.header("referer").and_then(|text| web_page(&text));
    if let Some(tuple) = origin.as_deref().filter(|_| !sent_null).and_then(|text| text.parse::<Origin>().ok())
    {
        let page = match &referrer {
            Some(url) if Origin::of_url(url).is_same_origin(&tuple) => Page::at(url),
            _ => Page::of(tuple),
        };
        return found(page, Confidence::Observed, "the Origin that was sent");
    }
    if sent_null && referrer.is_none() {
        return found(Page::of(Origin::Opaque), Confidence::Observed, "the Origin that was sent");
    }
    if let Some(url) = &referrer {
        return found(Page::at(url), Confidence::Inferred, "the Referer that was sent");
    }
    let same_page = |other: &&Entry| other.page.is_some() && other.page == entry.page;
    let title = recording.pages.iter().find(|page| entry.page.as_deref() == Some(&page.id));
    if let Some(url) = title.and_then(|page| web_page(&page.title)) {
        return found(Page::at(&url), Confidence::Inferred, "the title of the page in the file");
    }
    let document = recording.entries.iter().filter(same_page).find(|other| {
        kind(other).0 == Kind::Navigation && other.header("sec-fetch-dest").as_deref() != Some("iframe")
    });
    if let Some(document) = document {
        return found(Page::at(&document.url), Confidence::Inferred, "the page that was opened before it");
    }
    given.and_then(|origin| found(Page::of(origin.clone()), Confidence::Observed, "what you said"))
}

fn web_page(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// The engine that was recorded, where the request itself gives it away.
pub(super) fn engine_of(entry: &Entry) -> Option<Browser> {
    let agent = entry.header("user-agent")?;
    // Chromium calls itself Safari too, so the order matters.
    [("Firefox/", Browser::Firefox), ("Chrome/", Browser::Chromium), ("AppleWebKit/", Browser::Webkit)]
        .into_iter()
        .find_map(|(mark, browser)| agent.contains(mark).then_some(browser))
}
