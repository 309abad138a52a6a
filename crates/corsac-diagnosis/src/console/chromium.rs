//! What Chromium prints and used to print.
//!
//! The newest wordings are those of `corsac-browser`'s own ledger, which prints them; older ones go back to 2013.

use super::form::{Check, Form, Ledger, Means, Phrase};
use super::message::Source;
use crate::cause::Cause;
use corsac_browser::FailureId as Id;

pub(super) const LEDGER: Ledger = Ledger { source: Source::Chromium, phrases: PHRASES, forms: FORMS };

const UNTIL_2018: Option<&str> = Some("Chrome until 2018");
const UNTIL_2015: Option<&str> = Some("Chrome until about 2015");
const DROPPED: &str = "No call failed by this: browsers set that header themselves and let no script do it, so the call \
     went out without it. If the API needs it from the page, it needs another name.";
const PRIVATE_NETWORK: Option<&str> = Some("Chrome from 2021 to 2025 (Private Network Access)");

const PHRASES: &[Phrase] = &[
    // The beginning, in all its generations; or none, where only the end was pasted.
    Phrase {
        name: "cors",
        text: "[Access to {kind} at '{url}'[ (redirected from '{first-url}')] from origin '{origin}' has been \
               blocked by CORS policy: |Access blocked by CORS policy: |XMLHttpRequest cannot load {url}[.] |\
               Fetch API cannot load {url}[.] |EventSource cannot load {url}[.] |Failed to load {url}: |\
               {kind} from origin '{origin}' has been blocked from loading by Cross-Origin Resource Sharing \
               policy: ][Redirect from '{first-url}' to '{target}' has been blocked by CORS policy: |Redirect at \
               origin '{any}' has been blocked from loading by Cross-Origin Resource Sharing policy: ]",
    },
    Phrase {
        name: "preflight",
        text: "[Response to preflight request doesn't pass access control check: |Response to preflight request \
               doesn't pass access control check. ]",
    },
    Phrase {
        name: "after",
        text: "[ Origin '{origin}' is therefore not allowed access.][ The response had HTTP status code \
               {status}.][ Have the server send the header with a valid value[.|, or, if an opaque response \
               serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS \
               disabled.]| If an opaque response serves your needs, set the request's mode to 'no-cors' to \
               fetch the resource with CORS disabled.| The credentials mode of requests initiated by the \
               XMLHttpRequest is controlled by the withCredentials attribute.]",
    },
    Phrase { name: "in", text: "Failed to execute 'fetch' on '{kind}': |Failed to construct 'Request': " },
];

