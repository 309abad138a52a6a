//! The request: a call on its way, with everything that redirects change.
//!
//! Knows how it begins and what each rule needs to ask of it; the rules are elsewhere.
//!
//! Spec: <https://fetch.spec.whatwg.org/#requests>

use corsac::{Origin, normalize_method};
use url::Url;

use crate::call_error::CallError;
use crate::failure::Facts;
use crate::header_name::{is_forbidden_request_header, normalize_value};
use crate::{
    Body, Browser, Call, CredentialsMode, DropReason, DroppedHeader, Failure, FailureId, HeaderList,
    Initiator, Mode, Page, Quirk, RedirectMode, Tainting, body, safelist,
};

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) page: Page,
    pub(crate) browser: Browser,
    pub(crate) method: String,
    /// The method as it was before any redirect.
    pub(crate) original_method: String,
    pub(crate) headers: HeaderList,
    /// The headers as they were before any redirect.
    pub(crate) original_headers: HeaderList,
    /// What leave is asked for, in an engine that keeps account of that apart.
    pub(crate) asked_headers: HeaderList,
    /// Whether `Content-Type` is the body's own, and not the script's.
    pub(crate) type_is_of_body: bool,
    /// What is sent in the place of the script's `Content-Type`, where that is judged as it was written.
    pub(crate) type_sent: Option<Vec<u8>>,
    /// The method that an engine goes by, when a redirect drops what belongs to a body.
    pub(crate) method_kept: String,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) mode: Mode,
    pub(crate) credentials: CredentialsMode,
    pub(crate) redirect: RedirectMode,
    pub(crate) initiator: Initiator,
    /// Every URL so far; the last is the current one. Never empty: `#concept-request-url-list`.
    urls: Vec<Url>,
    pub(crate) tainting: Tainting,
    pub(crate) referrer: Option<Url>,
    pub(crate) upload_listener: bool,
    /// The body is a stream: it makes a preflight necessary, and cannot be sent again.
    pub(crate) stream: bool,
    cookies: Option<String>,
    pub(crate) dropped: Vec<DroppedHeader>,
    /// Whether any hop came under the rule that asks for preflights, cached or not.
    pub(crate) preflighted: bool,
    /// What will fail it, once the way to the next hop is free.
    pub(crate) late_failures: Vec<Failure>,
    /// Which call it belongs to, among those of one cache.
    pub(crate) number: u64,
    pub(crate) origin_sent: Option<String>,
    pub(crate) reached_server: bool,
}

impl Request {
    /// What `new Request()` makes of a call that has no errors: `#dom-request`.
    pub(crate) fn new(page: &Page, call: &Call, browser: Browser) -> Self {
        let method = normalize_method(&call.method).to_owned();
        // `XMLHttpRequest` ignores the body of these; `fetch()` has thrown by now.
        let takes_body = !matches!(method.as_str(), "GET" | "HEAD");
        let script_body = call.body.as_ref().filter(|_| takes_body);
        let mut request = Self {
            page: page.clone(),
            browser,
            original_method: method.clone(),
            method_kept: method.clone(),
            method,
            headers: HeaderList::new(),
            original_headers: HeaderList::new(),
            asked_headers: HeaderList::new(),
            type_is_of_body: false,
            type_sent: None,
            body: None,
            mode: call.mode,
            credentials: call.credentials,
            redirect: call.redirect,
            initiator: call.initiator,
            urls: vec![call.url.clone()],
            tainting: Tainting::Basic,
            referrer: page.referrer.clone(),
            upload_listener: call.upload_listener
                && (script_body.is_some() || !browser.has(Quirk::ListenerNeedsBody)),
            stream: call.stream && script_body.is_some() && !browser.has(Quirk::StreamAsText),
            cookies: call.cookies.clone(),
            dropped: Vec::new(),
            preflighted: false,
            late_failures: Vec::new(),
            number: 0,
            origin_sent: None,
            reached_server: false,
        };
        for (name, value) in call.headers.iter() {
            request.append_header(name, normalize_value(value), call.initiator);
        }
        if let Some(script_body) = script_body {
            let stringified = Body::Text("[object ReadableStream]".into());
            let is_text = call.stream && browser.has(Quirk::StreamAsText);
            let (bytes, content_type) = body::extract(if is_text { &stringified } else { script_body });
            request.body = Some(bytes);
            let content_type = content_type.filter(|_| !request.stream);
            if let Some(content_type) = content_type.filter(|_| !request.headers.contains("Content-Type")) {
                request.type_is_of_body = true;
                if browser.has(Quirk::NoCorsTypeOfBody) {
                    request.headers.append("Content-Type", content_type);
                } else {
                    request.append_header("Content-Type", content_type.as_bytes(), call.initiator);
                }
            }
        }
        if let (Initiator::Xhr, Some(script_body), false) =
            (call.initiator, script_body, request.type_is_of_body)
            && let Some(content_type) = request.headers.get("Content-Type")
            && let Some(content_type) = body::with_charset(&content_type, script_body, browser)
        {
            if browser.has(Quirk::XhrCharsetAfterTheCheck) {
                request.type_sent = Some(content_type);
            } else {
                request.headers.set("Content-Type", content_type);
            }
        }
        if browser.has(Quirk::LinesTrimmed) {
            request.headers =
                request.headers.iter().map(|(name, value)| (name, without_trailing_space(value))).collect();
        }
        let is_ignored_form = !takes_body && matches!(call.body, Some(Body::UrlEncoded(_)));
        if is_ignored_form
            && browser.has(Quirk::TypeOfIgnoredForm)
            && !request.headers.contains("Content-Type")
        {
            request.headers.append("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");
        }
        request.original_headers = request.headers.clone();
        request.asked_headers = request.headers.clone();
        request
    }

