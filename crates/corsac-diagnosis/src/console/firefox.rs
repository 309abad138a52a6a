//! What Firefox prints and used to print.

use super::form::{Check, Form, Ledger, Means, Phrase};
use super::message::Source;
use corsac_browser::FailureId as Id;

pub(super) const LEDGER: Ledger = Ledger { source: Source::Firefox, phrases: PHRASES, forms: FORMS };

const CHANNEL: Option<&str> = Some("Firefox until about 2020");

const PHRASES: &[Phrase] = &[
    // Or none, where only the reason was pasted.
    Phrase {
        name: "blocked",
        text: "[Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at \
               {url}[.] ][(]Reason: ",
    },
    Phrase { name: "end", text: "[)][.][ Status code: {status}[.]]" },
];

const FORMS: &[Form] = &[
    Form {
        text: "{blocked}CORS header 'Access-Control-Allow-Origin' missing{end}",
        means: Means::Check(&[Check::Missing]),
        older: None,
    },
    Form {
        text: "{blocked}CORS header 'Access-Control-Allow-Origin' does not match '{allow-origin}'{edge}{end}",
        means: Means::Check(&[Check::Mismatch, Check::Invalid, Check::List]),
        older: None,
    },
    // It looks for the header in an answer that never came, too.
    Form {
        text: "{blocked}Multiple CORS header 'Access-Control-Allow-Origin' not allowed{end}",
        means: Means::Check(&[Check::MultipleLines]),
        older: None,
    },
    Form {
        text: "{blocked}Credential is not supported if the CORS header 'Access-Control-Allow-Origin' is '*'{end}",
        means: Means::Check(&[Check::Wildcard]),
        older: None,
    },
    Form {
        text: "{blocked}expected 'true' in CORS header 'Access-Control-Allow-Credentials'{end}",
        means: Means::Check(&[Check::Credentials]),
        older: None,
    },
    Form {
        text: "{blocked}CORS preflight response did not succeed{end}",
        means: Means::Failures(&[Id::PreflightStatusNotOk, Id::PreflightRedirect]),
        older: None,
    },
    Form {
        text: "{blocked}CORS preflight channel did not succeed{end}",
        means: Means::Failures(&[
            Id::PreflightStatusNotOk,
            Id::PreflightNetworkFailure,
            Id::PreflightRedirect,
        ]),
        older: CHANNEL,
    },
    Form {
        text: "{blocked}CORS request external redirect not allowed{end}",
        means: Means::Failures(&[Id::PreflightRedirect]),
        older: None,
    },
    Form {
        text: "{blocked}invalid token '{token}' in CORS header 'Access-Control-Allow-Methods'{end}",
        means: Means::Failures(&[Id::PreflightAcamUnparsable]),
        older: None,
    },
    Form {
        text: "{blocked}invalid token '{token}' in CORS header 'Access-Control-Allow-Headers'{end}",
        means: Means::Failures(&[Id::PreflightAcahUnparsable]),
        older: None,
    },
    Form {
        text: "{blocked}Did not find method in CORS header 'Access-Control-Allow-Methods'{end}",
        means: Means::Failures(&[Id::PreflightMethodNotAllowed]),
        older: None,
    },
    Form {
        text: "{blocked}header '{header}' is not allowed according to header 'Access-Control-Allow-Headers' from \
               CORS preflight response{end}",
        means: Means::Failures(&[Id::PreflightHeaderNotAllowed]),
        older: None,
    },
    Form {
        text: "{blocked}missing token '{header}' in CORS header 'Access-Control-Allow-Headers' from CORS \
               preflight channel{end}",
        means: Means::Failures(&[Id::PreflightHeaderNotAllowed]),
        older: CHANNEL,
    },
    Form { text: "{blocked}CORS request did not succeed{end}", means: Means::DidNotSucceed, older: None },
    Form {
        text: "{blocked}CORS request failed{end}",
        means: Means::DidNotSucceed,
        older: Some("Firefox until about 2017"),
    },
    Form {
        text: "{blocked}CORS request not [http|HTTP]{end}",
        means: Means::Failures(&[Id::SchemeNotHttp, Id::RedirectSchemeNotHttp]),
        older: None,
    },
    Form {
        text: "{blocked}CORS disabled{end}",
        means: Means::Failures(&[Id::CorsDisabledByPref]),
        older: None,
    },
    Form {
        text: "{blocked}CORS header 'Origin' cannot be added{end}",
        means: Means::Failures(&[Id::OriginHeaderNotAdded]),
        older: None,
    },
    Form {
        text: "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at \
               {url}. This can be fixed by moving the resource to the same domain or enabling CORS.",
        means: Means::Beside(&[Id::AcaoMissing, Id::AcaoMismatch, Id::PreflightAcaoMissing]),
        older: Some("Firefox until about 2015"),
    },
    Form {
        text: "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at \
               {url!}",
        means: Means::Beside(&[]),
        older: None,
    },
    Form {
        text: "Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at \
               {url} soon. (Reason: When the 'Access-Control-Allow-Headers' is '*', the 'Authorization' header \
               is not covered.",
        means: Means::Failures(&[Id::PreflightAuthorizationOnlyWildcard]),
        older: None,
    },
    Form {
        text: "Security Error: Content at {page} may not load data from {url!}",
        means: Means::Failures(&[
            Id::ModeSameOrigin,
            Id::SchemeNotHttp,
            Id::RedirectSchemeNotHttp,
            Id::PreflightRedirect,
        ]),
        older: None,
    },
    Form {
        text: "Security Error: Content at {page} may not load or link to {url!}",
        means: Means::Failures(&[Id::SchemeNotHttp, Id::RedirectSchemeNotHttp, Id::PreflightRedirect]),
        older: None,
    },
    Form {
        text: "Blocked loading mixed active content '{url}'",
        means: Means::Failures(&[Id::MixedContent]),
        older: None,
    },
    Form {
        text: "Content-Security-Policy: The page's settings blocked the loading of a resource (connect-src) at \
               {url} because it violates the following directive: '{directive}'",
        means: Means::Failures(&[Id::CspConnectSrc]),
        older: None,
    },
    Form {
        text: "Content Security Policy: The page's settings blocked the loading of a resource at {url} \
               ('connect-src').",
        means: Means::Failures(&[Id::CspConnectSrc]),
        older: Some("Firefox until about 2023"),
    },
    Form {
        text: "Content Security Policy: The page's settings blocked the loading of a resource at {url} \
               ('{directive}').",
        means: Means::Failures(&[Id::CspConnectSrc]),
        older: Some("Firefox until about 2023"),
    },
    Form {
        text: "The resource at '{url}' was blocked due to its Cross-Origin-Resource-Policy header (or lack \
               thereof).",
        means: Means::Failures(&[Id::CorpBlocked]),
        older: None,
    },
    Form {
        text: "Local Network Access detected: top-level site '{page}', initiator '{origin}', accessing target \
               '{url}'",
        means: Means::Failures(&[Id::LnaPermissionDenied]),
        older: None,
    },
    Form {
        text: "Local Network Access permission required:",
        means: Means::Failures(&[Id::LnaPermissionDenied]),
        older: None,
    },
    Form {
        text: "[Window.|WorkerGlobalScope.]fetch: Invalid request method {method}.",
        means: Means::Failures(&[Id::ForbiddenMethod, Id::NoCorsMethod, Id::CallInvalid]),
        older: None,
    },
    Form {
        text: "{target} is an url with embedded credentials.",
        means: Means::Failures(&[Id::UrlCredentials]),
        older: None,
    },
    Form {
        text: "[TypeError: ]NetworkError when attempting to fetch resource.",
        means: Means::Nothing,
        older: None,
    },
];
