//! What servers say in so many words: error pages that name the cause themselves.
//!
//! A table; the first that fits wins.

use corsac_browser::WireResponse;

use crate::cause::Cause;

/// What a server says, and what it means.
pub(super) struct Saying {
    /// The words, as they stand in the body.
    pub(super) words: &'static str,
    pub(super) cause: Cause,
    /// Whether they are all that the body has, with status 400: others say the like in longer texts.
    is_all: bool,
    /// Whether they can mean nothing else.
    pub(super) is_certain: bool,
    /// The same in other words: a sentence.
    pub(super) means: &'static str,
}

const SAYINGS: &[Saying] = &[
    saying(
        "Disallowed CORS origin",
        Cause::OriginNotAllowed,
        "Starlette's CORS middleware refuses this origin.",
    ),
    saying("Invalid CORS request", Cause::OriginNotAllowed, "Spring's CORS filter refuses this origin."),
    saying(
        "Not allowed by CORS",
        Cause::OriginNotAllowed,
        "The application's own check refuses this origin.",
    ),
    saying(
        "CORS Rejected - Invalid origin",
        Cause::OriginNotAllowed,
        "Quarkus's CORS filter refuses this origin.",
    ),
    alone(
        "Origin is not allowed to make this request",
        Cause::OriginNotAllowed,
        "actix-cors refuses this origin.",
    ),
    alone(
        "Requested method is not allowed",
        Cause::MethodNotAllowed,
        "actix-cors lets this origin in, and its list of methods lacks the page's.",
    ),
    alone(
        "One or more request headers are not allowed",
        Cause::HeaderNotAllowed,
        "actix-cors lets this origin in, and its list of request headers lacks one that the page sends.",
    ),
    saying(
        "CORS is not enabled for this bucket",
        Cause::NoCorsHeaders,
        "The bucket has no CORS configuration.",
    ),
    // Whose words follow in any of three cases; the origin is the commonest.
    likely(
        "This CORS request is not allowed",
        Cause::OriginNotAllowed,
        "The bucket's CORS rules list another origin, method or header.",
    ),
    likely(
        "CORS not enabled or no matching rule found for this request",
        Cause::OriginNotAllowed,
        "The storage account has no CORS rule that fits.",
    ),
    saying(
        "Origin request header needed",
        Cause::CdnIgnoresOrigin,
        "The storage behind the CDN was asked without Origin: the CDN does not pass that header on.",
    ),
    saying(
        "not configured to allow the HTTP request method",
        Cause::OptionsNotHandled,
        "CloudFront passes GET and HEAD only, so the preflight's OPTIONS never reaches the server behind it.",
    ),
    saying(
        "Missing Authentication Token",
        Cause::OptionsNotHandled,
        "That is what API Gateway says where the resource has no such method; no token is missing.",
    ),
];

const fn saying(words: &'static str, cause: Cause, means: &'static str) -> Saying {
    Saying { words, cause, is_all: false, is_certain: true, means }
}

const fn alone(words: &'static str, cause: Cause, means: &'static str) -> Saying {
    Saying { words, cause, is_all: true, is_certain: true, means }
}

const fn likely(words: &'static str, cause: Cause, means: &'static str) -> Saying {
    Saying { words, cause, is_all: false, is_certain: false, means }
}

/// What an answer says of itself, if it is a refusal that does.
pub(super) fn says(response: &WireResponse, body: &str) -> Option<&'static Saying> {
    if response.status < 400 {
        return None;
    }
    SAYINGS.iter().find(|saying| match saying.is_all {
        true => response.status == 400 && body == saying.words,
        false => body.contains(saying.words),
    })
}
