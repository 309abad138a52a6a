//! What WebKit prints and used to print: mostly the reason in one line, and what came of it in the next.
//!
//! Chrome before 2013 is of the same stock, and its lines are read here.

use super::form::{Check, Form, Ledger, Means, Phrase};
use super::message::Source;
use corsac_browser::FailureId as Id;

pub(super) const LEDGER: Ledger = Ledger { source: Source::Webkit, phrases: PHRASES, forms: FORMS };

const NO_ANSWER: Means = Means::Failures(&[Id::NetworkFailure, Id::PreflightNetworkFailure]);

const PHRASES: &[Phrase] = &[
    // Before 2017 the reason was the end of the line that names the URL.
    Phrase {
        name: "load",
        text: "[XMLHttpRequest cannot load {url}[.] |Fetch API cannot load {url}[.] |EventSource cannot load \
               {url}[.] |Beacon API cannot load {url}. ]",
    },
    Phrase {
        name: "hop",
        text: "[Cross-origin redirection to {target} denied by Cross-Origin Resource Sharing policy: ]",
    },
    Phrase {
        name: "api",
        text: "[Fetch API cannot load|XMLHttpRequest cannot load|EventSource cannot load|Beacon API \
               cannot load|Cannot load image] ",
    },
];

const FORMS: &[Form] = &[
    Form {
        text: "{load}{hop}Origin {origin} is not allowed by Access-Control-Allow-Origin.[ Status code: {status}]",
        means: Means::Check(&[Check::Missing, Check::Mismatch, Check::Invalid, Check::List]),
        older: None,
    },
    Form {
        text: "{load}{hop}Access-Control-Allow-Origin cannot contain more than one origin.",
        means: Means::Check(&[Check::MultipleLines, Check::List]),
        older: None,
    },
    Form {
        text: "{load}{hop}Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.",
        means: Means::Check(&[Check::Wildcard]),
        older: None,
    },
    Form {
        text: "{load}{hop}Credentials flag is true, but Access-Control-Allow-Credentials is not 'true'.",
        means: Means::Check(&[Check::Credentials]),
        older: None,
    },
    Form {
        text: "{load}Preflight response is not successful[.][ Status code: {status}]",
        means: Means::Failures(&[Id::PreflightStatusNotOk, Id::PreflightRedirect]),
        older: None,
    },
    Form {
        text: "{load}Header Access-Control-Allow-Methods has an invalid value: {value}",
        means: Means::Failures(&[Id::PreflightAcamUnparsable]),
        older: None,
    },
    Form {
        text: "{load}Header Access-Control-Allow-Headers has an invalid value: {value}",
        means: Means::Failures(&[Id::PreflightAcahUnparsable]),
        older: None,
    },
    Form {
        text: "{load}Method {method} is not allowed by Access-Control-Allow-Methods.",
        means: Means::Failures(&[Id::PreflightMethodNotAllowed]),
        older: None,
    },
    Form {
        text: "{load}Request header field {header} is not allowed by Access-Control-Allow-Headers.",
        means: Means::Failures(&[Id::PreflightHeaderNotAllowed]),
        older: None,
    },
    Form {
        text: "CORS-preflight request was blocked",
        means: Means::Failures(&[Id::PreflightBlockedByUa]),
        older: None,
    },
    Form {
        text: "Preflight response was blocked",
        means: Means::Failures(&[Id::PreflightBlockedByUa]),
        older: None,
    },
    Form {
        text: "{hop}redirection URL {target} has credentials",
        means: Means::Failures(&[Id::RedirectUrlCredentials]),
        older: None,
    },
    Form {
        text: "{hop}not allowed to follow a cross-origin CORS redirection with non CORS scheme",
        means: Means::Failures(&[Id::RedirectSchemeNotHttp, Id::RedirectLocationInvalid]),
        older: None,
    },
    Form {
        text: "Redirection to URL with a scheme that is not HTTP(S).",
        means: Means::Failures(&[Id::RedirectSchemeNotHttp]),
        older: None,
    },
    Form {
        text: "FTP URLs are disabled",
        means: Means::Failures(&[Id::RedirectSchemeNotHttp, Id::SchemeNotHttp]),
        older: None,
    },
    Form {
        text: "Load cannot follow more than 20 redirections",
        means: Means::Failures(&[Id::RedirectTooMany]),
        older: None,
    },
    Form {
        text: "Not allowed to follow a redirection while loading {target!}",
        means: Means::Failures(&[Id::RedirectModeError]),
        older: None,
    },
    Form {
        text: "Unsafe attempt to load URL {url} from origin {origin}. Domains, protocols and ports must match.",
        means: Means::Failures(&[Id::ModeSameOrigin, Id::RedirectSchemeNotHttp]),
        older: None,
    },
    Form {
        text: "No-Cors mode requires follow redirect mode",
        means: Means::Failures(&[Id::NoCorsRedirectMode]),
        older: None,
    },
    Form {
        text: "{load}Cross origin requests are only supported for HTTP.",
        means: Means::Failures(&[Id::SchemeNotHttp]),
        older: None,
    },
    Form {
        text: "Not allowed to use restricted network port {port}: {target!}",
        means: Means::Failures(&[Id::BadPort]),
        older: None,
    },
    Form {
        text: "The page at {page} requested insecure content from {url}. This content was blocked and must[ be \
               served over HTTPS.]",
        means: Means::Failures(&[Id::MixedContent, Id::SchemeNotHttp, Id::RedirectSchemeNotHttp]),
        older: None,
    },
    Form {
        text: "The page at {page} was not allowed to [run|display] insecure content from {url!}",
        means: Means::Failures(&[Id::MixedContent]),
        older: Some("Safari until about 2024"),
    },
    Form {
        text: "Refused to connect to {url} because it does not appear in the connect-src directive of the \
               Content Security Policy.",
        means: Means::Failures(&[Id::CspConnectSrc]),
        older: None,
    },
    Form {
        text: "{hop}Cancelled load to {url} because it violates the resource's Cross-Origin-Resource-Policy \
               response header.",
        means: Means::Failures(&[Id::CorpBlocked]),
        older: None,
    },
    Form {
        text: "Method must be GET, POST or HEAD in no-cors mode.",
        means: Means::Failures(&[Id::NoCorsMethod]),
        older: None,
    },
    Form {
        text: "TypeError: Method is forbidden.",
        means: Means::Failures(&[Id::ForbiddenMethod]),
        older: None,
    },
    Form {
        text: "URL is not valid or contains user credentials.",
        means: Means::Failures(&[Id::UrlCredentials, Id::CallInvalid]),
        older: None,
    },
    Form { text: "Connection terminated unexpectedly", means: NO_ANSWER, older: None },
    Form { text: "Could not connect to the server.", means: NO_ANSWER, older: None },
    Form {
        text: "Could not connect to {any}: {value}",
        means: Means::Failures(&[Id::NetworkFailure, Id::PreflightNetworkFailure, Id::BadPort]),
        older: None,
    },
    Form { text: "A server with the specified hostname could not be found.", means: NO_ANSWER, older: None },
    Form { text: "The network connection was lost.", means: NO_ANSWER, older: None },
    Form {
        text: "An SSL error has occurred and a secure connection to the server cannot be made.",
        means: NO_ANSWER,
        older: None,
    },
    Form { text: "The certificate for this server is invalid.", means: NO_ANSWER, older: None },
    Form { text: "{api}{url} due to access control checks.", means: Means::Beside(&[]), older: None },
    Form {
        text: "Cross-origin script load denied by Cross-Origin Resource Sharing policy.",
        means: Means::Beside(&[]),
        older: None,
    },
    Form { text: "Not allowed to request resource", means: Means::Beside(&[]), older: None },
    Form {
        text: "Fetch API cannot load {url!}",
        means: Means::Beside(&[Id::ModeSameOrigin, Id::NetworkFailure]),
        older: None,
    },
    Form {
        text: "XMLHttpRequest cannot load {url!}",
        means: Means::Beside(&[Id::ModeSameOrigin, Id::NetworkFailure]),
        older: None,
    },
    Form { text: "TypeError: Load failed", means: Means::Nothing, older: None },
];
