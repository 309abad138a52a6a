//! A failure with the values of the case: what a message about it needs.
//!
//! Holds what was seen; why the server did it and what to change is not known here.

use url::Url;

use crate::FailureId;

/// A failed step, and what was seen there.
///
/// It is written as one sentence that names the values:
///
/// ```
/// use corsac_browser::{Answer, Browser, Call, Next, Page, PreflightCache, WireResponse, fetch};
/// use std::time::Duration;
///
/// let page = Page::of("https://www.example.com".parse()?);
/// let call = Call::get("https://api.example.com/".parse()?);
/// let mut cache = PreflightCache::new();
/// let now = Duration::ZERO;
/// let Next::Send(pending) = fetch(&page, &call, Browser::Standard, &mut cache, now) else { panic!() };
/// let headers = [("Access-Control-Allow-Origin", "https://example.com")].into_iter().collect();
/// let answer = Answer::Response(WireResponse { status: 200, headers });
/// let Next::Done(verdict) = pending.receive(answer, &mut cache, now) else { panic!() };
/// let failure = verdict.failure().expect("the origins differ");
/// assert_eq!(failure.id.as_str(), "acao-mismatch");
/// assert_eq!(failure.allow_origin(), Some("https://example.com"));
/// assert_eq!(
///     failure.to_string(),
///     "the response's Access-Control-Allow-Origin is `https://example.com`, \
///      but the page's origin is `https://www.example.com`"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What failed.
    pub id: FailureId,
    facts: Box<Facts>,
}

/// The value of a response header, for showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// The bytes, lines joined with `, `.
    pub(crate) bytes: Vec<u8>,
    /// The same as text; bytes that are not UTF-8 are U+FFFD.
    pub(crate) text: String,
    /// How many lines there were.
    pub(crate) lines: usize,
}

/// Everything any message about a failure may need; absent where it has no bearing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) url: Url,
    /// The one that redirected to it.
    pub(crate) previous_url: Option<Url>,
    pub(crate) first_url: Url,
    /// Where WebKit says the load began: at the first URL, or for a call to the page's own server, the first elsewhere.
    pub(crate) load_url: Url,
    pub(crate) page_origin: String,
    pub(crate) origin: Option<String>,
    pub(crate) method: String,
    pub(crate) with_credentials: bool,
    /// Whether the request was under the CORS protocol.
    pub(crate) is_cors: bool,
    /// Of a port that is blocked: whether a preflight would have gone first.
    pub(crate) wants_preflight: bool,
    pub(crate) status: Option<u16>,
    pub(crate) allow_origin: Option<Value>,
    pub(crate) allow_credentials: Option<Value>,
    pub(crate) headers: Vec<String>,
    pub(crate) value: Option<Value>,
    pub(crate) token: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) target: Option<Url>,
    pub(crate) detail: Option<String>,
}

impl Failure {
    pub(crate) fn new(id: FailureId, facts: Facts) -> Self {
        Self { id, facts: Box::new(facts) }
    }

    /// The same with more of what was seen.
    pub(crate) fn with(mut self, add: impl FnOnce(&mut Facts)) -> Self {
        add(&mut self.facts);
        self
    }

    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The URL that answered, or would have been asked.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.facts.url
    }

    /// The URL of the call; another than [`Failure::url`] after a redirect.
    #[must_use]
    pub fn first_url(&self) -> &Url {
        &self.facts.first_url
    }

    /// The page's origin as it is serialised.
    #[must_use]
    pub fn page_origin(&self) -> &str {
        &self.facts.page_origin
    }

    /// The `Origin` that was sent; after redirects it can be `null` though the page has an origin.
    #[must_use]
    pub fn origin_sent(&self) -> Option<&str> {
        self.facts.origin.as_deref()
    }

    /// The method of the request that is asked for, normalised.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.facts.method
    }

    /// Whether the credentials mode is `include`.
    #[must_use]
    pub fn with_credentials(&self) -> bool {
        self.facts.with_credentials
    }

    /// The status of the response, where there is one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.facts.status
    }

    /// `Access-Control-Allow-Origin` of the response, several lines joined with `, `.
    #[must_use]
    pub fn allow_origin(&self) -> Option<&str> {
        self.facts.allow_origin.as_ref().map(|value| value.text.as_str())
    }

    /// `Access-Control-Allow-Credentials` of the response, several lines joined with `, `.
    #[must_use]
    pub fn allow_credentials(&self) -> Option<&str> {
        self.facts.allow_credentials.as_ref().map(|value| value.text.as_str())
    }

    /// The names of the headers at fault, in lower case and sorted.
    #[must_use]
    pub fn headers(&self) -> &[String] {
        &self.facts.headers
    }

    /// The value of the response header that decided: `Access-Control-Allow-Methods`, `-Headers` or
    /// `Cross-Origin-Resource-Policy`.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.facts.value.as_ref().map(|value| value.text.as_str())
    }

    /// The first part of [`Failure::value`] that cannot be read.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.facts.token.as_deref()
    }

    /// Where a redirect leads, as far as it could be read.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.facts.location.as_deref()
    }

    /// Where a redirect leads, as a URL, where it can be told.
    #[must_use]
    pub fn target(&self) -> Option<&Url> {
        self.facts.target.as_ref()
    }

    /// What is wrong with the call, where it is the call itself that is not valid.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.facts.detail.as_deref()
    }
}
