//! The ledger of failures: every way a browser concludes that a call failed, under a name that never changes.
//!
//! Names, anchors and meanings only; which one applies is decided elsewhere, and the values of a case are in
//! [`Failure`](crate::Failure).
//!
//! Spec: <https://fetch.spec.whatwg.org/#http-cors-protocol>

use std::fmt;
use std::str::FromStr;

/// Who can conclude a failure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judge {
    /// This crate, from the page, the call and the exchange.
    Here,
    /// Only a browser: it takes something that a call and its exchange do not show.
    Browser,
}

macro_rules! ledger {
    ($($variant:ident $id:literal $spec:ident $judge:ident $meaning:literal)+) => {
        /// What a browser concluded, as a stable identifier.
        ///
        /// ```
        /// use corsac_browser::FailureId;
        ///
        /// let id: FailureId = "acao-missing".parse()?;
        /// assert_eq!(id, FailureId::AcaoMissing);
        /// assert_eq!(id.spec(), "https://fetch.spec.whatwg.org/#concept-cors-check");
        /// # Ok::<(), corsac_browser::UnknownFailure>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum FailureId {
            $(#[doc = concat!("`", $id, "`: ", $meaning, ".")] $variant,)+
        }

        impl FailureId {
            /// Every identifier, in the order of the ledger.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The identifier as text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// The step of the standard that fails.
            #[must_use]
            pub const fn spec(self) -> &'static str {
                match self { $(Self::$variant => step::$spec,)+ }
            }

            /// What it means, in one line without a full stop.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }

            const fn judge(self) -> Judge {
                match self { $(Self::$variant => Judge::$judge,)+ }
            }
        }
    };
}

/// Where the steps are that fail.
mod step {
    pub(super) const CORS_CHECK: &str = "https://fetch.spec.whatwg.org/#concept-cors-check";
    pub(super) const PREFLIGHT_FETCH: &str = "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0";
    pub(super) const NON_WILDCARD_NAME: &str =
        "https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name";
    pub(super) const HTTP_FETCH: &str = "https://fetch.spec.whatwg.org/#concept-http-fetch";
    pub(super) const REDIRECT_FETCH: &str = "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch";
    pub(super) const LOCATION_URL: &str = "https://fetch.spec.whatwg.org/#concept-response-location-url";
    pub(super) const NETWORK_FETCH: &str = "https://fetch.spec.whatwg.org/#concept-http-network-fetch";
    pub(super) const MAIN_FETCH: &str = "https://fetch.spec.whatwg.org/#concept-main-fetch";
    pub(super) const REQUEST: &str = "https://fetch.spec.whatwg.org/#dom-request";
    pub(super) const FORBIDDEN_METHOD: &str = "https://fetch.spec.whatwg.org/#forbidden-method";
    pub(super) const PORT_BLOCKING: &str = "https://fetch.spec.whatwg.org/#port-blocking";
    pub(super) const MIXED_CONTENT: &str =
        "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch";
    pub(super) const CONNECT_SRC: &str = "https://w3c.github.io/webappsec-csp/#directive-connect-src";
    pub(super) const LNA_PERMISSION: &str = "https://wicg.github.io/local-network-access/#permission-prompt";
    pub(super) const LNA_SECURE_CONTEXT: &str =
        "https://wicg.github.io/local-network-access/#secure-context-restriction";
    pub(super) const LNA_FETCH: &str = "https://wicg.github.io/local-network-access/#fetch-api";
    pub(super) const CORS_PROTOCOL: &str = "https://fetch.spec.whatwg.org/#http-cors-protocol";
    pub(super) const ORIGIN_HEADER: &str = "https://fetch.spec.whatwg.org/#origin-header";
    pub(super) const CORP: &str = "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header";
    pub(super) const EXPOSE_HEADERS: &str =
        "https://fetch.spec.whatwg.org/#http-access-control-expose-headers";
    pub(super) const OPAQUE_RESPONSE: &str =
        "https://fetch.spec.whatwg.org/#concept-filtered-response-opaque";
}

