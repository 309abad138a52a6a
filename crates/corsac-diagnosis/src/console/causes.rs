//! What can be behind a failure that a console told of, the likeliest first.
//!
//! A console shows less than an exchange does, so these are suggestions and no diagnosis: `corsac check` weighs the
//! evidence.

use corsac_browser::FailureId as Id;

use super::message::{Slot, Values};
use crate::cause::Cause;

/// How many are worth telling.
const MOST: usize = 3;

/// What can be behind any of these failures.
pub(super) fn causes(failures: &[Id], values: &Values) -> Vec<Cause> {
    let mut causes = Vec::new();
    for failure in failures {
        for cause in behind(*failure, values) {
            if causes.len() < MOST && !causes.contains(cause) {
                causes.push(*cause);
            }
        }
    }
    causes
}

fn behind(failure: Id, values: &Values) -> &'static [Cause] {
    match failure {
        Id::AcaoMissing | Id::RedirectHopAcaoMissing if values.get(Slot::FirstUrl).is_some() => {
            &[Cause::RequestRedirected, Cause::NoCorsHeaders]
        }
        Id::AcaoMissing => match values.status() {
            Some(300..) => &[Cause::ErrorResponseWithoutCors, Cause::NoCorsHeaders, Cause::BlockedByWaf],
            _ => &[
                Cause::NoCorsHeaders,
                Cause::ErrorResponseWithoutCors,
                Cause::OriginNotAllowed,
                Cause::CachedWithoutVary,
            ],
        },
        Id::PreflightAcaoMissing | Id::PreflightStatusNotOk => preflight(values.status()),
        Id::AcaoMismatch | Id::PreflightAcaoMismatch => mismatch(values),
        Id::AcaoNullMismatch => match values.get(Slot::Origin) {
            Some("null") => &[Cause::NullOrigin],
            Some(_) => &[Cause::RequestRedirected],
            None => &[Cause::NullOrigin, Cause::RequestRedirected],
        },
        Id::AcaoInvalid | Id::PreflightAcaoInvalid => &[Cause::OriginMisspelled, Cause::MalformedCorsHeader],
        Id::AcaoMultipleLines | Id::AcaoList | Id::PreflightAcaoMultiple => several(values),
        Id::AcaoWildcardWithCredentials | Id::PreflightAcaoWildcardWithCredentials => {
            &[Cause::WildcardWithCredentials]
        }
        Id::AcacNotTrue | Id::PreflightAcacNotTrue => &[Cause::CredentialsNotAllowed],
        Id::PreflightRedirect => &[Cause::PreflightRedirected],
        Id::PreflightNetworkFailure | Id::NetworkFailure => &[Cause::Unreachable],
        Id::PreflightAcamUnparsable | Id::PreflightAcahUnparsable => &[Cause::MalformedCorsHeader],
        Id::PreflightMethodNotAllowed => &[Cause::MethodNotAllowed, Cause::OptionsNotHandled],
        Id::PreflightHeaderNotAllowed | Id::PreflightAuthorizationOnlyWildcard => {
            let header = values.get(Slot::Header).unwrap_or_default().to_ascii_lowercase();
            if header.starts_with("access-control-") {
                &[Cause::HeaderSetByClient]
            } else {
                &[Cause::HeaderNotAllowed, Cause::OptionsNotHandled]
            }
        }
        Id::RedirectHopAcaoMissing
        | Id::RedirectHopAcaoMismatch
        | Id::RedirectHopAcaoNullMismatch
        | Id::RedirectHopAcaoInvalid
        | Id::RedirectHopAcaoMultipleLines
        | Id::RedirectHopAcaoList
        | Id::RedirectHopAcaoWildcardWithCredentials
        | Id::RedirectHopAcacNotTrue
        | Id::RedirectUrlCredentials
        | Id::RedirectSchemeNotHttp
        | Id::RedirectLocationInvalid
        | Id::RedirectTooMany
        | Id::RedirectModeError
        | Id::RedirectStreamBody => &[Cause::RequestRedirected],
        Id::MixedContent => &[Cause::MixedContent],
        Id::LnaPermissionDenied | Id::LnaInsecureContext | Id::LnaAddressSpaceMismatch => {
            &[Cause::LocalNetworkAccess]
        }
        Id::ResponseHeaderNotExposed => &[Cause::HeaderNotExposed],
        Id::OpaqueResponse | Id::NoCorsRedirectMode | Id::NoCorsMethod => &[Cause::NoCorsMode],
        _ => &[Cause::NotCors],
    }
}

/// By the status of the answer to OPTIONS.
fn preflight(status: Option<u16>) -> &'static [Cause] {
    match status {
        Some(401) => &[Cause::AuthBeforeCors],
        Some(403) => &[Cause::AuthBeforeCors, Cause::OriginNotAllowed, Cause::BlockedByWaf],
        Some(404 | 405 | 501) => &[Cause::OptionsNotHandled],
        Some(429 | 503) => &[Cause::BlockedByWaf, Cause::ErrorResponseWithoutCors],
        Some(300..=399) => &[Cause::PreflightRedirected],
        Some(500..) => &[Cause::ErrorResponseWithoutCors],
        Some(200..=299) => &[Cause::NoCorsHeaders, Cause::OptionsNotHandled, Cause::OriginNotAllowed],
        _ => {
            &[Cause::OptionsNotHandled, Cause::AuthBeforeCors, Cause::NoCorsHeaders, Cause::OriginNotAllowed]
        }
    }
}

/// By how far apart the two origins are.
fn mismatch(values: &Values) -> &'static [Cause] {
    let plain = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
    match (values.get(Slot::Origin), values.get(Slot::AllowOrigin)) {
        (Some(origin), Some(allowed)) if plain(origin) == plain(allowed) => &[Cause::OriginMisspelled],
        _ => &[Cause::OriginNotAllowed, Cause::OriginMisspelled, Cause::CachedWithoutVary],
    }
}

/// Layers that each add theirs mostly agree; a list that somebody wrote does not repeat itself.
fn several(values: &Values) -> &'static [Cause] {
    let Some(allowed) = values.get(Slot::AllowOrigin) else {
        return &[Cause::DuplicateAllowOrigin, Cause::SeveralOriginsInOne];
    };
    let mut parts: Vec<&str> =
        allowed.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let all = parts.len();
    parts.sort_unstable();
    parts.dedup();
    if parts.len() < all || parts.contains(&"*") {
        &[Cause::DuplicateAllowOrigin]
    } else {
        &[Cause::SeveralOriginsInOne, Cause::DuplicateAllowOrigin]
    }
}
