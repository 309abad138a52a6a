//! The call: what the script asks for.
//!
//! Plain data as the script wrote it; what `new Request()` makes of it is in `request`.
//!
//! Spec: <https://fetch.spec.whatwg.org/#dom-request>

use url::Url;

use crate::HeaderList;
use crate::word::words;

words! {
    /// How far a request may go across origins: `#concept-request-mode`.
    pub enum Mode is a "mode" {
        /// Across origins with the server's leave: what `fetch()` does by default.
        Cors = "cors",
        /// Across origins without anything to read.
        NoCors = "no-cors",
        /// Never across origins.
        SameOrigin = "same-origin",
    }
}

words! {
    /// Whether cookies go along: `#concept-request-credentials-mode`.
    pub enum CredentialsMode is a "credentials mode" {
        /// Never.
        Omit = "omit",
        /// To the page's own origin: what `fetch()` does by default.
        SameOrigin = "same-origin",
        /// Always. The server's answer must then allow it in so many words.
        Include = "include",
    }
}

words! {
    /// What happens at a redirect: `#concept-request-redirect-mode`.
    pub enum RedirectMode is a "redirect mode" {
        /// It is followed: the default.
        Follow = "follow",
        /// The call fails.
        Error = "error",
        /// The script gets a response that tells nothing.
        Manual = "manual",
    }
}

words! {
    /// Which of the script's two ways of calling this is.
    pub enum Initiator is a "way of calling" {
        /// `fetch()`.
        Fetch = "fetch",
        /// `XMLHttpRequest`.
        Xhr = "xhr",
    }
}

/// What the script hands over as the body: `#bodyinit-unions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A string: `text/plain;charset=UTF-8`.
    Text(String),
    /// A `URLSearchParams`, serialised: `application/x-www-form-urlencoded;charset=UTF-8`.
    UrlEncoded(String),
    /// A `FormData` of names and values: `multipart/form-data` with a boundary.
    Multipart(Vec<(String, String)>),
    /// A `Blob`: its own type, or none where that is empty.
    Blob {
        /// The blob's type, such as `application/json`.
        content_type: String,
        /// The blob's content.
        bytes: Vec<u8>,
    },
    /// An `ArrayBuffer` or a view of one: no type.
    Bytes(Vec<u8>),
}

/// A call as the script wrote it: the arguments of `fetch()`, or what was told to an `XMLHttpRequest`.
///
/// ```
/// use corsac_browser::{Call, CredentialsMode};
///
/// let mut call = Call::new("https://api.example/orders".parse()?);
/// call.method = "DELETE".into();
/// call.credentials = CredentialsMode::Include;
/// call.headers.append("Authorization", "Bearer 1234");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The target.
    pub url: Url,
    /// The method, as written: `#concept-method-normalize` is applied for you.
    pub method: String,
    /// The headers, as written; forbidden ones are dropped as a browser drops them.
    pub headers: HeaderList,
    /// The mode; `XMLHttpRequest` has `cors` only.
    pub mode: Mode,
    /// The credentials mode; `withCredentials` is `include`.
    pub credentials: CredentialsMode,
    /// The redirect mode; `XMLHttpRequest` has `follow` only.
    pub redirect: RedirectMode,
    /// The body.
    pub body: Option<Body>,
    /// Who makes the call.
    pub initiator: Initiator,
    /// Whether somebody listens to `XMLHttpRequest.upload`, which alone makes a preflight necessary:
    /// `#use-cors-preflight-flag`.
    pub upload_listener: bool,
    /// Whether the body is handed over as a `ReadableStream`, which alone makes a preflight necessary too.
    pub stream: bool,
    /// What the browser would send as `Cookie` to the host of `url`, where it holds any cookies for it.
    ///
    /// Attached where credentials are, and only to requests for that same host.
    pub cookies: Option<String>,
}

impl Call {
    /// A call as `fetch(url)` makes it.
    #[must_use]
    pub fn new(url: Url) -> Self {
        Self {
            url,
            method: "GET".into(),
            headers: HeaderList::new(),
            mode: Mode::Cors,
            credentials: CredentialsMode::SameOrigin,
            redirect: RedirectMode::Follow,
            body: None,
            initiator: Initiator::Fetch,
            upload_listener: false,
            stream: false,
            cookies: None,
        }
    }

    /// The same as [`Call::new`], in the words of most callers.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(url)
    }
}