ledger! {
    AcaoMissing "acao-missing" CORS_CHECK Here
        "the response has no Access-Control-Allow-Origin"
    AcaoMismatch "acao-mismatch" CORS_CHECK Here
        "Access-Control-Allow-Origin names another origin than the page's"
    AcaoNullMismatch "acao-null-mismatch" CORS_CHECK Here
        "the browser sent `Origin: null`, and Access-Control-Allow-Origin is not `null`"
    AcaoInvalid "acao-invalid" CORS_CHECK Here
        "Access-Control-Allow-Origin is empty or not an origin at all"
    AcaoMultipleLines "acao-multiple-lines" CORS_CHECK Here
        "the response has more than one Access-Control-Allow-Origin header"
    AcaoList "acao-list" CORS_CHECK Here
        "Access-Control-Allow-Origin is a list, and only one origin is allowed"
    AcaoWildcardWithCredentials "acao-wildcard-with-credentials" CORS_CHECK Here
        "Access-Control-Allow-Origin is `*`, which does not count for a request with credentials"
    AcacNotTrue "acac-not-true" CORS_CHECK Here
        "the request has credentials, and Access-Control-Allow-Credentials is not `true`"

    PreflightAcaoMissing "preflight-acao-missing" PREFLIGHT_FETCH Here
        "the answer to the preflight has no Access-Control-Allow-Origin"
    PreflightAcaoMismatch "preflight-acao-mismatch" PREFLIGHT_FETCH Here
        "the preflight's Access-Control-Allow-Origin names another origin than the one sent"
    PreflightAcaoInvalid "preflight-acao-invalid" PREFLIGHT_FETCH Here
        "the preflight's Access-Control-Allow-Origin is empty or not an origin at all"
    PreflightAcaoMultiple "preflight-acao-multiple" PREFLIGHT_FETCH Here
        "the preflight's answer has several values for Access-Control-Allow-Origin"
    PreflightAcaoWildcardWithCredentials "preflight-acao-wildcard-with-credentials" PREFLIGHT_FETCH Here
        "the preflight's Access-Control-Allow-Origin is `*`, which does not count with credentials"
    PreflightAcacNotTrue "preflight-acac-not-true" PREFLIGHT_FETCH Here
        "the request will have credentials, and the preflight's Access-Control-Allow-Credentials is not `true`"
    PreflightStatusNotOk "preflight-status-not-ok" PREFLIGHT_FETCH Here
        "the status of the answer to the preflight is not 200 to 299"
    PreflightRedirect "preflight-redirect" PREFLIGHT_FETCH Here
        "the preflight was answered with a redirect, which is never followed"
    PreflightNetworkFailure "preflight-network-failure" PREFLIGHT_FETCH Here
        "the preflight got no answer"
    PreflightAcamUnparsable "preflight-acam-unparsable" PREFLIGHT_FETCH Here
        "the preflight's Access-Control-Allow-Methods is not a list of methods"
    PreflightAcahUnparsable "preflight-acah-unparsable" PREFLIGHT_FETCH Here
        "the preflight's Access-Control-Allow-Headers is not a list of header names"
    PreflightMethodNotAllowed "preflight-method-not-allowed" PREFLIGHT_FETCH Here
        "the preflight's Access-Control-Allow-Methods does not list the method"
    PreflightHeaderNotAllowed "preflight-header-not-allowed" PREFLIGHT_FETCH Here
        "the preflight's Access-Control-Allow-Headers does not list a header the script set"
    PreflightAuthorizationOnlyWildcard "preflight-authorization-only-wildcard" NON_WILDCARD_NAME Here
        "the preflight's Access-Control-Allow-Headers is `*`, which never covers Authorization"

    RedirectHopAcaoMissing "redirect-hop-acao-missing" HTTP_FETCH Here
        "a redirect on the way has no Access-Control-Allow-Origin"
    RedirectHopAcaoMismatch "redirect-hop-acao-mismatch" HTTP_FETCH Here
        "the Access-Control-Allow-Origin of a redirect on the way names another origin"
    RedirectHopAcaoNullMismatch "redirect-hop-acao-null-mismatch" HTTP_FETCH Here
        "the browser sent `Origin: null` to a redirect on the way, whose Access-Control-Allow-Origin is not `null`"
    RedirectHopAcaoInvalid "redirect-hop-acao-invalid" HTTP_FETCH Here
        "the Access-Control-Allow-Origin of a redirect on the way is empty or not an origin at all"
    RedirectHopAcaoMultipleLines "redirect-hop-acao-multiple-lines" HTTP_FETCH Here
        "a redirect on the way has more than one Access-Control-Allow-Origin header"
    RedirectHopAcaoList "redirect-hop-acao-list" HTTP_FETCH Here
        "the Access-Control-Allow-Origin of a redirect on the way is a list, and only one origin is allowed"
    RedirectHopAcaoWildcardWithCredentials "redirect-hop-acao-wildcard-with-credentials" HTTP_FETCH Here
        "the Access-Control-Allow-Origin of a redirect on the way is `*`, which does not count with credentials"
    RedirectHopAcacNotTrue "redirect-hop-acac-not-true" HTTP_FETCH Here
        "the request has credentials, and the Access-Control-Allow-Credentials of a redirect is not `true`"
    RedirectUrlCredentials "redirect-url-credentials" REDIRECT_FETCH Here
        "a redirect leads to a URL with a user name or password in it"
    RedirectSchemeNotHttp "redirect-scheme-not-http" REDIRECT_FETCH Here
        "a redirect leads to a URL that is neither http nor https"
    RedirectLocationInvalid "redirect-location-invalid" LOCATION_URL Here
        "a redirect has a Location that is not a URL, or several"
    RedirectTooMany "redirect-too-many" REDIRECT_FETCH Here
        "there were more than twenty redirects"
    RedirectStreamBody "redirect-stream-body" REDIRECT_FETCH Here
        "a redirect asks for the body again, and the body was a stream that is gone"
    RedirectModeError "redirect-mode-error" HTTP_FETCH Here
        "the answer is a redirect, and the call's redirect mode is `error`"

    NetworkFailure "network-failure" NETWORK_FETCH Here
        "the request got no answer"
    ModeSameOrigin "mode-same-origin" MAIN_FETCH Here
        "the call's mode is `same-origin`, and the URL is of another origin"
    SchemeNotHttp "scheme-not-http" MAIN_FETCH Here
        "only http and https URLs can be asked across origins"
    NoCorsRedirectMode "no-cors-redirect-mode" MAIN_FETCH Here
        "a `no-cors` call to another origin must follow redirects"
    NoCorsMethod "no-cors-method" REQUEST Here
        "a `no-cors` call can only be GET, HEAD or POST"
    ForbiddenMethod "forbidden-method" FORBIDDEN_METHOD Here
        "no script may use this method"
    UrlCredentials "url-credentials" REQUEST Here
        "the URL of the call has a user name or password in it"
    CallInvalid "call-invalid" REQUEST Here
        "the call itself is not valid, and the browser throws before it sends anything"
    BadPort "bad-port" PORT_BLOCKING Here
        "browsers do not connect to this port"
    MixedContent "mixed-content" MIXED_CONTENT Here
        "a page on https calls an http URL"
    CspConnectSrc "csp-connect-src" CONNECT_SRC Browser
        "the page's own Content-Security-Policy does not list the URL"
    LnaPermissionDenied "lna-permission-denied" LNA_PERMISSION Browser
        "the page has no permission to reach the local network"
    LnaInsecureContext "lna-insecure-context" LNA_SECURE_CONTEXT Browser
        "a page that is not secure calls the local network"
    LnaAddressSpaceMismatch "lna-address-space-mismatch" LNA_FETCH Browser
        "the call declared another address space than the one its target is in"
    CorsDisabledByPref "cors-disabled-by-pref" CORS_PROTOCOL Browser
        "a setting of the browser has turned CORS off"
    OriginHeaderNotAdded "origin-header-not-added" ORIGIN_HEADER Browser
        "the browser could not add the Origin header"
    PreflightBlockedByUa "preflight-blocked-by-ua" PREFLIGHT_FETCH Browser
        "the browser itself blocked the preflight"
    CorpBlocked "corp-blocked" CORP Here
        "the response's Cross-Origin-Resource-Policy keeps it from this page"
    ResponseHeaderNotExposed "response-header-not-exposed" EXPOSE_HEADERS Here
        "the call succeeded, but the script cannot read a header that came"
    OpaqueResponse "opaque-response" OPAQUE_RESPONSE Here
        "the call succeeded, but the script can read nothing of the response"
}