const FORMS: &[Form] = &[
    Form {
        text: "{cors}{preflight}No 'Access-Control-Allow-Origin' header is present[ on the requested \
               resource.]{after}",
        means: Means::Check(&[Check::Missing]),
        older: None,
    },
    Form {
        text: "{cors}{preflight}The 'Access-Control-Allow-Origin' header has a value '{allow-origin}' that is \
               not equal to the supplied origin.{after}",
        means: Means::Check(&[Check::Mismatch]),
        older: None,
    },
    Form {
        text: "{cors}{preflight}The 'Access-Control-Allow-Origin' header contains the invalid value \
               '{allow-origin}'.{after}",
        means: Means::Check(&[Check::Invalid]),
        older: None,
    },
    Form {
        text: "{cors}{preflight}The 'Access-Control-Allow-Origin' header contains multiple values \
               '{allow-origin}', but only one is allowed.{after}",
        means: Means::Check(&[Check::MultipleLines, Check::List]),
        older: None,
    },
    Form {
        text: "{cors}{preflight}The value of the 'Access-Control-Allow-Origin' header in the response must not \
               be the wildcard '*' when the request's credentials mode is 'include'.{after}",
        means: Means::Check(&[Check::Wildcard]),
        older: None,
    },
    Form {
        text: "{cors}{preflight}A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header when \
               the credentials flag is true.{after}",
        means: Means::Check(&[Check::Wildcard]),
        older: Some("Chrome until about 2017"),
    },
    Form {
        text: "{cors}{preflight}The value of the 'Access-Control-Allow-Credentials' header in the response is \
               '{allow-credentials}' which must be 'true' when the request's credentials mode is \
               'include'.{after}",
        means: Means::Check(&[Check::Credentials]),
        older: None,
    },
    Form {
        text: "{cors}{preflight}Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' header is \
               '{allow-credentials}'. It must be 'true' to allow credentials.{after}",
        means: Means::Check(&[Check::Credentials]),
        older: Some("Chrome until about 2017"),
    },
    Form {
        text: "{cors}{preflight}It does not have HTTP ok status.",
        means: Means::Failures(&[Id::PreflightStatusNotOk]),
        older: None,
    },
    Form {
        text: "{cors}Response for preflight has invalid HTTP status code {status}[.]",
        means: Means::Failures(&[Id::PreflightStatusNotOk]),
        older: UNTIL_2018,
    },
    Form {
        text: "XMLHttpRequest cannot load {url}[.] Invalid HTTP status code {status}",
        means: Means::Failures(&[Id::PreflightStatusNotOk]),
        older: UNTIL_2015,
    },
    Form {
        text: "{cors}{preflight}Redirect is not allowed for a preflight request.",
        means: Means::Failures(&[Id::PreflightRedirect]),
        older: None,
    },
    Form {
        text: "{cors}Response for preflight is invalid (redirect)",
        means: Means::Failures(&[Id::PreflightRedirect]),
        older: UNTIL_2018,
    },
    Form {
        text: "{cors}The request was redirected to '{target}', which is disallowed for cross-origin requests \
               that require preflight.",
        means: Means::Once(Cause::RequestRedirected),
        older: Some("Chrome until about 2017"),
    },
    Form {
        text: "{cors}Request requires preflight, which is disallowed to follow cross-origin redirect[s][.]",
        means: Means::Once(Cause::RequestRedirected),
        older: Some("Chrome until about 2017"),
    },
    Form {
        text: "{cors}Cannot parse Access-Control-Allow-Methods response header field in preflight response.",
        means: Means::Failures(&[Id::PreflightAcamUnparsable]),
        older: None,
    },
    Form {
        text: "{cors}Cannot parse Access-Control-Allow-Headers response header field in preflight response.",
        means: Means::Failures(&[Id::PreflightAcahUnparsable]),
        older: None,
    },
    Form {
        text: "{cors}Method {method} is not allowed by Access-Control-Allow-Methods in preflight response.",
        means: Means::Failures(&[Id::PreflightMethodNotAllowed]),
        older: None,
    },
    Form {
        text: "{cors}Request header field {header} is not allowed by Access-Control-Allow-Headers in preflight \
               response.",
        means: Means::Failures(&[Id::PreflightHeaderNotAllowed]),
        older: None,
    },
    Form {
        text: "{cors}Redirect location '{target}' contains a username and password, which is disallowed for \
               cross-origin requests.",
        means: Means::Failures(&[Id::RedirectUrlCredentials]),
        older: None,
    },
    Form {
        text: "{cors}The request was redirected to a URL ('{target}') containing userinfo, which is disallowed \
               for cross-origin requests.",
        means: Means::Failures(&[Id::RedirectUrlCredentials]),
        older: UNTIL_2018,
    },
    Form {
        text: "{cors}Redirect location '{target}' has a disallowed scheme for cross-origin requests.",
        means: Means::Failures(&[Id::RedirectSchemeNotHttp]),
        older: UNTIL_2018,
    },
    Form {
        text: "{cors}The request was redirected to a URL ('{target}') which has a disallowed scheme for \
               cross-origin requests.",
        means: Means::Failures(&[Id::RedirectSchemeNotHttp]),
        older: UNTIL_2018,
    },
    Form {
        text: "{cors}Cross origin requests are only supported for protocol schemes: {rest}",
        means: Means::Failures(&[Id::SchemeNotHttp, Id::RedirectSchemeNotHttp]),
        older: None,
    },
    Form {
        text: "{cors}Cross origin requests are not allowed by request mode.",
        means: Means::Failures(&[Id::ModeSameOrigin]),
        older: None,
    },
    Form {
        text: "{cors}{preflight}The response is invalid.",
        means: Means::Failures(&[Id::PreflightNetworkFailure, Id::NetworkFailure]),
        older: None,
    },
    Form {
        text: "{cors}Permission was denied for this request to access the '{address-space}' address space.",
        means: Means::Failures(&[Id::LnaPermissionDenied]),
        older: None,
    },
    Form {
        text: "{cors}The request client is not a secure context and the resource is in more-private address \
               space '{address-space}'.",
        means: Means::Failures(&[Id::LnaInsecureContext]),
        older: None,
    },
    Form {
        text: "{cors}Request had a target IP address space of '{declared-space}' yet the resource is in address \
               space '{address-space}'.",
        means: Means::Failures(&[Id::LnaAddressSpaceMismatch]),
        older: None,
    },
    Form {
        text: "{cors}Request had no target IP address space, yet the resource is in address space \
               '{address-space}'.",
        means: Means::Failures(&[Id::LnaPermissionDenied]),
        older: PRIVATE_NETWORK,
    },
    Form {
        text: "{cors}{preflight}No 'Access-Control-Allow-Private-Network' header was present in the preflight \
               response for this private network request targeting the '{address-space}' address space.",
        means: Means::Failures(&[Id::LnaPermissionDenied]),
        older: PRIVATE_NETWORK,
    },
    Form {
        text: "{cors}{preflight}The 'Access-Control-Allow-Private-Network' header in the preflight response for \
               this private network request targeting the '{address-space}' address space had a value of \
               '{token}', not 'true'.",
        means: Means::Failures(&[Id::LnaPermissionDenied]),
        older: PRIVATE_NETWORK,
    },
    Form {
        text: "{cors}{preflight}No 'Access-Control-Allow-External' header was present in the preflight response \
               for this external request",
        means: Means::Failures(&[Id::LnaPermissionDenied]),
        older: UNTIL_2018,
    },
    Form {
        text: "Fetch API cannot load {url}. Request mode is 'same-origin' but the URL's origin is not same as \
               the request origin {origin!}",
        means: Means::Failures(&[Id::ModeSameOrigin]),
        older: None,
    },
    Form {
        text: "Fetch API cannot load {url}. Request mode is 'no-cors' but the redirect mode is not 'follow'.",
        means: Means::Failures(&[Id::NoCorsRedirectMode]),
        older: None,
    },
    Form {
        text: "Fetch API cannot load {url}. URL scheme '{scheme}' is not supported.",
        means: Means::Failures(&[Id::SchemeNotHttp]),
        older: None,
    },
    Form {
        text: "Fetch API cannot load {url}. URL scheme must be 'http' or 'https' for CORS request.",
        means: Means::Failures(&[Id::SchemeNotHttp]),
        older: Some("Chrome until about 2022"),
    },
    Form {
        text: "Unsafe attempt to load URL {url} from frame with URL {page}. Domains, protocols and ports must \
               match.",
        means: Means::Failures(&[Id::ModeSameOrigin, Id::RedirectSchemeNotHttp]),
        older: None,
    },
    Form {
        text: "Not allowed to load local resource: {target!}",
        means: Means::Failures(&[Id::SchemeNotHttp, Id::RedirectSchemeNotHttp]),
        older: None,
    },
    Form { text: "FTP is not supported.", means: Means::Failures(&[Id::SchemeNotHttp]), older: None },
    Form {
        text: "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure {kind} \
               '{url}'. This request has been blocked; the content must be served over HTTPS.",
        means: Means::Failures(&[Id::MixedContent]),
        older: None,
    },
    Form {
        text: "Connecting to '{url}' violates the following Content Security Policy directive: '{directive}'. \
               The action has been blocked.",
        means: Means::Failures(&[Id::CspConnectSrc]),
        older: None,
    },
    Form {
        text: "Refused to connect to '{url}' because it violates the following Content Security Policy \
               directive: '{directive}'.",
        means: Means::Failures(&[Id::CspConnectSrc]),
        older: Some("Chrome until about 2025"),
    },
    Form {
        text: "Refused to connect to '{url}' because it violates the document's Content Security Policy.",
        means: Means::Failures(&[Id::CspConnectSrc]),
        older: Some("Chrome until about 2025"),
    },
    Form {
        text: "Fetch API cannot load {url}. Refused to connect because it violates the document's Content \
               Security Policy.",
        means: Means::Failures(&[Id::CspConnectSrc]),
        older: None,
    },
    Form {
        text: "[{in}]'{method}' is unsupported in no-cors mode.",
        means: Means::Failures(&[Id::NoCorsMethod]),
        older: None,
    },
    Form {
        text: "[{in}|Failed to execute 'open' on 'XMLHttpRequest': ]'{method}' HTTP method is unsupported.",
        means: Means::Failures(&[Id::ForbiddenMethod]),
        older: None,
    },
    Form {
        text: "[{in}|Failed to execute 'open' on 'XMLHttpRequest': ]'{method}' is not a valid HTTP method.",
        means: Means::Failures(&[Id::CallInvalid]),
        older: None,
    },
    Form {
        text: "[{in}]Request cannot be constructed from a URL that includes credentials: {target!}",
        means: Means::Failures(&[Id::UrlCredentials]),
        older: None,
    },
    Form {
        text: "[{in}]Request with GET/HEAD method cannot have body.",
        means: Means::Failures(&[Id::CallInvalid]),
        older: None,
    },
    Form {
        text: "[{in}]String contains non ISO-8859-1 code point.",
        means: Means::Failures(&[Id::CallInvalid]),
        older: None,
    },
    Form {
        text: "Refused to get unsafe header '{header}'",
        means: Means::Failures(&[Id::ResponseHeaderNotExposed]),
        older: None,
    },
    // WebKit has the same line.
    Form { text: "Refused to set unsafe header '{header}'", means: Means::NoFailure(DROPPED), older: None },
    Form {
        text: "Cross-Origin Read Blocking (CORB) blocked cross-origin response {url} with MIME type",
        means: Means::Failures(&[Id::OpaqueResponse]),
        older: Some("Chrome from 2018 to about 2022"),
    },
    Form {
        text: "[{method} {url} |Failed to load resource: ]net::{error}[ {status}[ (]]",
        means: Means::Nothing,
        older: None,
    },
    Form {
        text: "Failed to load resource: the server responded with a status of {status}",
        means: Means::Status,
        older: None,
    },
    // The reason was cut off.
    Form {
        text: "Access to {kind} at '{url}'[ (redirected from '{first-url}')] from origin '{origin}' has been \
               blocked by CORS policy",
        means: Means::Beside(&[]),
        older: None,
    },
    Form { text: "OPTIONS {url} {status} (", means: Means::Status, older: UNTIL_2018 },
    Form { text: "blocked by CORS policy", means: Means::Nothing, older: None },
    Form { text: "TypeError: Failed to fetch", means: Means::Nothing, older: None },
    Form { text: "Failed to fetch", means: Means::Nothing, older: None },
    Form { text: "Failed to fetch http", means: Means::NotOurs, older: None },
];
