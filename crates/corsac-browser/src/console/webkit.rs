//! What WebKit prints: mostly two lines, the reason and what came of it.

use super::row::{Phrase, Row, always};
use crate::FailureId as Id;

pub(super) const PHRASES: &[Phrase] = &[
    Phrase { name: "api", when: |scene| scene.is_fetch(), text: "Fetch API" },
    Phrase { name: "api", when: |scene| scene.is_xhr(), text: "XMLHttpRequest" },
    Phrase {
        name: "cannot",
        when: always,
        text: "{api} cannot load {plain-url} due to access control checks.",
    },
    // A call that is refused before the network is named without its fragment.
    Phrase {
        name: "cannot-begin",
        when: always,
        text: "{api} cannot load {bare-url} due to access control checks.",
    },
    Phrase {
        name: "redirection",
        when: always,
        text: "Cross-origin redirection to {target} denied by Cross-Origin Resource Sharing policy: ",
    },
    Phrase { name: "if-redirection", when: |scene| scene.is_hop(), text: "{redirection}" },
    Phrase {
        name: "if-failed-hop",
        when: |scene| scene.is_failed_hop() && scene.is_hop(),
        text: "{redirection}",
    },
    Phrase {
        name: "insecure",
        when: always,
        text: "[blocked] The page at {page} requested insecure content from",
    },
    Phrase {
        name: "over-https",
        when: always,
        text: "This content was blocked and must be served over HTTPS.",
    },
    // For loopback, the text has no end.
    Phrase {
        name: "over-https-if-far",
        when: |scene| scene.is_loopback(),
        text: "This content was blocked and must",
    },
    Phrase { name: "over-https-if-far", when: always, text: "{over-https}" },
];