    /// Takes a header in, or drops it without a word: `#concept-headers-append`.
    fn append_header(&mut self, name: &str, value: &[u8], initiator: Initiator) {
        let dropped = |reason| DroppedHeader { name: name.into(), reason };
        let joined = |headers: &HeaderList| match headers.get(name) {
            Some(mut existing) => {
                existing.extend_from_slice(b", ");
                existing.extend_from_slice(value);
                existing
            }
            None => value.to_vec(),
        };
        if self.mode == Mode::NoCors {
            let lower = name.to_ascii_lowercase();
            if !safelist::is_no_cors_safelisted(&lower, &joined(&self.headers), self.browser) {
                self.dropped.push(dropped(DropReason::NoCors));
                return;
            }
        } else if is_forbidden_request_header(name, value, self.browser)
            || (name.eq_ignore_ascii_case("User-Agent") && self.has(Quirk::UserAgentIgnored))
        {
            self.dropped.push(dropped(DropReason::Forbidden));
            return;
        }
        // `setRequestHeader()` combines: <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-setrequestheader>.
        if initiator == Initiator::Xhr || self.has(Quirk::LinesCombined) {
            let joined = joined(&self.headers);
            let spellings: Vec<_> = self.headers.iter().map(|(existing, _)| existing).collect();
            let spelling = spellings.into_iter().find(|existing| existing.eq_ignore_ascii_case(name));
            let spelling = spelling.unwrap_or(name).to_owned();
            self.headers.set(spelling, joined);
        } else {
            self.headers.append(name, value);
        }
    }

    /// Whether the call is judged with this difference from the standard.
    pub(crate) fn has(&self, quirk: Quirk) -> bool {
        self.browser.has(quirk)
    }

    /// `#concept-request-current-url`
    pub(crate) fn url(&self) -> &Url {
        self.urls.last().expect("a request has at least the URL it began with")
    }

    /// `#concept-request-url`
    fn first_url(&self) -> &Url {
        self.urls.first().expect("a request has at least the URL it began with")
    }

    /// `#concept-request-url-list`
    pub(crate) fn urls(&self) -> &[Url] {
        &self.urls
    }

    pub(crate) fn push_url(&mut self, url: Url) {
        self.urls.push(url);
    }

    /// The origin of the current URL.
    pub(crate) fn target(&self) -> Origin {
        Origin::of_url(self.url())
    }

    /// `#use-cors-preflight-flag`
    pub(crate) fn use_cors_preflight(&self) -> bool {
        self.upload_listener || self.stream
    }

    /// Whether the credentials mode is `include`, on which the CORS protocol turns.
    pub(crate) fn includes_credentials(&self) -> bool {
        self.credentials == CredentialsMode::Include
    }

    /// Whether credentials are still asked about, although they are meant for the page's own origin alone.
    pub(crate) fn keeps_credentials(&self) -> bool {
        self.has(Quirk::HopKeepsCredentials)
            && self.credentials == CredentialsMode::SameOrigin
            && self.begins_at_home()
    }

    /// Whether the call began at the page's own origin.
    fn begins_at_home(&self) -> bool {
        self.page.origin.is_same_origin(&Origin::of_url(self.first_url()))
    }

    /// Whether cookies go along wherever the call is redirected to.
    fn keeps_cookies(&self) -> bool {
        self.has(Quirk::NoCorsKeepsCookies) && self.mode == Mode::NoCors && self.begins_at_home()
    }

    /// The `Cookie` for the current URL, where credentials go along:
    /// `#concept-http-network-or-cache-fetch`, steps 8.3 and 8.22.
    pub(crate) fn cookies(&self) -> Option<&str> {
        let attached = match self.credentials {
            CredentialsMode::Include => true,
            CredentialsMode::SameOrigin => self.tainting == Tainting::Basic || self.keeps_cookies(),
            CredentialsMode::Omit => false,
        };
        self.cookies.as_deref().filter(|_| attached && self.first_url().host() == self.url().host())
    }

    /// A failure at the current URL.
    pub(crate) fn failure(&self, id: FailureId) -> Failure {
        let first = self.first_url();
        let is_home = |url: &Url| self.page.origin.is_same_origin(&Origin::of_url(url));
        let load_url =
            if is_home(first) { self.urls.iter().find(|url| !is_home(url)).unwrap_or(first) } else { first };
        Failure::new(
            id,
            Facts {
                url: self.url().clone(),
                previous_url: self.urls.len().checked_sub(2).map(|index| self.urls[index].clone()),
                first_url: first.clone(),
                load_url: load_url.clone(),
                page_origin: self.page.origin.to_string(),
                origin: self.origin_sent.clone(),
                method: self.method.clone(),
                with_credentials: self.includes_credentials(),
                is_cors: self.tainting == Tainting::Cors,
                wants_preflight: false,
                status: None,
                allow_origin: None,
                allow_credentials: None,
                headers: Vec::new(),
                value: None,
                token: None,
                location: None,
                target: None,
                detail: None,
            },
        )
    }

    /// A failure of the call itself.
    pub(crate) fn call_failure(&self, error: &CallError) -> Failure {
        self.failure(error.failure_id()).with(|facts| facts.detail = Some(error.to_string()))
    }
}

fn without_trailing_space(value: &[u8]) -> &[u8] {
    let end = value.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1);
    &value[..end]
}
