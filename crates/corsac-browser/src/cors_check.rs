//! The CORS check: does the response name the origin that asked?
//!
//! The standard compares bytes and says no more than "failure"; what kind of mismatch it is, is our name for
//! it.
//!
//! Spec: <https://fetch.spec.whatwg.org/#concept-cors-check>

use url::Url;

use crate::request::Request;
use crate::{Failure, FailureId, HeaderList, WireResponse, extract, redirect, request_origin};

/// Which of a call's responses is checked; each has names of its own for what fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Preflight,
    /// A redirect on the way.
    Hop,
    /// The same once more, as if the call had come with credentials.
    HopWithCredentials,
    /// The response the script would get.
    Last,
}

/// How a response fails the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Missing,
    WildcardWithCredentials,
    MultipleLines,
    List,
    Invalid,
    NullMismatch,
    Mismatch,
    CredentialsNotTrue,
}

/// Everything that fails, in the order in which it would show: `#concept-cors-check`.
pub(crate) fn cors_check(request: &Request, response: &WireResponse, stage: Stage) -> Vec<Failure> {
    let origin = match stage {
        Stage::Preflight => request_origin::serialized_for_preflight(request),
        Stage::Hop | Stage::HopWithCredentials | Stage::Last => request_origin::serialized(request),
    };
    let headers = &response.headers;
    let with_credentials = request.includes_credentials() || stage == Stage::HopWithCredentials;
    faults(&origin, with_credentials, headers)
        .map(|fault| {
            request.failure(fault.id(stage)).with(|facts| {
                facts.origin = Some(origin.clone());
                facts.with_credentials = with_credentials;
                facts.status = Some(response.status);
                facts.allow_origin = extract::value(headers, "Access-Control-Allow-Origin");
                facts.allow_credentials = extract::value(headers, "Access-Control-Allow-Credentials");
                if stage != Stage::Last {
                    facts.location = extract::joined_text(headers, "Location");
                    facts.target = redirect::location_url(request, response);
                }
            })
        })
        .collect()
}

fn faults(origin: &str, with_credentials: bool, headers: &HeaderList) -> impl Iterator<Item = Fault> + use<> {
    // Steps 2 to 4.
    let origin_fault = match extract::joined(headers, "Access-Control-Allow-Origin") {
        None => Some(Fault::Missing),
        Some(value) if value == b"*" => with_credentials.then_some(Fault::WildcardWithCredentials),
        Some(value) if value == origin.as_bytes() => None,
        Some(value) => Some(mismatch(origin, &value, headers.values("Access-Control-Allow-Origin").count())),
    };
    // Steps 5 to 8, reached by `*` without credentials never, but that needs none.
    let credentials_fault = (with_credentials
        && extract::joined(headers, "Access-Control-Allow-Credentials").as_deref() != Some(b"true"))
    .then_some(Fault::CredentialsNotTrue);
    origin_fault.into_iter().chain(credentials_fault)
}

/// What a value is that is not the origin: step 4.
fn mismatch(origin: &str, value: &[u8], lines: usize) -> Fault {
    if lines > 1 {
        return Fault::MultipleLines;
    }
    if value.iter().any(|byte| matches!(byte, b',' | b' ')) {
        return Fault::List;
    }
    let is_origin = value == b"null" || std::str::from_utf8(value).is_ok_and(|text| Url::parse(text).is_ok());
    match origin {
        _ if !is_origin => Fault::Invalid,
        "null" => Fault::NullMismatch,
        _ => Fault::Mismatch,
    }
}

impl Fault {
    fn id(self, stage: Stage) -> FailureId {
        use FailureId as Id;
        let (preflight, hop, last) = match self {
            Self::Missing => (Id::PreflightAcaoMissing, Id::RedirectHopAcaoMissing, Id::AcaoMissing),
            Self::WildcardWithCredentials => (
                Id::PreflightAcaoWildcardWithCredentials,
                Id::RedirectHopAcaoWildcardWithCredentials,
                Id::AcaoWildcardWithCredentials,
            ),
            Self::MultipleLines => {
                (Id::PreflightAcaoMultiple, Id::RedirectHopAcaoMultipleLines, Id::AcaoMultipleLines)
            }
            Self::List => (Id::PreflightAcaoMultiple, Id::RedirectHopAcaoList, Id::AcaoList),
            Self::Invalid => (Id::PreflightAcaoInvalid, Id::RedirectHopAcaoInvalid, Id::AcaoInvalid),
            Self::NullMismatch => {
                (Id::PreflightAcaoMismatch, Id::RedirectHopAcaoNullMismatch, Id::AcaoNullMismatch)
            }
            Self::Mismatch => (Id::PreflightAcaoMismatch, Id::RedirectHopAcaoMismatch, Id::AcaoMismatch),
            Self::CredentialsNotTrue => {
                (Id::PreflightAcacNotTrue, Id::RedirectHopAcacNotTrue, Id::AcacNotTrue)
            }
        };
        match stage {
            Stage::Preflight => preflight,
            Stage::Hop | Stage::HopWithCredentials => hop,
            Stage::Last => last,
        }
    }
}