pub(super) const ROWS: &[Row] = &[
    Row {
        ids: &[
            Id::AcaoMultipleLines,
            Id::AcaoList,
            Id::PreflightAcaoMultiple,
            Id::RedirectHopAcaoMultipleLines,
            Id::RedirectHopAcaoList,
        ],
        when: |scene| scene.has_comma(),
        lines: &[
            "{if-failed-hop}Access-Control-Allow-Origin cannot contain more than one origin.",
            "{cannot}",
        ],
    },
    Row {
        ids: &[
            Id::AcaoMissing,
            Id::AcaoMismatch,
            Id::AcaoNullMismatch,
            Id::AcaoInvalid,
            Id::AcaoMultipleLines,
            Id::AcaoList,
            Id::PreflightAcaoMissing,
            Id::PreflightAcaoMismatch,
            Id::PreflightAcaoInvalid,
            Id::PreflightAcaoMultiple,
            Id::RedirectHopAcaoMissing,
            Id::RedirectHopAcaoMismatch,
            Id::RedirectHopAcaoNullMismatch,
            Id::RedirectHopAcaoInvalid,
            Id::RedirectHopAcaoMultipleLines,
            Id::RedirectHopAcaoList,
        ],
        when: always,
        lines: &[
            "{if-failed-hop}Origin {sent-origin} is not allowed by Access-Control-Allow-Origin. Status code: \
             {status}",
            "{cannot}",
        ],
    },
    Row {
        ids: &[
            Id::AcaoWildcardWithCredentials,
            Id::PreflightAcaoWildcardWithCredentials,
            Id::RedirectHopAcaoWildcardWithCredentials,
        ],
        when: always,
        lines: &[
            "{if-failed-hop}Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.",
            "{cannot}",
        ],
    },
    Row {
        ids: &[Id::AcacNotTrue, Id::PreflightAcacNotTrue, Id::RedirectHopAcacNotTrue],
        when: always,
        lines: &[
            "{if-failed-hop}Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\".",
            "{cannot}",
        ],
    },
    Row {
        ids: &[Id::PreflightStatusNotOk, Id::PreflightRedirect],
        when: always,
        lines: &["Preflight response is not successful. Status code: {status}", "{cannot}"],
    },
    // The reason is a text of the system: this is the one for an answer that never came.
    Row {
        ids: &[Id::PreflightNetworkFailure],
        when: always,
        lines: &["Connection terminated unexpectedly", "{cannot}"],
    },
    Row {
        ids: &[Id::PreflightAcamUnparsable],
        when: always,
        lines: &["Header Access-Control-Allow-Methods has an invalid value: {value}", "{cannot}"],
    },
    Row {
        ids: &[Id::PreflightAcahUnparsable],
        when: always,
        lines: &["Header Access-Control-Allow-Headers has an invalid value: {value}", "{cannot}"],
    },
    Row {
        ids: &[Id::PreflightMethodNotAllowed],
        when: always,
        lines: &["Method {method} is not allowed by Access-Control-Allow-Methods.", "{cannot}"],
    },
    Row {
        ids: &[Id::PreflightHeaderNotAllowed],
        when: always,
        lines: &[
            "Request header field {header-as-written} is not allowed by Access-Control-Allow-Headers.",
            "{cannot}",
        ],
    },
    Row {
        ids: &[Id::RedirectUrlCredentials],
        when: always,
        lines: &["{redirection}redirection URL {target-with-credentials} has credentials", "{cannot}"],
    },
    Row {
        ids: &[Id::RedirectSchemeNotHttp],
        when: |scene| scene.target_is_scheme(&["ftp"]),
        lines: &["FTP URLs are disabled", "{api} cannot load {load-url} due to access control checks."],
    },
    Row {
        ids: &[Id::RedirectSchemeNotHttp],
        when: |scene| !scene.is_cors() && scene.target_is_scheme(&["blob", "file"]),
        lines: &["Not allowed to load local resource: {target}", "{cannot}"],
    },
    Row {
        ids: &[Id::RedirectSchemeNotHttp],
        when: |scene| scene.is_same_origin_mode(),
        lines: &[
            "Unsafe attempt to load URL {target} from origin {origin}. Domains, protocols and ports must match.",
            "{cannot}",
        ],
    },
    Row {
        ids: &[Id::RedirectSchemeNotHttp],
        when: |scene| !scene.is_cors() && !scene.target_is_scheme(&["about", "data", "ws", "wss"]),
        lines: &["{insecure} {target}. {over-https}", "{cannot}"],
    },
    Row {
        ids: &[Id::RedirectSchemeNotHttp],
        when: |scene| scene.is_no_cors(),
        lines: &[
            "Redirection to URL with a scheme that is not HTTP(S).",
            "{api} cannot load {target} due to access control checks.",
        ],
    },
    Row { ids: &[Id::RedirectLocationInvalid], when: |scene| !scene.is_cors(), lines: &[] },
    Row {
        ids: &[Id::RedirectSchemeNotHttp, Id::RedirectLocationInvalid],
        when: always,
        lines: &[
            "{redirection}not allowed to follow a cross-origin CORS redirection with non CORS scheme",
            "{cannot}",
        ],
    },
    Row {
        ids: &[Id::RedirectTooMany],
        when: always,
        lines: &["Load cannot follow more than 20 redirections", "{cannot}"],
    },
    Row {
        ids: &[Id::RedirectModeError],
        when: always,
        lines: &["Not allowed to follow a redirection while loading {url}", "{cannot}"],
    },
    Row {
        ids: &[Id::ModeSameOrigin],
        when: |scene| scene.is_redirected(),
        lines: &[
            "Unsafe attempt to load URL {plain-url} from origin {origin}. Domains, protocols and ports must match.",
            "{cannot}",
        ],
    },
    Row { ids: &[Id::ModeSameOrigin], when: always, lines: &["{api} cannot load {url}."] },
    Row {
        ids: &[Id::NoCorsRedirectMode],
        when: always,
        lines: &[
            "No-Cors mode requires follow redirect mode",
            "Not allowed to request resource",
            "{cannot-begin}",
        ],
    },
    // A blob of the page's own, asked for with another method than `GET`.
    Row { ids: &[Id::SchemeNotHttp], when: |scene| scene.is_home(), lines: &[] },
    Row {
        ids: &[Id::SchemeNotHttp],
        when: |scene| !scene.is_no_cors(),
        lines: &["Cross origin requests are only supported for HTTP.", "{cannot}"],
    },
    Row {
        ids: &[Id::SchemeNotHttp],
        when: |scene| scene.is_scheme(&["file"]),
        lines: &["Not allowed to load local resource: {url}", "Not allowed to request resource", "{cannot}"],
    },
    Row {
        ids: &[Id::SchemeNotHttp],
        when: |scene| !scene.is_scheme(&["about", "blob"]),
        lines: &["{insecure} {url}. {over-https}", "Not allowed to request resource", "{cannot}"],
    },
    Row {
        ids: &[Id::NetworkFailure],
        when: |scene| scene.is_scheme(&["data"]),
        lines: &["{api} cannot load {url}."],
    },
    Row {
        ids: &[Id::BadPort],
        when: |scene| scene.is_redirected() && scene.wants_preflight(),
        lines: &["{cannot}"],
    },
    Row {
        ids: &[Id::BadPort],
        when: |scene| scene.is_redirected(),
        lines: &["Not allowed to use restricted network port {port}: {url}"],
    },
    Row {
        ids: &[Id::BadPort],
        when: always,
        lines: &["Not allowed to use restricted network port {port}: {bare-url}"],
    },
    Row {
        ids: &[Id::MixedContent],
        when: |scene| scene.is_redirected(),
        lines: &[
            "{insecure} {plain-url}. {over-https-if-far}",
            "{api} cannot load {plain-previous-url} due to access control checks.",
        ],
    },
    Row {
        ids: &[Id::MixedContent],
        when: always,
        lines: &[
            "{insecure} {bare-url}. {over-https-if-far}",
            "Not allowed to request resource",
            "{cannot-begin}",
        ],
    },
    Row {
        ids: &[Id::CorpBlocked],
        when: always,
        lines: &[
            "{if-redirection}Cancelled load to {url-from-home} because it violates the resource's \
             Cross-Origin-Resource-Policy response header.",
            "{cannot}",
        ],
    },
];

