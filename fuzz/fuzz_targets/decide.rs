//! A policy, a request and whatever the inner service said: the decision, and the response that comes out.
//!
//! Held against the oracle, against what the protocol forbids for any policy, against caches, and against a browser
//! that makes the call for real. Knows no adapter.
#![no_main]

use corsac::{
    Action, Class, Decision, Origin, Policy, PolicyConfig, REQUESTED_HEADERS_BUDGET, Reason,
    is_access_control,
};
use corsac_browser::{
    Answer, Browser, Call, CredentialsMode, Next, Page, PreflightCache, RequestKind, WireRequest,
    WireResponse, fetch,
};
use corsac_fuzz::case::Case;
use corsac_fuzz::{allows_headers, allows_method, allows_origin, is_token, names, parts, passes_cors_check};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, AsHeaderName,
    HeaderName, HeaderValue, ORIGIN, VARY,
};
use http::{HeaderMap, StatusCode};
use libfuzzer_sys::{Corpus, fuzz_target};
use std::time::Duration;

fuzz_target!(|case: Case<'_>| -> Corpus {
    let config = case.config();
    let policy = match config.clone().into_policy() {
        Ok(policy) => policy,
        Err(faults) => {
            assert!(!faults.faults().is_empty());
            return Corpus::Reject;
        }
    };
    let asked = Asked { config: &config, policy: &policy, method: case.method(), request: case.request() };
    let decision = policy.decide(&asked.method, &asked.request);
    let allowed = allows_origin(&config, &lines(&asked.request, ORIGIN));
    asked.is_right(&decision, allowed, case.response());
    asked.is_cached_right(&decision);
    match decision.origin_in_question() {
        Some(origin) => {
            asked.may_be_asked(&decision, origin);
            asked.is_right(&decision.allow_by_source(), true, case.response());
        }
        None => assert_eq!(decision.allow_by_source().reason(), decision.reason()),
    }
    asked.a_browser_agrees();
    Corpus::Keep
});

fn lines(headers: &HeaderMap, name: impl AsHeaderName) -> Vec<&[u8]> {
    headers.get_all(name).iter().map(HeaderValue::as_bytes).collect()
}

/// The response that a service without a word of its own gives.
fn response_of(decision: &Decision<'_>) -> HeaderMap {
    let mut response = HeaderMap::new();
    decision.headers().apply(&mut response);
    response
}

/// What a preflight is told are names, whoever asked for what.
fn lists_tokens(response: &HeaderMap) {
    for name in [ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_HEADERS] {
        assert!(names(&lines(response, &name)).all(is_token), "{name} lists what is no name");
    }
}

struct Asked<'a> {
    config: &'a PolicyConfig,
    policy: &'a Policy,
    method: String,
    request: HeaderMap,
}

