//! What Chromium prints.

use super::row::{Phrase, Row, always};
use crate::FailureId as Id;

/// Where the network itself refuses to go, without a word.
const UNSAFE: &[&str] = &["about", "blob", "data", "file", "filesystem"];

pub(super) const PHRASES: &[Phrase] = &[
    Phrase {
        name: "cors",
        when: always,
        text: "Access to {kind} at '{url}' {redirected}from origin '{origin}' has been blocked by CORS policy: ",
    },
    Phrase {
        name: "cors-target",
        when: always,
        text: "Access to {kind} at '{target}' (redirected from '{first-url}') from origin '{origin}' has been \
               blocked by CORS policy: ",
    },
    Phrase { name: "kind", when: |scene| scene.is_fetch(), text: "fetch" },
    Phrase { name: "kind", when: |scene| scene.is_xhr(), text: "XMLHttpRequest" },
    Phrase {
        name: "redirected",
        when: |scene| scene.is_redirected(),
        text: "(redirected from '{first-url}') ",
    },
    Phrase {
        name: "preflight",
        when: |scene| scene.is_preflight(),
        text: "Response to preflight request doesn't pass access control check: ",
    },
    Phrase {
        name: "valid",
        when: |scene| scene.is_fetch(),
        text: " Have the server send the header with a valid value.",
    },
    Phrase {
        name: "with-credentials",
        when: |scene| scene.is_xhr(),
        text: " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the \
               withCredentials attribute.",
    },
    Phrase {
        name: "schemes",
        when: always,
        text: "Cross origin requests are only supported for protocol schemes: chrome, \
               chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, \
               isolated-app.",
    },
];

