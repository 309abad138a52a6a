//! Which of several failures shows first.
//!
//! An exchange can be wrong in many ways at once, and each engine looks at it in an order of its own. That
//! order is data here; what is wrong is found elsewhere.
//!
//! Spec: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>

use url::Url;

use crate::{Browser, Failure, FailureId, Quirk};

/// What is looked at in a preflight's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Redirect,
    Status,
    /// The CORS check: `Access-Control-Allow-Origin`, then `-Credentials`.
    Origin,
    MethodsSyntax,
    HeadersSyntax,
    Method,
    Headers,
}

use Step::{Headers, HeadersSyntax, Method, MethodsSyntax, Origin, Redirect, Status};

const STANDARD: [Step; 7] = [Origin, Redirect, Status, MethodsSyntax, HeadersSyntax, Method, Headers];

/// Every order that was seen, and what it is known by.
const ORDERS: [(Quirk, [Step; 7]); 3] = [
    (Quirk::OrderStatusFirst, [Redirect, Status, Origin, MethodsSyntax, HeadersSyntax, Method, Headers]),
    (Quirk::OrderRedirectFirst, [Redirect, Origin, Status, MethodsSyntax, HeadersSyntax, Method, Headers]),
    (
        Quirk::OrderMethodBeforeHeaders,
        [Origin, Redirect, Status, MethodsSyntax, Method, HeadersSyntax, Headers],
    ),
];

/// Brings the failures of a preflight's answer into the order in which they would show, one after the other.
pub(crate) fn sort(browser: Browser, failures: &mut [Failure]) {
    let order = ORDERS.iter().find(|(quirk, _)| browser.has(*quirk)).map_or(&STANDARD, |(_, order)| order);
    failures.sort_by_key(|failure| order.iter().position(|step| *step == Step::of(failure.id)));
}

/// The same for an answer on the way: what is looked at before the CORS check comes to the front.
pub(crate) fn sort_hop(browser: Browser, failures: &mut [Failure]) {
    failures.sort_by_key(|failure| !is_before_the_cors_check(browser, failure));
}

fn is_before_the_cors_check(browser: Browser, failure: &Failure) -> bool {
    let scheme = failure.target().map(Url::scheme);
    match failure.id {
        FailureId::RedirectLocationInvalid => browser.has(Quirk::OrderBadLocationFirst),
        FailureId::RedirectSchemeNotHttp => match scheme {
            Some("blob" | "data" | "file" | "javascript" | "ws" | "wss") => {
                browser.has(Quirk::OrderUnsafeSchemeFirst)
            }
            Some("ftp") => browser.has(Quirk::OrderFtpFirst),
            _ => false,
        },
        _ => false,
    }
}

impl Step {
    fn of(id: FailureId) -> Self {
        match id {
            FailureId::PreflightRedirect => Redirect,
            FailureId::PreflightStatusNotOk => Status,
            FailureId::PreflightAcamUnparsable => MethodsSyntax,
            FailureId::PreflightAcahUnparsable => HeadersSyntax,
            FailureId::PreflightMethodNotAllowed => Method,
            FailureId::PreflightHeaderNotAllowed | FailureId::PreflightAuthorizationOnlyWildcard => Headers,
            _ => Origin,
        }
    }
}