impl FailureId {
    /// Whether this crate can conclude it; the others take what only a browser knows, and are here to be
    /// named.
    #[must_use]
    pub const fn is_judged(self) -> bool {
        matches!(self.judge(), Judge::Here)
    }
}

impl fmt::Display for FailureId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for FailureId {
    type Err = UnknownFailure;

    fn from_str(text: &str) -> Result<Self, UnknownFailure> {
        Self::ALL.iter().copied().find(|id| id.as_str() == text).ok_or_else(|| UnknownFailure(text.into()))
    }
}

/// A text that is no failure's identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFailure(String);

impl fmt::Display for UnknownFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is not the identifier of a failure", self.0)
    }
}

impl std::error::Error for UnknownFailure {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn identifiers_are_unique_and_kebab_case() {
        let unique: BTreeSet<_> = FailureId::ALL.iter().map(|id| id.as_str()).collect();
        assert_eq!(unique.len(), FailureId::ALL.len());
        for id in unique {
            assert!(
                id.split('-')
                    .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())),
                "{id}"
            );
        }
    }

    #[test]
    fn identifiers_read_back() {
        for id in FailureId::ALL {
            assert_eq!(id.as_str().parse(), Ok(*id));
        }
        assert!("acao".parse::<FailureId>().is_err());
    }

    #[test]
    fn anchors_are_well_formed_and_meanings_are_one_line() {
        const HOSTS: [&str; 4] = [
            "https://fetch.spec.whatwg.org/#",
            "https://w3c.github.io/webappsec-mixed-content/#",
            "https://w3c.github.io/webappsec-csp/#",
            "https://wicg.github.io/local-network-access/#",
        ];
        for id in FailureId::ALL {
            let anchor = HOSTS.iter().find_map(|host| id.spec().strip_prefix(host));
            let anchor = anchor.unwrap_or_else(|| panic!("{id}: {} is not one of the specs", id.spec()));
            assert!(
                anchor.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
                "{id}: {anchor}"
            );
            assert!(!id.meaning().is_empty() && !id.meaning().contains('\n') && !id.meaning().ends_with('.'));
        }
    }
}
