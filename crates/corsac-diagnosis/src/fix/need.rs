//! What a fix has to allow: the least policy with which this very call passes.
//!
//! Made of what the browser asked, or would ask; the policy is checked by the engine before anything is worded.

use std::time::Duration;

use corsac::{Origin, Policy, PolicyConfig};
use corsac_browser::{Browser, CredentialsMode, Mode, Next, PreflightCache, RequestKind, WireRequest, fetch};

use crate::cause::Cause;
use crate::exchange::Case;

/// What a fix has to allow, and what it is for.
pub(super) struct Need {
    pub(super) policy: Policy,
    /// The same, as it is written.
    pub(super) config: PolicyConfig,
    /// The page's origin: the only one that is allowed.
    pub(super) origin: String,
    /// The method of the call, safelisted ones included.
    pub(super) method: String,
    /// Whether the browser asks first.
    pub(super) preflighted: bool,
    pub(super) cause: Cause,
    /// The origin of the API, for the gateway in front of it.
    pub(super) upstream: String,
}

impl Need {
    /// The least policy that allows this call and nothing beside it, or why there is none that is safe.
    pub(super) fn of(case: &Case<'_>, cause: Cause) -> Result<Self, String> {
        let Origin::Tuple(origin) = &case.page.origin else {
            return Err(
                "No lines are given: `null` is what anybody's sandboxed page sends, so allowing it allows \
                        everyone. Serve the page over http://localhost first."
                    .into(),
            );
        };
        let preflight = preflight(case);
        let asked = |name: &str| preflight.as_ref().and_then(|request| request.headers.get_text(name));
        let method = asked("access-control-request-method")
            .unwrap_or_else(|| corsac::normalize_method(&case.call.method).to_owned());
        let headers: Vec<String> = asked("access-control-request-headers")
            .map(|names| names.split(',').map(|name| name.trim().to_owned()).collect())
            .unwrap_or_default();
        let expose_headers = read_by_page(case);
        if [&method].into_iter().chain(&headers).chain(&expose_headers).any(|name| name == "*") {
            return Err("No lines are given: the page uses the name `*`, which no list can hold without holding every name. \
                        Take another name."
                .into());
        }
        let config = PolicyConfig {
            allow_origins: vec![origin.to_string()],
            allow_credentials: case.call.credentials == CredentialsMode::Include,
            allow_methods: if corsac::is_safelisted_method(&method) {
                Vec::new()
            } else {
                vec![method.clone()]
            },
            // The page has no business with those that servers send.
            allow_headers: headers.into_iter().filter(|name| !name.starts_with("access-control-")).collect(),
            expose_headers,
            ..PolicyConfig::default()
        };
        let policy = config.clone().into_policy().map_err(|faults| unsafe_for(&faults))?;
        let upstream = Origin::of_url(case.exchanges.last().map_or(&case.call.url, |last| &last.request.url));
        Ok(Self {
            policy,
            config,
            origin: origin.to_string(),
            method,
            preflighted: preflight.is_some(),
            cause,
            upstream: upstream.to_string(),
        })
    }
}

/// The response headers that the page reads, and that no browser shows unasked.
fn read_by_page(case: &Case<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in &case.told.reads {
        let is_known = names.iter().any(|known| known.eq_ignore_ascii_case(name));
        if !is_known && !SHOWN_UNASKED.iter().any(|shown| shown.eq_ignore_ascii_case(name)) {
            names.push(name.clone());
        }
    }
    names
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>, and what no server can expose:
/// <https://fetch.spec.whatwg.org/#forbidden-response-header-name>.
const SHOWN_UNASKED: [&str; 9] = [
    "Cache-Control",
    "Content-Language",
    "Content-Length",
    "Content-Type",
    "Expires",
    "Last-Modified",
    "Pragma",
    "Set-Cookie",
    "Set-Cookie2",
];

/// The preflight that was sent; where there is none (a recording, a call that was stopped, a mode that needs none), the
/// one that a browser would send.
fn preflight(case: &Case<'_>) -> Option<WireRequest> {
    if let Some(sent) = case.exchanges.iter().find(|exchange| exchange.is_preflight()) {
        return Some(sent.request.clone());
    }
    let mut call = case.call.clone();
    call.mode = Mode::Cors;
    match fetch(case.page, &call, Browser::Standard, &mut PreflightCache::new(), Duration::ZERO) {
        Next::Send(pending) if pending.request().kind == RequestKind::Preflight => {
            Some(pending.request().clone())
        }
        Next::Send(_) | Next::Done(_) => None,
    }
}

fn unsafe_for(faults: &corsac::Faults) -> String {
    let reasons: Vec<String> = faults
        .faults()
        .iter()
        .map(|fault| {
            let meaning = fault.meaning().trim_end_matches('.');
            let remedy =
                if fault.place.key == "allow_origins" { ". Serve the page over https first" } else { "" };
            format!("{}: {meaning}{remedy}", fault.value)
        })
        .collect();
    format!("No lines are given, because they would not be safe. {}.", reasons.join("; "))
}
