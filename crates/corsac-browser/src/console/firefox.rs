//! What Firefox prints. The quotation marks are part of the texts.
//!
//! Besides the reason, it says of every preflight and of every redirect that failed that the call did not
//! succeed, with a status that is always `(null)`.

use super::row::{Phrase, Row, always};
use crate::FailureId as Id;

pub(super) const PHRASES: &[Phrase] = &[
    Phrase {
        name: "blocked",
        when: always,
        text: "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at",
    },
    Phrase {
        name: "failed",
        when: always,
        text: "{blocked} {url}. (Reason: CORS request did not succeed). Status code: (null).",
    },
    Phrase {
        name: "and-failed",
        when: |scene| scene.is_preflight() || (scene.is_failed_hop() && scene.follows()),
        text: "{failed}",
    },
    Phrase {
        name: "and-failed-again",
        when: |scene| scene.is_preflight() && scene.is_hop() && scene.follows(),
        text: "{failed}",
    },
    Phrase { name: "failed-across-origins", when: |scene| scene.is_cors(), text: "{failed}" },
    // To `fetch()` with CORS, it is the server that redirects who asks for the target.
    Phrase { name: "asker", when: |scene| scene.is_cors_fetch(), text: "{url}" },
    Phrase { name: "asker", when: always, text: "{page}" },
    Phrase { name: "not-http", when: always, text: "{blocked} {target}. (Reason: CORS request not http)." },
];

