//! The page that makes the call.
//!
//! Knows who the page is; knows nothing of what it asks for.
//!
//! Spec: <https://html.spec.whatwg.org/multipage/webappapis.html#environment-settings-object>

use corsac::Origin;
use url::Url;

/// The page, or the worker, whose script makes the call.
///
/// ```
/// use corsac_browser::Page;
///
/// let page = Page::of("https://app.example".parse()?);
/// assert!(page.secure_context);
/// assert_eq!(page.referrer.map(String::from).as_deref(), Some("https://app.example/"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Page {
    /// Whose script it is.
    pub origin: Origin,
    /// Whether the page was delivered in a way nobody on the network can change, its ancestors included.
    ///
    /// [`Page::of`] takes it from the origin; a frame can have reason to say otherwise.
    pub secure_context: bool,
    /// Who the page at the top is, where the script runs in a frame of it; absent where it is the page itself. Preflight
    /// caches are kept apart by it, and some engines tell it from a frame without an origin.
    pub top: Option<Origin>,
    /// The page's address as far as `Referer` may tell it; absent where the page has no address to tell.
    ///
    /// Only a same-origin request carries more of it than the origin: the policy is the default one,
    /// `strict-origin-when-cross-origin`.
    pub referrer: Option<Url>,
}

impl Page {
    /// A page of that origin, at its root.
    #[must_use]
    pub fn of(origin: Origin) -> Self {
        let referrer = origin
            .as_tuple()
            .filter(|tuple| matches!(tuple.scheme(), "http" | "https"))
            .and_then(|tuple| Url::parse(&format!("{tuple}/")).ok());
        Self { secure_context: origin.is_potentially_trustworthy(), origin, top: None, referrer }
    }

    /// The page at that address.
    #[must_use]
    pub fn at(url: &Url) -> Self {
        let page = Self::of(Origin::of_url(url));
        let referrer = page.referrer.is_some().then(|| crate::wire_headers::stripped_for_referrer(url));
        Self { referrer, ..page }
    }

    /// Whether requests that anyone on the network can read and change are refused:
    /// <https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object>.
    ///
    /// The text goes by any trustworthy origin; engines restrict `https:` alone, so that a page on
    /// `http://localhost` may call a plain API. A frame without an origin goes by what it says of itself.
    pub(crate) fn restricts_mixed_content(&self) -> bool {
        self.origin.as_tuple().map_or(self.secure_context, |tuple| tuple.scheme() == "https")
    }

    /// What keeps one site's preflight cache from another's: `#request-determine-the-network-partition-key`.
    pub(crate) fn partition_key(&self) -> Option<String> {
        let tuple = self.top.as_ref().unwrap_or(&self.origin).as_tuple()?;
        Some(format!("{}://{}", tuple.scheme(), tuple.registrable_domain().unwrap_or(tuple.host())))
    }
}