impl Asked<'_> {
    fn is_right(&self, decision: &Decision<'_>, origin_allowed: bool, inner: HeaderMap) {
        let (config, request) = (self.config, &self.request);
        let requested = request.get(ACCESS_CONTROL_REQUEST_METHOD);
        let class = match requested {
            _ if !request.contains_key(ORIGIN) => Class::NotCors,
            Some(_) if self.method == "OPTIONS" => Class::Preflight,
            _ => Class::Actual,
        };
        assert_eq!(decision.class(), class);

        let refused = class != Class::NotCors && !origin_allowed;
        let granted = class != Class::Preflight
            || (allows_method(config, requested.map_or(b"", HeaderValue::as_bytes))
                && allows_headers(config, &lines(request, ACCESS_CONTROL_REQUEST_HEADERS)));
        let reason = decision.reason();
        assert_eq!(reason.refuses_origin(), refused, "{reason}");
        assert_eq!(reason.is_allowed(), !refused && granted, "{reason}");
        assert!(!reason.to_string().is_empty());

        let action = match class {
            Class::Preflight if refused => Action::Respond(StatusCode::FORBIDDEN),
            Class::Preflight => Action::Respond(StatusCode::NO_CONTENT),
            Class::Actual if refused && config.refuse_disallowed => Action::Respond(StatusCode::FORBIDDEN),
            Class::Actual | Class::NotCors => Action::Forward,
        };
        assert_eq!(decision.action(), action);

        let mut response = inner.clone();
        let stripped = decision.headers().apply(&mut response);
        let foreign = inner.iter().filter(|(name, _)| is_access_control(name.as_str())).count();
        assert_eq!(stripped, foreign, "every foreign line is counted");
        self.is_safe(class, refused, &response);
        if class == Class::Actual && !refused {
            self.passes(&response);
        }
        for name in inner.keys().filter(|name| !is_access_control(name.as_str()) && **name != VARY) {
            assert_eq!(lines(&inner, name), lines(&response, name), "{name} is nobody's business");
        }
        if class == Class::Preflight {
            lists_tokens(&response);
        }
        self.varies(&names(&lines(&inner, VARY)).collect::<Vec<_>>(), &response, decision);
    }

    fn answers_everyone_alike(&self) -> bool {
        self.config.allow_origins.iter().any(|origin| origin == "*") && !self.config.allow_credentials
    }

    /// What no policy and no request can bring about.
    fn is_safe(&self, class: Class, refused: bool, response: &HeaderMap) {
        let silent = (refused || class == Class::NotCors) && !self.answers_everyone_alike();
        for name in response.keys().filter(|name| is_access_control(name.as_str())) {
            assert!(!silent, "{name} on a response for nobody");
            assert_eq!(lines(response, name).len(), 1, "one line of {name}");
        }
        let origin = response.get(ACCESS_CONTROL_ALLOW_ORIGIN);
        let credentials = response.get(ACCESS_CONTROL_ALLOW_CREDENTIALS);
        assert_eq!(origin.is_none(), silent);
        assert_eq!(origin.is_some_and(|origin| origin == "*"), self.answers_everyone_alike());
        if !self.answers_everyone_alike() && !silent {
            assert_eq!(origin, self.request.get(ORIGIN));
        }
        assert_eq!(credentials.is_some(), self.config.allow_credentials && !silent);
        assert!(
            credentials.is_none_or(|value| value == "true" && origin.is_some_and(|origin| origin != "*"))
        );
    }

    /// The naive CORS check; the whole of a browser is in [`Asked::a_browser_agrees`].
    fn passes(&self, response: &HeaderMap) {
        let origin = self.request.get(ORIGIN).map_or(&b""[..], HeaderValue::as_bytes);
        assert!(passes_cors_check(response, origin, false));
        assert_eq!(passes_cors_check(response, origin, true), self.config.allow_credentials);
    }

    /// What is there stays in its order, and only what is missing is added.
    fn varies(&self, inner: &[&[u8]], response: &HeaderMap, decision: &Decision<'_>) {
        let lines = lines(response, VARY);
        let merged: Vec<&[u8]> = names(&lines).collect();
        let anything = inner.contains(&&b"*"[..]);
        let has = |name: &str| inner.iter().any(|there| there.eq_ignore_ascii_case(name.as_bytes()));
        let missing: Vec<&[u8]> = decision
            .headers()
            .vary()
            .names()
            .filter(|name| !anything && !has(name))
            .map(str::as_bytes)
            .collect();
        assert_eq!(merged, [inner, &missing].concat());
        assert!(missing.is_empty() || lines.len() == 1);
        let has_origin = merged.iter().any(|name| name.eq_ignore_ascii_case(b"origin"));
        assert!(has_origin || anything || self.answers_everyone_alike());
    }

    /// A request that differs only where `Vary` does not look has the same answer.
    fn is_cached_right(&self, decision: &Decision<'_>) {
        let vary = decision.headers().vary();
        let looks_at = |name: HeaderName| vary.names().any(|varied| name == varied);
        let mut other = self.request.clone();
        if !looks_at(ACCESS_CONTROL_REQUEST_HEADERS) {
            other.remove(ACCESS_CONTROL_REQUEST_HEADERS);
        }
        if !looks_at(ACCESS_CONTROL_REQUEST_METHOD) && other.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
            other.insert(ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("GET"));
        }
        // Without `Origin` an `OPTIONS` request is another kind of request, which is not cached.
        if !looks_at(ORIGIN) && (self.method != "OPTIONS" || decision.class() == Class::Preflight) {
            other.insert(ORIGIN, HeaderValue::from_static("https://other.example"));
        }
        assert_eq!(response_of(&self.policy.decide(&self.method, &other)), response_of(decision));
    }

    /// A source is asked about nothing that could not stand in the list.
    fn may_be_asked(&self, decision: &Decision<'_>, origin: &str) {
        assert!(self.config.origins_from_source && decision.reason() == Reason::OriginNotListed);
        assert_eq!(lines(&self.request, ORIGIN), [origin.as_bytes()]);
        let parts = parts(origin).expect("an origin is asked about");
        assert!(!matches!((parts.scheme, parts.port), ("http", Some("80")) | ("https", Some("443"))));
        let address = parts.host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        let name = parts.host.strip_suffix('.').unwrap_or(parts.host);
        let loopback = address.is_ok_and(|address| address.is_loopback()) || name.ends_with("localhost");
        let insecure = parts.scheme == "http" && !loopback;
        let dangerous = self.config.dangerously_allow_insecure_origins_with_credentials;
        assert!(!(self.config.allow_credentials && insecure) || dangerous, "{origin}");
    }

    /// A page of the request's origin calls with the requested method and headers, and gets what the policy says.
    fn a_browser_agrees(&self) {
        let target = url::Url::parse("https://api.invalid/").expect("it is a URL");
        let origin = self.request.get(ORIGIN).and_then(|line| line.to_str().ok());
        let Some(Ok(origin)) = origin.map(str::parse::<Origin>) else { return };
        if origin.is_same_origin(&Origin::of_url(&target)) {
            return;
        }
        let page = Page::of(origin);
        let mut call = Call::new(target);
        if let Some(Ok(method)) = self.request.get(ACCESS_CONTROL_REQUEST_METHOD).map(HeaderValue::to_str) {
            call.method = method.to_owned();
        }
        let asked = lines(&self.request, ACCESS_CONTROL_REQUEST_HEADERS);
        // Beyond the budget the policy refuses what a browser might still find in a list.
        if asked.iter().map(|line| line.len() + 1).sum::<usize>() > REQUESTED_HEADERS_BUDGET {
            return;
        }
        for name in names(&asked).filter(|name| is_token(name)) {
            call.headers.append(String::from_utf8_lossy(name), "1");
        }
        for credentials in [CredentialsMode::Omit, CredentialsMode::Include] {
            call.credentials = credentials;
            self.calls(&page, &call);
        }
    }

    fn calls(&self, page: &Page, call: &Call) {
        let mut cache = PreflightCache::new();
        let mut next = fetch(page, call, Browser::Standard, &mut cache, Duration::ZERO);
        let mut all_allowed = true;
        let mut sent = 0;
        let verdict = loop {
            match next {
                Next::Done(verdict) => break verdict,
                Next::Send(pending) => {
                    let (allowed, response) = self.answer(pending.request());
                    all_allowed &= allowed;
                    sent += 1;
                    next = pending.receive(Answer::Response(response), &mut cache, Duration::ZERO);
                }
            }
        };
        // The browser itself may refuse a call, and then nobody is asked.
        if sent > 0 {
            let with_credentials = call.credentials == CredentialsMode::Include;
            let wanted = all_allowed && (!with_credentials || self.policy.allows_credentials());
            assert_eq!(verdict.is_allowed(), wanted, "{verdict:?}");
        }
    }

    fn answer(&self, request: &WireRequest) -> (bool, WireResponse) {
        let headers: HeaderMap = request
            .headers
            .iter()
            .map(|(name, value)| {
                let name = HeaderName::from_bytes(name.as_bytes()).expect("a browser sends names");
                (name, HeaderValue::from_bytes(value).expect("a browser sends values"))
            })
            .collect();
        let decision = self.policy.decide(&request.method, &headers);
        let class = if request.kind == RequestKind::Preflight { Class::Preflight } else { Class::Actual };
        assert_eq!(decision.class(), class);
        let status = match decision.action() {
            Action::Forward => StatusCode::OK,
            Action::Respond(status) => status,
        };
        let headers =
            response_of(&decision).iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        (decision.reason().is_allowed(), WireResponse { status: status.as_u16(), headers })
    }
}
