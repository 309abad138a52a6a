//! The ledger of differences: where an engine leaves the standard, or fills in what the standard leaves open.
//!
//! Each row is a name, what the standard says and what happens instead, who was seen doing so, in which
//! version, and the smallest scenario in `vectors/browser` that shows it. The rules ask for a row by name;
//! nothing else in this crate knows one engine from another, save for the words on their consoles.

use crate::Browser;

/// An engine, and the version of it that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The engine.
    pub browser: Browser,
    /// Its version.
    pub version: &'static str,
}

const CHROMIUM: Seen = Seen { browser: Browser::Chromium, version: "156.0.8078.108" };
const FIREFOX: Seen = Seen { browser: Browser::Firefox, version: "153.7.0" };
const WEBKIT: Seen = Seen { browser: Browser::Webkit, version: "2.50.6" };

/// The newest version of each engine that was tried.
pub(crate) const NEWEST: [Seen; 3] = [CHROMIUM, FIREFOX, WEBKIT];

macro_rules! quirks {
    ($($topic:literal { $($variant:ident $id:literal [$($seen:ident)+] $scenario:literal
        $standard:literal
        $instead:literal)+ })+) => {
        /// A difference between an engine and the Fetch standard, as a stable identifier.
        ///
        /// ```
        /// use corsac_browser::{Browser, Quirk};
        ///
        /// let quirk = Quirk::AuthorizationUnderWildcard;
        /// assert_eq!(quirk.as_str(), "authorization-under-wildcard");
        /// assert!(Browser::Firefox.has(quirk) && !Browser::Standard.has(quirk));
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Quirk {
            $($(#[doc = concat!("`", $id, "`: ", $instead, ".")] $variant,)+)+
        }

        impl Quirk {
            /// Every row, in the order of the ledger.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)+)+];

            /// The identifier as text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $id,)+)+ }
            }

            /// What it is about, in a few words.
            #[must_use]
            pub const fn topic(self) -> &'static str {
                match self { $($(Self::$variant => $topic,)+)+ }
            }

            /// What the standard says, in one line without a full stop.
            #[must_use]
            pub const fn standard(self) -> &'static str {
                match self { $($(Self::$variant => $standard,)+)+ }
            }

            /// What happens instead, in one line without a full stop.
            #[must_use]
            pub const fn instead(self) -> &'static str {
                match self { $($(Self::$variant => $instead,)+)+ }
            }

            /// Who was seen doing so.
            #[must_use]
            pub const fn seen(self) -> &'static [Seen] {
                match self { $($(Self::$variant => &[$($seen,)+],)+)+ }
            }

            /// The smallest scenario in `vectors/browser` that shows it.
            #[must_use]
            pub const fn scenario(self) -> &'static str {
                match self { $($(Self::$variant => $scenario,)+)+ }
            }
        }
    };
}

