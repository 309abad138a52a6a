//! Filtered responses: what of a response the script gets to see.
//!
//! Filters names; the response has passed every check by then.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-filtered-response>

use std::collections::BTreeSet;

use corsac::{is_forbidden_response_header, is_safelisted_response_header};

use crate::request::Request;
use crate::{HeaderList, Initiator, Quirk, Readable, ResponseType, Tainting, WireResponse, extract};

/// The response as the script sees it: `#concept-main-fetch`, step 14.
pub(crate) fn filter(request: &Request, response: &WireResponse) -> Readable {
    match request.tainting {
        Tainting::Basic => readable(ResponseType::Basic, response, |_| true),
        Tainting::Cors => {
            let exposed = exposed(request, &response.headers);
            readable(ResponseType::Cors, response, |name| {
                is_safelisted_response_header(name) || exposed.covers(name)
            })
        }
        Tainting::Opaque => unreadable(ResponseType::Opaque, response),
    }
}

/// A redirect that is not followed: `#concept-filtered-response-opaque-redirect`.
pub(crate) fn opaque_redirect(request: &Request, response: &WireResponse) -> Readable {
    let location = extract::joined(&response.headers, "Location").unwrap_or_default();
    let body = location.is_empty() && request.has(Quirk::ManualBodyWithoutLocation);
    Readable { body, ..unreadable(ResponseType::OpaqueRedirect, response) }
}

/// An answer the browser has in itself, for `data:` and `blob:` URLs: `#scheme-fetch`.
pub(crate) fn local(headers: &[&str]) -> Readable {
    Readable {
        response_type: ResponseType::Basic,
        status: Some(200),
        headers: headers.iter().map(|name| (*name).to_owned()).collect(),
        hidden: Vec::new(),
        body: true,
    }
}

fn readable(
    response_type: ResponseType,
    response: &WireResponse,
    is_visible: impl Fn(&str) -> bool,
) -> Readable {
    let (visible, hidden) = names(&response.headers)
        .into_iter()
        .partition(|name| !is_forbidden_response_header(name) && is_visible(name));
    Readable { response_type, status: Some(response.status), headers: visible, hidden, body: true }
}

fn unreadable(response_type: ResponseType, response: &WireResponse) -> Readable {
    let hidden = names(&response.headers).into_iter().collect();
    Readable { response_type, status: None, headers: Vec::new(), hidden, body: false }
}

fn names(headers: &HeaderList) -> BTreeSet<String> {
    headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect()
}

/// What `Access-Control-Expose-Headers` makes readable.
enum Exposed {
    All,
    Names(Vec<String>),
}

impl Exposed {
    fn covers(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Names(names) => names.iter().any(|exposed| exposed.eq_ignore_ascii_case(name)),
        }
    }
}

/// `#concept-main-fetch`, step 14.1. A line that cannot be read exposes nothing, nor do the others.
fn exposed(request: &Request, headers: &HeaderList) -> Exposed {
    const NAME: &str = "Access-Control-Expose-Headers";
    let with_credentials = request.includes_credentials();
    let has_star = |names: &[String]| names.iter().any(|name| name == "*");
    let mut names = match extract::tokens(headers, NAME) {
        Ok(names) => names.unwrap_or_default(),
        // The flag is kept, and the names are not.
        Err(error)
            if has_star(&error.before)
                && request.initiator == Initiator::Fetch
                && request.has(Quirk::ExposeStarBeforeError) =>
        {
            vec!["*".into()]
        }
        Err(_) => Vec::new(),
    };
    if has_star(&names) {
        if !with_credentials {
            return Exposed::All;
        }
        if request.has(Quirk::ExposeAcceptWithStar) {
            names.push("Accept".into());
        }
    }
    Exposed::Names(names)
}