pub(super) const ROWS: &[Row] = &[
    Row {
        ids: &[Id::AcaoMissing, Id::PreflightAcaoMissing, Id::RedirectHopAcaoMissing],
        when: always,
        lines: &[
            "{cors}{preflight}No 'Access-Control-Allow-Origin' header is present on the requested resource.",
        ],
    },
    Row {
        ids: &[
            Id::AcaoMismatch,
            Id::AcaoNullMismatch,
            Id::PreflightAcaoMismatch,
            Id::RedirectHopAcaoMismatch,
            Id::RedirectHopAcaoNullMismatch,
        ],
        when: always,
        lines: &[
            "{cors}{preflight}The 'Access-Control-Allow-Origin' header has a value '{allow-origin}' that is \
                  not equal to the supplied origin.{valid}",
        ],
    },
    Row {
        ids: &[Id::AcaoInvalid, Id::PreflightAcaoInvalid, Id::RedirectHopAcaoInvalid],
        when: always,
        lines: &["{cors}{preflight}The 'Access-Control-Allow-Origin' header contains the invalid value \
                  '{allow-origin}'.{valid}"],
    },
    Row {
        ids: &[
            Id::AcaoMultipleLines,
            Id::AcaoList,
            Id::PreflightAcaoMultiple,
            Id::RedirectHopAcaoMultipleLines,
            Id::RedirectHopAcaoList,
        ],
        when: always,
        lines: &["{cors}{preflight}The 'Access-Control-Allow-Origin' header contains multiple values \
                  '{allow-origin}', but only one is allowed.{valid}"],
    },
    Row {
        ids: &[
            Id::AcaoWildcardWithCredentials,
            Id::PreflightAcaoWildcardWithCredentials,
            Id::RedirectHopAcaoWildcardWithCredentials,
        ],
        when: always,
        lines: &[
            "{cors}{preflight}The value of the 'Access-Control-Allow-Origin' header in the response must \
                  not be the wildcard '*' when the request's credentials mode is 'include'.{with-credentials}",
        ],
    },
    Row {
        ids: &[Id::AcacNotTrue, Id::PreflightAcacNotTrue, Id::RedirectHopAcacNotTrue],
        when: always,
        lines: &[
            "{cors}{preflight}The value of the 'Access-Control-Allow-Credentials' header in the response is \
                  '{allow-credentials}' which must be 'true' when the request's credentials mode is \
                  'include'.{with-credentials}",
        ],
    },
    Row {
        ids: &[Id::PreflightStatusNotOk],
        when: always,
        lines: &["{cors}{preflight}It does not have HTTP ok status."],
    },
    Row { ids: &[Id::PreflightRedirect], when: |scene| !scene.has_target(), lines: &[] },
    Row {
        ids: &[Id::PreflightRedirect],
        when: always,
        lines: &["{cors}{preflight}Redirect is not allowed for a preflight request."],
    },
    Row {
        ids: &[Id::PreflightAcamUnparsable],
        when: always,
        lines: &[
            "{cors}Cannot parse Access-Control-Allow-Methods response header field in preflight response.",
        ],
    },
    Row {
        ids: &[Id::PreflightAcahUnparsable],
        when: always,
        lines: &[
            "{cors}Cannot parse Access-Control-Allow-Headers response header field in preflight response.",
        ],
    },
    Row {
        ids: &[Id::PreflightMethodNotAllowed],
        when: always,
        lines: &[
            "{cors}Method {method} is not allowed by Access-Control-Allow-Methods in preflight response.",
        ],
    },
    Row {
        ids: &[Id::PreflightHeaderNotAllowed],
        when: always,
        lines: &[
            "{cors}Request header field {first-header} is not allowed by Access-Control-Allow-Headers in \
                  preflight response.",
        ],
    },
    // It names the location, and leaves it empty.
    Row {
        ids: &[Id::RedirectUrlCredentials],
        when: |scene| !scene.is_no_cors() && (scene.is_cors() || !scene.stays_home()),
        lines: &["{cors}Redirect location '' contains a username and password, which is disallowed for \
                  cross-origin requests."],
    },
    Row {
        ids: &[Id::RedirectSchemeNotHttp],
        when: |scene| scene.is_same_origin_mode() && !scene.target_is_scheme(UNSAFE),
        lines: &[
            "Unsafe attempt to load URL {target} from frame with URL {page}. Domains, protocols and ports \
                  must match.",
        ],
    },
    Row {
        ids: &[Id::RedirectSchemeNotHttp],
        when: |scene| !scene.is_no_cors() && !scene.target_is_scheme(UNSAFE),
        lines: &["{cors-target}{schemes}"],
    },
    Row {
        ids: &[Id::ModeSameOrigin],
        when: |scene| scene.is_redirected(),
        lines: &[
            "Unsafe attempt to load URL {url} from frame with URL {page}. Domains, protocols and ports \
                  must match.",
        ],
    },
    Row {
        ids: &[Id::ModeSameOrigin],
        when: always,
        lines: &[
            "Fetch API cannot load {url}. Request mode is \"same-origin\" but the URL's origin is not same \
                  as the request origin {origin}.",
        ],
    },
    Row {
        ids: &[Id::NoCorsRedirectMode],
        when: always,
        lines: &[
            "Fetch API cannot load {url}. Request mode is \"no-cors\" but the redirect mode is not \"follow\".",
        ],
    },
    // A blob of the page's own, asked for with another method than `GET`.
    Row { ids: &[Id::SchemeNotHttp], when: |scene| scene.is_home(), lines: &[] },
    Row {
        ids: &[Id::SchemeNotHttp],
        when: |scene| scene.is_scheme(&["file"]) || (scene.is_scheme(&["blob"]) && !scene.is_cors_fetch()),
        lines: &["Not allowed to load local resource: {url}"],
    },
    Row {
        ids: &[Id::SchemeNotHttp],
        when: |scene| scene.is_fetch(),
        lines: &["Fetch API cannot load {url}. URL scheme \"{scheme}\" is not supported."],
    },
    Row {
        ids: &[Id::SchemeNotHttp],
        when: |scene| scene.is_scheme(&["ftp"]),
        lines: &["FTP is not supported."],
    },
    Row { ids: &[Id::SchemeNotHttp], when: always, lines: &["{cors}{schemes}"] },
    Row {
        ids: &[Id::MixedContent],
        when: always,
        lines: &[
            "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure resource \
                  '{url}'. This request has been blocked; the content must be served over HTTPS.",
        ],
    },
];
