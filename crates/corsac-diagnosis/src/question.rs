//! The few more requests that tell causes apart, as data: what is asked, and to learn what.
//!
//! As which request each is asked, is in `asking`.

/// How many questions a case may take.
pub const MOST_QUESTIONS: usize = 3;

/// A request that no browser would send for the call, and that tells causes apart.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// The failed request once more, without `Origin`.
    WithoutOrigin,
    /// The failed request once more, as from a page of this origin.
    AsAnotherOrigin(String),
    /// A preflight, where the browser sent none.
    Preflight,
    /// The preflight once more, with the credentials that preflights never carry.
    PreflightWithCredentials,
    /// A plain `GET` of the same address, as from the page.
    PlainGet,
    /// A plain `GET` of the root of the same server, as from the page.
    AnotherPath,
    /// The failed request once more, with a query that no cache knows.
    PastTheCache,
    /// The call once more, with the cookies that the browser kept back.
    WithCookies,
    /// What the browser would ask if the page called the address that a redirect leads to.
    RedirectTarget,
}

impl Question {
    /// The stable identifier.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::WithoutOrigin => "without-origin",
            Self::AsAnotherOrigin(_) => "as-another-origin",
            Self::Preflight => "preflight",
            Self::PreflightWithCredentials => "preflight-with-credentials",
            Self::PlainGet => "plain-get",
            Self::AnotherPath => "another-path",
            Self::PastTheCache => "past-the-cache",
            Self::WithCookies => "with-cookies",
            Self::RedirectTarget => "redirect-target",
        }
    }

    /// What is asked, and to learn what: one line without a full stop.
    #[must_use]
    pub fn purpose(&self) -> String {
        match self {
            Self::WithoutOrigin => "the same without Origin: does the answer hang on the origin?".into(),
            Self::AsAnotherOrigin(origin) => format!("the same as {origin}: is that what the server allows?"),
            Self::Preflight => {
                "a preflight, which the call needs none of: does the server know CORS here?".into()
            }
            Self::PreflightWithCredentials => {
                "the preflight with the credentials it never carries: do they open the gate?".into()
            }
            Self::PlainGet => "a plain GET: what does the address answer to anything but OPTIONS?".into(),
            Self::AnotherPath => {
                "a plain GET of another path: are the headers there, and lost on the way here?".into()
            }
            Self::PastTheCache => {
                "the same with a query no cache knows: what does the server itself say?".into()
            }
            Self::WithCookies => {
                "the same with the cookie the browser kept back: is that what is missing?".into()
            }
            Self::RedirectTarget => "where the redirect leads: would the call pass there?".into(),
        }
    }
}