quirks! {
    "What needs a preflight" {
        LinesCombined "lines-combined" [CHROMIUM WEBKIT] "engine-lines-combined"
            "each header line is judged by itself, so two `Accept` of 100 bytes each are safelisted"
            "lines of one name are joined before they are judged"
        LinesTrimmed "lines-trimmed" [CHROMIUM] "engine-lines-trimmed"
            "lines that are joined keep the space after a last comma, which counts among the 128 bytes of a safelisted value"
            "they lose it"
        NoSumLimit "no-sum-limit" [FIREFOX] "engine-no-sum-limit"
            "safelisted headers of more than 1024 bytes together need a preflight"
            "there is no limit to all of them together"
        HighBytesUnsafe "high-bytes-unsafe" [FIREFOX] "engine-high-bytes-unsafe"
            "bytes from 0x80 on are safelisted in `Accept` and `Content-Type`"
            "they need a preflight"
        RangeUnitAnyCase "range-unit-any-case" [WEBKIT] "engine-range-unit-any-case"
            "`Range: BYTES=0-1` is not safelisted, because the unit is in capitals"
            "it is safelisted"
        RangePlusSign "range-plus-sign" [WEBKIT] "engine-range-plus-sign"
            "`Range: bytes=+0-` is not safelisted, because of the sign"
            "it is safelisted"
        RangeBelowTwoTo63 "range-below-two-to-63" [CHROMIUM] "engine-range-below-two-to-63"
            "the numbers in a safelisted `Range` can be of any size"
            "they must be less than 2^63 - 1"
        RangeBelowTwoTo64 "range-below-two-to-64" [FIREFOX WEBKIT] "engine-range-below-two-to-64"
            "the numbers in a safelisted `Range` can be of any size"
            "they must be less than 2^64"
        ContentTypeStrict "content-type-strict" [FIREFOX] "engine-content-type-strict"
            "whatever follows the `;` of a safelisted `Content-Type` does not matter"
            "a comma does, and so does a `;` at the end of the parameters"
        ClientHintsSafelisted "client-hints-safelisted" [CHROMIUM] "engine-client-hints-safelisted"
            "`DPR`, `Width`, `Save-Data` and other client hints need a preflight"
            "they are safelisted, as long as their values are well formed"
        UserAgentIgnored "user-agent-ignored" [CHROMIUM] "engine-user-agent-ignored"
            "a script may set `User-Agent`, which needs a preflight"
            "it is dropped without a word, and the browser sends its own"
        OverrideQuotesIgnored "override-quotes-ignored" [FIREFOX WEBKIT] "engine-override-quotes-ignored"
            "`X-HTTP-Method-Override: \"a, TRACE, b\"` is one quoted value, and the script may set it"
            "it is split at the comma, and dropped because of the `TRACE` in it"
        AskedNamesRepeat "asked-names-repeat" [FIREFOX] "engine-asked-names-repeat"
            "`Access-Control-Request-Headers` names each header once"
            "it names a header once for each of its lines that needs leave"
        OneLineSent "one-line-sent" [FIREFOX] "engine-one-line-sent"
            "every value that a script has set is sent"
            "only the last value of `Authorization`, `User-Agent` and a few others is; of a `Content-Type` with a body, only the first, until a redirect"
        HeadersAsUtf8 "headers-as-utf-8" [WEBKIT] "engine-headers-as-utf-8"
            "a header's character from U+0080 to U+00FF is sent as the byte of that number"
            "it is sent as UTF-8"
        NoCorsTypeOfBody "no-cors-type-of-body" [WEBKIT] "engine-no-cors-type-of-body"
            "in `no-cors`, a `Blob` of type `application/json` is sent without its type"
            "it is sent with it"
        XhrCharsetInPlace "xhr-charset-in-place" [CHROMIUM] "engine-xhr-charset-in-place"
            "`XMLHttpRequest` with a text leaves the `charset=utf-8` of a `Content-Type` as it is written; another charset becomes `UTF-8`, and the whole type is written in its normal form"
            "any charset is replaced by `UTF-8` where it stands, and the rest is unchanged"
        XhrCharsetAfterTheCheck "xhr-charset-after-the-check" [FIREFOX] "engine-xhr-charset-after-the-check"
            "a `Content-Type` that `XMLHttpRequest` writes anew is judged as it is sent"
            "it is judged as the script has written it"
        XhrCharsetOfFormsInPlace "xhr-charset-of-forms-in-place" [FIREFOX] "engine-xhr-charset-of-forms-in-place"
            "`XMLHttpRequest` does not change the charset of a `Content-Type` that a script has set for a `URLSearchParams`"
            "a charset other than UTF-8 is replaced where it stands, and the rest is unchanged"
        XhrCharsetOfForms "xhr-charset-of-forms" [CHROMIUM FIREFOX WEBKIT] "engine-xhr-charset-of-forms"
            "`XMLHttpRequest` does not change the charset of a `Content-Type` that a script has set for a `URLSearchParams`"
            "it changes it to `UTF-8`, as it does for a text"
        TypeOfIgnoredForm "type-of-ignored-form" [WEBKIT] "engine-type-of-ignored-form"
            "`XMLHttpRequest` ignores the body of a `GET`, and sends no `Content-Type` for it"
            "if the body is a `URLSearchParams`, its `Content-Type` is sent"
        ListenerNeedsBody "listener-needs-body" [CHROMIUM] "engine-listener-needs-body"
            "a listener on `XMLHttpRequest.upload` makes a preflight necessary"
            "only where there is a body to upload"
        StreamAsText "stream-as-text" [FIREFOX] "engine-stream-as-text"
            "a body that is a `ReadableStream` needs a preflight"
            "the text `[object ReadableStream]` is sent in its place"
        StreamRefused "stream-refused" [WEBKIT] "engine-stream-refused"
            "a body can be a `ReadableStream`"
            "the call throws `NotSupportedError`"
    }
    "What is blocked, and what is sent" {
        LoopbackIsMixedContent "loopback-is-mixed-content" [WEBKIT] "engine-loopback-is-mixed-content"
            "a page on https may call `http://127.0.0.1` and `http://localhost`"
            "that is blocked as mixed content"
        CorpNoSiteForAddresses "corp-no-site-for-addresses" [CHROMIUM] "engine-corp-no-site-for-addresses"
            "`Cross-Origin-Resource-Policy: same-site` lets in a page on another port of the same IP address"
            "an address is of no site"
        OrderModeFirst "order-mode-first" [CHROMIUM FIREFOX WEBKIT] "engine-order-mode-first"
            "a port that is blocked is told before a mode that is not fit for the target"
            "the mode is told first"
        NoCorsOriginTold "no-cors-origin-told" [CHROMIUM] "engine-no-cors-origin-told"
            "a `no-cors` `POST` from a page on https to `http://localhost` says `Origin: null`"
            "it says the page's origin"
        OriginForStorageAccess "origin-for-storage-access" [CHROMIUM FIREFOX] "engine-origin-for-storage-access"
            "a `no-cors` `GET` has no `Origin`"
            "it has, if a frame without an origin calls the site of the page at the top with credentials"
        StorageAccessOriginStays "storage-access-origin-stays" [CHROMIUM] "engine-storage-access-origin-stays"
            "a `no-cors` `GET` has no `Origin`"
            "where the row above gives it one, it keeps it after redirects, wherever they lead"
        NoCorsTaintedFromHome "no-cors-tainted-from-home" [CHROMIUM] "engine-no-cors-tainted-from-home"
            "a redirect from the page's own server to another leaves the `Origin` of a `no-cors` `POST` as it is"
            "it says `null` from then on"
        ProxyStatusIsAnError "proxy-status-is-an-error" [CHROMIUM] "engine-proxy-status-is-an-error"
            "a server may answer 407, as it may answer any other status"
            "it counts as no answer, since no proxy was asked"
    }
    "The answer to a preflight" {
        EmptyLinesDropped "empty-lines-dropped" [FIREFOX] "engine-empty-lines-dropped"
            "several lines of a header are joined, empty ones too: an empty `Access-Control-Allow-Credentials` and another with `true` read `, true`, which is not `true`"
            "empty lines are left out, except of `Access-Control-Allow-Origin`"
        ListenerGrantsNothing "listener-grants-nothing" [CHROMIUM FIREFOX WEBKIT] "engine-listener-grants-nothing"
            "where an upload listener made the call ask, an absent `Access-Control-Allow-Methods` allows its method"
            "it does not, unless the method is `GET`, `HEAD` or `POST`"
        AuthorizationUnderWildcard "authorization-under-wildcard" [CHROMIUM FIREFOX WEBKIT]
            "engine-authorization-under-wildcard"
            "`Access-Control-Allow-Headers: *` never covers `Authorization`"
            "it does, for calls without credentials; Firefox prints that this will end"
        OwnPreflightUnchecked "own-preflight-unchecked" [FIREFOX] "engine-own-preflight-unchecked"
            "after redirects back to the page's own origin, the answer to a preflight must pass the CORS check"
            "it need not; the answer to the call must"
        RedirectNeedsLocation "redirect-needs-location" [CHROMIUM FIREFOX] "engine-redirect-needs-location"
            "a preflight answered with 302 is a redirect"
            "only with a `Location`; without one, it is told as a status that is not 200 to 299"
        OrderRedirectFirst "order-redirect-first" [CHROMIUM WEBKIT] "engine-order-redirect-first"
            "a preflight's answer must pass the CORS check before its status is looked at"
            "a redirect is told before a missing or wrong `Access-Control-Allow-Origin`"
        OrderStatusFirst "order-status-first" [WEBKIT] "engine-order-status-first"
            "a preflight's answer must pass the CORS check before its status is looked at"
            "a status that is not 200 to 299 is told before a missing or wrong `Access-Control-Allow-Origin`"
        OrderMethodBeforeHeaders "order-method-before-headers" [FIREFOX] "engine-order-method-before-headers"
            "an `Access-Control-Allow-Headers` that cannot be read is told before a method that is not listed"
            "the method is told first"
    }
    "What is remembered of a preflight" {
        MaxAgeTwoHours "max-age-two-hours" [CHROMIUM] "engine-max-age-two-hours"
            "how long a preflight's answer is kept at most is the browser's choice"
            "two hours (7200 s)"
        MaxAgeOneDay "max-age-one-day" [FIREFOX] "engine-max-age-one-day"
            "how long a preflight's answer is kept at most is the browser's choice"
            "a day (86400 s)"
        MaxAgeTenMinutes "max-age-ten-minutes" [WEBKIT] "engine-max-age-ten-minutes"
            "how long a preflight's answer is kept at most is the browser's choice"
            "ten minutes (600 s)"
        MaxAgeUnreadableIsNone "max-age-unreadable-is-none" [FIREFOX] "engine-max-age-unreadable-is-none"
            "an `Access-Control-Max-Age` that cannot be read counts as absent: 5 s"
            "the answer is not kept at all, unless the value is empty"
        MaxAgeSigned "max-age-signed" [CHROMIUM WEBKIT] "engine-max-age-signed"
            "`Access-Control-Max-Age: -1` cannot be read, and counts as absent: 5 s"
            "it is less than nothing, and the answer is not kept"
        CacheWholeAnswers "cache-whole-answers" [CHROMIUM WEBKIT] "engine-cache-whole-answers"
            "each method and header name is remembered by itself"
            "one answer is remembered for a URL; one that does not suffice is forgotten, and the next replaces it"
        CacheKeepsRefusals "cache-keeps-refusals" [WEBKIT] "engine-cache-keeps-refusals"
            "only an answer that allows the call is remembered"
            "one that does not list its method or a header is remembered for the calls it does allow"
        CacheKeptOnFailure "cache-kept-on-failure" [CHROMIUM WEBKIT] "engine-cache-kept-on-failure"
            "what is remembered for a URL is forgotten when a call to it fails"
            "it stays"
        CacheClearedByAnyCall "cache-cleared-by-any-call" [FIREFOX] "engine-cache-cleared-by-any-call"
            "only a call that was in need of a preflight makes the browser forget, when it fails"
            "any failing call to that URL across origins does, and one that is redirected to a blocked port, too"
        CacheKeptInErrorMode "cache-kept-in-error-mode" [FIREFOX] "engine-cache-kept-in-error-mode"
            "what is remembered for a URL is forgotten when a call to it fails"
            "it stays where the call failed because its redirect mode is `error`"
        CacheNotForOpaquePages "cache-not-for-opaque-pages" [CHROMIUM] "engine-cache-not-for-opaque-pages"
            "preflights of a page without an origin (a sandboxed frame, a `data:` page) are remembered"
            "they are not"
        CacheByPageOrigin "cache-by-page-origin" [FIREFOX] "engine-cache-by-page-origin"
            "after a redirect between other origins, preflights are remembered for the origin `null`"
            "they are remembered for the page's own"
        CacheTaintedAlone "cache-tainted-alone" [CHROMIUM WEBKIT] "engine-cache-tainted-alone"
            "after a redirect between other origins, preflights are remembered for the origin `null`"
            "they are remembered for the rest of that call only"
        CacheStarWithCredentials "cache-star-with-credentials" [CHROMIUM FIREFOX WEBKIT]
            "engine-cache-star-with-credentials"
            "a remembered `*` covers any method and header, even if it came with credentials"
            "with credentials, it covers nothing but its own name"
        CacheStarCoversAuthorization "cache-star-covers-authorization" [WEBKIT]
            "engine-cache-star-covers-authorization"
            "a remembered `*` does not cover `Authorization`"
            "it does"
        CacheStarIsLiteral "cache-star-is-literal" [FIREFOX] "engine-cache-star-is-literal"
            "a remembered `*` covers any method and header"
            "it covers nothing but its own name, so such an answer is never used again"
        CacheHeadMustBeListed "cache-head-must-be-listed" [FIREFOX] "engine-cache-head-must-be-listed"
            "a remembered answer need not list `HEAD`"
            "it must, or a `HEAD` with an unsafe header asks again"
        CacheByCredentials "cache-by-credentials" [FIREFOX] "engine-cache-by-credentials"
            "an answer to a call with credentials counts for calls without them, too"
            "it counts for calls with credentials only"
        CacheOutlivesItsTokens "cache-outlives-its-tokens" [FIREFOX] "engine-cache-outlives-its-tokens"
            "what is remembered is forgotten when its time is over"
            "a `GET` or `POST` that only an upload listener makes ask is never asked for again"
        CacheNotForConditions "cache-not-for-conditions" [CHROMIUM] "engine-cache-not-for-conditions"
            "`If-None-Match` and other conditions are headers like any other"
            "a call with one of them always sends its own preflight; the answer is remembered for later calls"
        CacheNotForFetchedConditions "cache-not-for-fetched-conditions" [FIREFOX] "engine-cache-not-for-fetched-conditions"
            "`If-None-Match` and other conditions are headers like any other"
            "a `fetch()` with one of them always sends its own preflight; the answer is remembered for later calls"
        CacheNoLongUrls "cache-no-long-urls" [CHROMIUM] "engine-cache-no-long-urls"
            "preflights are remembered for any URL"
            "not for URLs of 1024 bytes and more"
    }
    "Redirects" {
        PreflightOriginUntainted "preflight-origin-untainted" [FIREFOX] "engine-preflight-origin-untainted"
            "after a redirect between other origins, preflight and call say `Origin: null`"
            "the preflight says the page's origin, and only the call says `null`"
        PreflightAfterRedirect "preflight-after-redirect" [FIREFOX WEBKIT] "engine-preflight-after-redirect"
            "a redirect that turns the call into a plain `GET` ends the need for preflights"
            "a call that had a preflight has another one for every further hop"
        OriginalHeadersAsked "original-headers-asked" [WEBKIT] "engine-original-headers-asked"
            "leave is asked for the headers that are left after a redirect"
            "leave is asked for all that the script has set, those the redirect has dropped included"
        DeleteBecomesGet "delete-becomes-get" [WEBKIT] "engine-delete-becomes-get"
            "a redirect to another origin leaves `DELETE` as it is, unless its status is 303"
            "it becomes `GET`"
        OriginStays "origin-stays" [WEBKIT] "engine-origin-stays"
            "a call without CORS that a redirect turns from `POST` into `GET` has no `Origin` any more"
            "it keeps the `Origin`, until a redirect leads to another origin"
        MixedContentAfterPreflight "mixed-content-after-preflight" [WEBKIT] "engine-mixed-content-after-preflight"
            "a redirect from https to http is blocked at once"
            "if the next hop needs a preflight, that is sent first, and the call is blocked after it"
        UrlCredentialsAfterPreflight "url-credentials-after-preflight" [WEBKIT] "engine-url-credentials-after-preflight"
            "a redirect from the page's own server to a URL with a user name in it is blocked at once"
            "if the next hop needs a preflight, that is sent first, and the call is blocked after it"
        RedirectDropsClientHints "redirect-drops-client-hints" [CHROMIUM] "engine-redirect-drops-client-hints"
            "a redirect leaves client hints that a script has set as they are"
            "one to another origin than the page's drops `DPR`, `Width`, `Viewport-Width`, `Device-Memory`, `Downlink`, `ECT` and `RTT`, but not `Save-Data`"
        RemovedHeadersAsk "removed-headers-ask" [FIREFOX] "engine-removed-headers-ask"
            "a header that a redirect has dropped needs no preflight"
            "there is a preflight all the same, which does not name it"
        BodyHeadersReturn "body-headers-return" [WEBKIT] "engine-body-headers-return"
            "a `Content-Type` that was dropped with the body is gone for the rest of the call"
            "it is dropped for one hop only"
        RemovedHeadersAskedAgain "removed-headers-asked-again" [FIREFOX] "engine-removed-headers-asked-again"
            "leave is asked for the headers that are sent"
            "after two redirects, it is asked for a `Content-Type` that the first has dropped, too"
        RemovedHeadersReturn "removed-headers-return" [FIREFOX] "engine-removed-headers-return"
            "a header that a redirect has dropped, such as `Authorization`, is gone for the rest of the call"
            "it is dropped for one hop only: a further redirect within the other origin sends it there"
        OrderBadLocationFirst "order-bad-location-first" [CHROMIUM FIREFOX] "engine-order-bad-location-first"
            "a redirect must pass the CORS check before anybody looks where it leads"
            "a `Location` that is no URL is told first"
        OrderUnsafeSchemeFirst "order-unsafe-scheme-first" [FIREFOX] "engine-order-unsafe-scheme-first"
            "a redirect must pass the CORS check before anybody looks where it leads"
            "a `Location` that is a `data:`, `file:`, `blob:`, `javascript:` or `ws:` URL is told first"
        OrderFtpFirst "order-ftp-first" [WEBKIT] "engine-order-ftp-first"
            "a redirect must pass the CORS check before anybody looks where it leads"
            "a `Location` that is an `ftp:` URL is told first"
        ErrorModeMindsCredentials "error-mode-minds-credentials" [CHROMIUM]
            "engine-error-mode-minds-credentials"
            "in redirect mode `error`, nobody looks at the `Location`"
            "a user name in it, for another origin, is told before the redirect itself"
        ErrorModeNeedsLocation "error-mode-needs-location" [CHROMIUM WEBKIT] "engine-error-mode-needs-location"
            "in redirect mode `error`, a status of 301, 302, 303, 307 or 308 is an error"
            "only with a `Location`; without one, it is a response like any other"
        EmptyLocationIsNone "empty-location-is-none" [CHROMIUM] "engine-empty-location-is-none"
            "an empty `Location` leads to the same URL again"
            "it leads nowhere, and the redirect is a response like any other"
        EmptyLocationIsInvalid "empty-location-is-invalid" [WEBKIT] "engine-empty-location-is-invalid"
            "an empty `Location` leads to the same URL again"
            "the call fails"
        BadLocationAlwaysFails "bad-location-always-fails" [CHROMIUM] "engine-bad-location-always-fails"
            "in redirect mode `manual`, nobody looks at the `Location`"
            "one that is no URL is an error"
        ManualNotToFtp "manual-not-to-ftp" [WEBKIT] "engine-manual-not-to-ftp"
            "in redirect mode `manual`, nobody looks at the `Location`"
            "an `ftp:` URL is an error"
        ManualBodyWithoutLocation "manual-body-without-location" [WEBKIT] "engine-manual-body-without-location"
            "of a redirect that is not followed, the script can read nothing"
            "without a `Location`, it can read the body"
        ConflictingLocations "conflicting-locations" [CHROMIUM FIREFOX] "engine-conflicting-locations"
            "two `Location` lines matter on a redirect only"
            "two that differ make any response, whatever its status, a broken one"
        SameLocationTwice "same-location-twice" [CHROMIUM FIREFOX] "engine-same-location-twice"
            "two `Location` lines are an error"
            "not if they are the same"
        LocationLinesJoined "location-lines-joined" [WEBKIT] "engine-location-lines-joined"
            "two `Location` lines are an error"
            "they are joined with a comma, and that is followed"
        UrlCredentialsNeverFollowed "url-credentials-never-followed" [CHROMIUM]
            "engine-url-credentials-never-followed"
            "a page's own server may redirect to its own origin with a user name in the URL"
            "`fetch()` follows no redirect to such a URL"
        HopKeepsCredentials "hop-keeps-credentials" [WEBKIT] "engine-hop-keeps-credentials"
            "once a call has left the page's origin, `same-origin` credentials are not asked about any more"
            "a further redirect must come with `Access-Control-Allow-Credentials: true`"
        NoCorsKeepsCookies "no-cors-keeps-cookies" [WEBKIT] "engine-no-cors-keeps-cookies"
            "once a call has left the page's origin, `same-origin` credentials go along no more"
            "a `no-cors` call that began there takes cookies along to any server it is redirected to"
    }
    "What the script reads" {
        DataLengthReadable "data-length-readable" [FIREFOX] "engine-data-length-readable"
            "of a `data:` URL, the script reads `Content-Type`"
            "it reads `Content-Length` as well"
        BlobPolicyReadable "blob-policy-readable" [WEBKIT] "engine-blob-policy-readable"
            "of a `blob:` URL, the script reads `Content-Length` and `Content-Type`"
            "it reads `Referrer-Policy` as well"
        ExposeStarBeforeError "expose-star-before-error" [FIREFOX] "engine-expose-star-before-error"
            "an `Access-Control-Expose-Headers` that cannot be read exposes nothing"
            "to `fetch()`, with a `*` before the first mistake, it exposes everything"
        ExposeAcceptWithStar "expose-accept-with-star" [WEBKIT] "engine-expose-accept-with-star"
            "with credentials, `*` in `Access-Control-Expose-Headers` exposes nothing"
            "it exposes the response header `Accept`"
    }
}

impl Browser {
    /// Whether the engine differs from the standard in this.
    #[must_use]
    pub fn has(self, quirk: Quirk) -> bool {
        quirk.seen().iter().any(|seen| seen.browser == self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn rows_are_unique_dated_and_worded() {
        let ids: BTreeSet<_> = Quirk::ALL.iter().map(|quirk| quirk.as_str()).collect();
        assert_eq!(ids.len(), Quirk::ALL.len());
        for quirk in Quirk::ALL {
            let browsers: BTreeSet<_> = quirk.seen().iter().map(|seen| seen.browser.as_str()).collect();
            assert_eq!(browsers.len(), quirk.seen().len(), "{}", quirk.as_str());
            assert!(!browsers.contains("standard"), "{}", quirk.as_str());
            for text in [quirk.standard(), quirk.instead()] {
                assert!(!text.is_empty() && !text.contains(['\n', '|']) && !text.ends_with('.'), "{text}");
            }
        }
    }
}
