//! What is no browser of today: libraries that tell of a failed call in their own words, runtimes that are no browsers,
//! and Internet Explorer.

use super::form::{Check, Form, Ledger, Means};
use super::message::Source;
use corsac_browser::FailureId as Id;

const NODE: &str = "This is Node's fetch(), which knows no CORS: the server could not be reached at all. The error's \
     `cause` says why.";
const REACT_NATIVE: &str = "React Native has no CORS: the phone could not reach the server at all. `localhost` is the phone \
     itself, Android forbids plain http unless it is allowed, and iOS wants a certificate it trusts.";
const JSDOM: &str = "This is jsdom, which the tests run in: it takes its page to be on `http://localhost`, and knows CORS \
     as browsers do.";

pub(super) const LIBRARIES: Ledger = Ledger {
    source: Source::Library,
    phrases: &[],
    forms: &[
        // axios.
        Form { text: "AxiosError: Network Error", means: Means::Nothing, older: None },
        Form { text: "Error: Network Error", means: Means::Nothing, older: None },
        Form { text: "Network Error", means: Means::Nothing, older: None },
        // Angular.
        Form { text: "Http failure response for {url}: 0 Unknown Error", means: Means::Nothing, older: None },
        // Dart and Flutter.
        Form { text: "XMLHttpRequest error.", means: Means::Nothing, older: None },
        Form {
            text: "TypeError: Network request failed",
            means: Means::NothingBut(REACT_NATIVE),
            older: None,
        },
        Form { text: "TypeError: fetch failed", means: Means::NothingBut(NODE), older: None },
        Form { text: "Error: Cross origin {origin} forbidden", means: Means::NothingBut(JSDOM), older: None },
    ],
};

const EVERY: Option<&str> = Some("Internet Explorer 10 and 11, and Edge before 79 (2020)");

pub(super) const OLD_EDGE: Ledger = Ledger {
    source: Source::OldEdge,
    phrases: &[],
    forms: &[
        Form {
            text: "The origin '{origin}' did not find '{any}' in the Access-Control-Allow-Origin \
                   response header for cross-origin [{kind} ]resource at '{url}'[.]",
            means: Means::Check(&[Check::Missing, Check::Mismatch]),
            older: EVERY,
        },
        Form {
            text: "SEC7120: Origin {origin} not found in Access-Control-Allow-Origin header.",
            means: Means::Check(&[Check::Missing, Check::Mismatch]),
            older: EVERY,
        },
        Form {
            text: "SEC7118: XMLHttpRequest for {url} required Cross[ |-]Origin Resource Sharing (CORS).",
            means: Means::Nothing,
            older: EVERY,
        },
        Form {
            text: "SEC7119: XMLHttpRequest for {url} required CORS preflight.",
            means: Means::Nothing,
            older: EVERY,
        },
        Form {
            text: "SEC7123: Request header {header} was not present in the Access-Control-Allow-Headers list.",
            means: Means::Failures(&[Id::PreflightHeaderNotAllowed]),
            older: EVERY,
        },
        Form {
            text: "SEC7124: Request method {method} was not present in the Access-Control-Allow-Methods list.",
            means: Means::Failures(&[Id::PreflightMethodNotAllowed]),
            older: EVERY,
        },
        Form {
            text: "SCRIPT7002: XMLHttpRequest: Network Error {any}, ",
            means: Means::Nothing,
            older: EVERY,
        },
    ],
};