/// Headers WebKit knows by name; it looks at these before all others, and spells them so.
pub(super) const KNOWN_HEADERS: &[&str] = &[
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Accept-Ranges",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Age",
    "Authorization",
    "Cache-Control",
    "Connection",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Location",
    "Content-Range",
    "Content-Security-Policy",
    "Content-Security-Policy-Report-Only",
    "Content-Type",
    "Cookie",
    "Cookie2",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Embedder-Policy-Report-Only",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Opener-Policy-Report-Only",
    "Cross-Origin-Resource-Policy",
    "DNT",
    "Date",
    "Default-Style",
    "ETag",
    "Expect",
    "Expires",
    "Host",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Keep-Alive",
    "Last-Event-ID",
    "Last-Modified",
    "Link",
    "Location",
    "Origin",
    "Ping-From",
    "Ping-To",
    "Pragma",
    "Proxy-Authorization",
    "Range",
    "Referer",
    "Referrer-Policy",
    "Refresh",
    "Service-Worker",
    "Service-Worker-Allowed",
    "Set-Cookie",
    "Set-Cookie2",
    "SourceMap",
    "Strict-Transport-Security",
    "TE",
    "Timing-Allow-Origin",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "Upgrade-Insecure-Requests",
    "User-Agent",
    "Vary",
    "Via",
    "X-Content-Type-Options",
    "X-DNS-Prefetch-Control",
    "X-Frame-Options",
    "X-SourceMap",
    "X-Temp-Tablet",
    "X-XSS-Protection",
];