pub(super) const ROWS: &[Row] = &[
    Row {
        ids: &[Id::AcaoMissing, Id::PreflightAcaoMissing, Id::RedirectHopAcaoMissing],
        when: always,
        lines: &[
            "{blocked} {url}. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: {status}.",
            "{and-failed}",
            "{and-failed-again}",
        ],
    },
    Row {
        ids: &[Id::AcaoMultipleLines, Id::RedirectHopAcaoMultipleLines],
        when: always,
        lines: &[
            "{blocked} {url}. (Reason: Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).",
            "{and-failed}",
        ],
    },
    Row {
        ids: &[Id::PreflightAcaoMultiple],
        when: |scene| scene.has_several_lines(),
        lines: &[
            "{blocked} {url}. (Reason: Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).",
            "{and-failed}",
            "{and-failed-again}",
        ],
    },
    Row {
        ids: &[
            Id::AcaoMismatch,
            Id::AcaoNullMismatch,
            Id::AcaoInvalid,
            Id::AcaoList,
            Id::PreflightAcaoMismatch,
            Id::PreflightAcaoInvalid,
            Id::PreflightAcaoMultiple,
            Id::RedirectHopAcaoMismatch,
            Id::RedirectHopAcaoNullMismatch,
            Id::RedirectHopAcaoInvalid,
            Id::RedirectHopAcaoList,
        ],
        when: always,
        lines: &[
            "{blocked} {url}. (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match \
             ‘{allow-origin}’).",
            "{and-failed}",
            "{and-failed-again}",
        ],
    },
    // Here the URL has quotation marks of its own.
    Row {
        ids: &[
            Id::AcaoWildcardWithCredentials,
            Id::PreflightAcaoWildcardWithCredentials,
            Id::RedirectHopAcaoWildcardWithCredentials,
        ],
        when: always,
        lines: &[
            "{blocked} ‘{url}’. (Reason: Credential is not supported if the CORS header \
             ‘Access-Control-Allow-Origin’ is ‘*’).",
            "{and-failed}",
            "{and-failed-again}",
        ],
    },
    Row {
        ids: &[Id::AcacNotTrue, Id::PreflightAcacNotTrue, Id::RedirectHopAcacNotTrue],
        when: always,
        lines: &[
            "{blocked} {url}. (Reason: expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).",
            "{and-failed}",
            "{and-failed-again}",
        ],
    },
    Row {
        ids: &[Id::PreflightStatusNotOk],
        when: always,
        lines: &[
            "{blocked} {url}. (Reason: CORS preflight response did not succeed). Status code: {status}.",
            "{failed}",
        ],
    },
    Row {
        ids: &[Id::PreflightRedirect],
        when: |scene| !scene.follows(),
        lines: &[
            "{blocked} {url}. (Reason: CORS preflight response did not succeed). Status code: {status}.",
            "{failed}",
        ],
    },
    // It begins to follow, and stops at once: what the answer comes to then depends on where it led.
    Row {
        ids: &[Id::PreflightRedirect],
        when: |scene| scene.target_is_scheme(&["file"]),
        lines: &[
            "Security Error: Content at {url} may not load or link to {target}.",
            "{failed}",
            "{failed}",
        ],
    },
    Row {
        ids: &[Id::PreflightRedirect],
        when: |scene| scene.target_is_scheme(&["blob"]),
        lines: &["Security Error: Content at {url} may not load data from {target}.", "{failed}", "{failed}"],
    },
    Row {
        ids: &[Id::PreflightRedirect],
        when: |scene| !scene.target_is_scheme(&["http", "https"]),
        lines: &["{failed}", "{failed}"],
    },
    Row {
        ids: &[Id::PreflightRedirect],
        when: |scene| {
            scene.leads_away()
                && !scene.is_home()
                && !scene.allows_origin("*")
                && !scene.allows_origin("null")
        },
        lines: &[
            "{blocked} {url}. (Reason: CORS request external redirect not allowed).",
            "{blocked} {url}. (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match \
             ‘{allow-origin}’).",
            "{failed}",
        ],
    },
    Row {
        ids: &[Id::PreflightRedirect],
        when: always,
        lines: &[
            "{blocked} {url}. (Reason: CORS request external redirect not allowed).",
            "{blocked} {url}. (Reason: CORS preflight response did not succeed). Status code: {status}.",
            "{failed}",
        ],
    },
    Row { ids: &[Id::PreflightNetworkFailure], when: |scene| scene.is_home(), lines: &["{failed}"] },
    Row { ids: &[Id::PreflightNetworkFailure], when: always, lines: &["{failed}", "{failed}"] },
    Row {
        ids: &[Id::PreflightAcamUnparsable],
        when: always,
        lines: &[
            "{blocked} {url}. (Reason: invalid token ‘{token}’ in CORS header ‘Access-Control-Allow-Methods’).",
            "{failed}",
        ],
    },
    Row {
        ids: &[Id::PreflightAcahUnparsable],
        when: always,
        lines: &[
            "{blocked} {url}. (Reason: invalid token ‘{token}’ in CORS header ‘Access-Control-Allow-Headers’).",
            "{failed}",
        ],
    },
    Row {
        ids: &[Id::PreflightMethodNotAllowed],
        when: always,
        lines: &[
            "{blocked} {url}. (Reason: Did not find method in CORS header ‘Access-Control-Allow-Methods’).",
            "{failed}",
        ],
    },
    Row {
        ids: &[Id::PreflightHeaderNotAllowed],
        when: always,
        lines: &[
            "{blocked} {url}. (Reason: header ‘{header}’ is not allowed according to header \
             ‘Access-Control-Allow-Headers’ from CORS preflight response).",
            "{failed}",
        ],
    },
    Row {
        ids: &[Id::RedirectSchemeNotHttp],
        when: |scene| {
            scene.is_same_origin_mode() && !scene.target_is_scheme(&["data", "javascript", "ws", "wss"])
        },
        lines: &["Security Error: Content at {page} may not load data from {target}."],
    },
    Row {
        ids: &[Id::RedirectSchemeNotHttp],
        when: |scene| scene.target_is_scheme(&["file"]),
        lines: &[
            "Security Error: Content at {asker} may not load or link to {target}.",
            "{failed-across-origins}",
        ],
    },
    Row {
        ids: &[Id::RedirectSchemeNotHttp],
        when: |scene| scene.target_is_scheme(&["blob"]),
        lines: &[
            "Security Error: Content at {asker} may not load data from {target}.",
            "{failed-across-origins}",
        ],
    },
    Row {
        ids: &[Id::RedirectSchemeNotHttp],
        when: |scene| !scene.is_no_cors() && !scene.target_is_scheme(&["data", "javascript", "ws", "wss"]),
        lines: &["{not-http}", "{failed-across-origins}"],
    },
    Row {
        ids: &[Id::RedirectSchemeNotHttp, Id::RedirectLocationInvalid, Id::RedirectTooMany],
        when: |scene| scene.is_cors(),
        lines: &["{failed}"],
    },
    Row { ids: &[Id::RedirectUrlCredentials], when: |scene| !scene.is_no_cors(), lines: &["{failed}"] },
    // It looks for the header in an answer that never came.
    Row {
        ids: &[Id::NetworkFailure],
        when: |scene| scene.is_cors() && scene.is_put(),
        lines: &[
            "{blocked} {url}. (Reason: Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).",
        ],
    },
    Row { ids: &[Id::NetworkFailure], when: |scene| scene.is_cors(), lines: &["{failed}"] },
    Row {
        ids: &[Id::BadPort],
        when: |scene| scene.is_redirected() && !scene.is_no_cors(),
        lines: &["{blocked} {previous-url}. (Reason: CORS request did not succeed). Status code: (null)."],
    },
    Row {
        ids: &[Id::ModeSameOrigin],
        when: always,
        lines: &["Security Error: Content at {page} may not load data from {url}."],
    },
    // A blob of the page's own, asked for with another method than `GET`.
    Row { ids: &[Id::SchemeNotHttp], when: |scene| scene.is_home(), lines: &[] },
    Row {
        ids: &[Id::SchemeNotHttp],
        when: |scene| scene.is_scheme(&["file"]),
        lines: &["Security Error: Content at {page} may not load or link to {url}."],
    },
    Row {
        ids: &[Id::SchemeNotHttp],
        when: |scene| scene.is_scheme(&["blob"]) && !scene.is_no_cors(),
        lines: &["Security Error: Content at {page} may not load data from {url}."],
    },
    Row {
        ids: &[Id::SchemeNotHttp],
        when: |scene| !scene.is_no_cors() && !scene.is_scheme(&["ws", "wss"]),
        lines: &["{blocked} {url}. (Reason: CORS request not http)."],
    },
    Row {
        ids: &[Id::MixedContent], when: always, lines: &["Blocked loading mixed active content “{url}”"]
    },
    Row {
        ids: &[Id::CorpBlocked],
        when: always,
        lines: &[
            "The resource at “{url}” was blocked due to its Cross-Origin-Resource-Policy header (or lack \
                  thereof). See \
                  https://developer.mozilla.org/docs/Web/HTTP/Cross-Origin_Resource_Policy_(CORP)#",
        ],
    },
];
