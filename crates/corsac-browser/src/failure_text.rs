//! Failures in plain English, with the values of the case.
//!
//! One sentence each; what a given engine prints on its console is not known here.

use std::fmt;

use crate::show::Shown;
use crate::{Failure, FailureId};

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        use FailureId as Id;
        let (url, method, page) = (self.url(), Shown(self.method()), self.page_origin());
        let host = url.host_str().unwrap_or_default();
        let status = self.status().unwrap_or_default();
        let value = Shown(self.value().unwrap_or_default());
        let location = Shown(self.location().unwrap_or_default());
        let allow_origin = self.header_of("Access-Control-Allow-Origin");
        let allow_credentials = self.header_of("Access-Control-Allow-Credentials");
        match self.id {
            Id::AcaoMissing | Id::PreflightAcaoMissing | Id::RedirectHopAcaoMissing => {
                write!(out, "{} has no Access-Control-Allow-Origin (its status is {status})", self.who())
            }
            Id::AcaoMismatch | Id::PreflightAcaoMismatch | Id::RedirectHopAcaoMismatch => {
                write!(out, "{allow_origin} is `{}`, but {}", self.acao(), self.origin_told())
            }
            Id::AcaoNullMismatch | Id::RedirectHopAcaoNullMismatch => {
                write!(out, "{allow_origin} is `{}`, but {}", self.acao(), self.origin_told())
            }
            Id::AcaoInvalid | Id::PreflightAcaoInvalid | Id::RedirectHopAcaoInvalid => {
                let allowed = self.allow_origin().unwrap_or_default();
                if allowed.is_empty() {
                    return write!(out, "{allow_origin} is empty");
                }
                write!(
                    out,
                    "{allow_origin} is `{}`, which is not an origin; {}",
                    Shown(allowed),
                    self.origin_told()
                )
            }
            Id::AcaoMultipleLines
            | Id::AcaoList
            | Id::PreflightAcaoMultiple
            | Id::RedirectHopAcaoMultipleLines
            | Id::RedirectHopAcaoList => {
                write!(out, "{allow_origin} has several values, `{}`, and only one is allowed", self.acao())
            }
            Id::AcaoWildcardWithCredentials
            | Id::PreflightAcaoWildcardWithCredentials
            | Id::RedirectHopAcaoWildcardWithCredentials => write!(
                out,
                "{allow_origin} is `*`, but the call's credentials mode is `include`, for which \
                 it must be `{}`",
                Shown(self.origin_sent().unwrap_or(page))
            ),
            Id::AcacNotTrue | Id::PreflightAcacNotTrue | Id::RedirectHopAcacNotTrue => {
                let why = "but the call's credentials mode is `include`, for which it must be `true`";
                match self.allow_credentials() {
                    Some(value) => {
                        write!(out, "{allow_credentials} is `{}`, {why}", Shown(value))
                    }
                    None => write!(out, "{} has no Access-Control-Allow-Credentials, {why}", self.who()),
                }
            }
            Id::PreflightStatusNotOk => {
                write!(
                    out,
                    "the status of the answer to the preflight is {status}, and it must be 200 to 299"
                )
            }
            Id::PreflightRedirect => {
                write!(out, "the answer to the preflight is a redirect ({status}")?;
                if self.location().is_some() {
                    write!(out, " to `{location}`")?;
                }
                out.write_str("), and a preflight is never redirected")
            }
            Id::PreflightAcamUnparsable | Id::PreflightAcahUnparsable => write!(
                out,
                "the preflight's {} cannot be read: `{}` in `{value}` is not a {}",
                if self.id == Id::PreflightAcamUnparsable {
                    "Access-Control-Allow-Methods"
                } else {
                    "Access-Control-Allow-Headers"
                },
                Shown(self.token().unwrap_or_default()),
                if self.id == Id::PreflightAcamUnparsable { "method" } else { "header name" },
            ),
            Id::PreflightMethodNotAllowed => match self.value() {
                Some("*") => write!(
                    out,
                    "the preflight's Access-Control-Allow-Methods is `*`, which does not cover {method} \
                     when the call's credentials mode is `include`"
                ),
                Some(_) => {
                    write!(out, "the preflight's Access-Control-Allow-Methods is `{value}`, without {method}")
                }
                None => write!(
                    out,
                    "the answer to the preflight has no Access-Control-Allow-Methods, and {method} needs one"
                ),
            },
            Id::PreflightHeaderNotAllowed => {
                let names = Shown(&self.headers().join(", ")).to_string();
                match self.value() {
                    Some("*") => write!(
                        out,
                        "the preflight's Access-Control-Allow-Headers is `*`, which does not cover {names} \
                         when the call's credentials mode is `include`"
                    ),
                    Some(_) => {
                        write!(
                            out,
                            "the preflight's Access-Control-Allow-Headers is `{value}`, without {names}"
                        )
                    }
                    None => write!(
                        out,
                        "the answer to the preflight has no Access-Control-Allow-Headers, \
                         and {names} needs one"
                    ),
                }
            }
            Id::PreflightAuthorizationOnlyWildcard => write!(
                out,
                "the preflight's Access-Control-Allow-Headers is `{value}`, \
                 and `*` never covers Authorization"
            ),
            Id::RedirectUrlCredentials => {
                write!(
                    out,
                    "the redirect at {url} leads to a URL with a user name or password in it: `{location}`"
                )
            }
            Id::RedirectSchemeNotHttp => {
                write!(out, "the redirect at {url} leads to `{location}`, which is neither http nor https")
            }
            Id::RedirectLocationInvalid => {
                write!(out, "the redirect at {url} has the Location `{location}`, which is not one URL")
            }
            Id::RedirectTooMany => {
                write!(
                    out,
                    "{url} redirects to `{location}` after twenty redirects, and no more are followed"
                )
            }
            Id::RedirectStreamBody => write!(
                out,
                "the redirect at {url} ({status}) asks for the body again, \
                 and the body was a stream that is gone"
            ),
            Id::RedirectModeError => {
                write!(
                    out,
                    "{url} answers with a redirect ({status}), and the call's redirect mode is `error`"
                )
            }
            Id::NetworkFailure | Id::PreflightNetworkFailure => match (self.location(), self.status()) {
                (Some(_), _) => write!(
                    out,
                    "the answer from {url} has Location lines that differ, `{location}`, and counts as none"
                ),
                (None, Some(_)) => {
                    write!(out, "the answer from {url} has the status {status}, and counts as none")
                }
                (None, None) if self.id == Id::NetworkFailure => {
                    write!(out, "the request to {url} got no answer")
                }
                (None, None) => write!(out, "the preflight to {url} got no answer"),
            },
            Id::ModeSameOrigin => {
                write!(
                    out,
                    "the call's mode is `same-origin`, but {url} is not of the page's origin `{page}`"
                )
            }
            Id::SchemeNotHttp => {
                write!(out, "{url} cannot be asked by a page of `{page}`: its scheme is `{}`", url.scheme())
            }
            Id::NoCorsRedirectMode => {
                write!(out, "the call's mode is `no-cors`, and then its redirect mode must be `follow`")
            }
            Id::NoCorsMethod | Id::ForbiddenMethod | Id::UrlCredentials | Id::CallInvalid => {
                out.write_str(self.detail().unwrap_or(self.id.meaning()))
            }
            Id::BadPort => {
                write!(
                    out,
                    "browsers do not connect to the port {} of {host}",
                    url.port().unwrap_or_default()
                )
            }
            Id::MixedContent => {
                write!(out, "the page `{page}` is on https and calls {url}, which is on http")
            }
            Id::CorpBlocked => write!(
                out,
                "the response's Cross-Origin-Resource-Policy is `{value}`, \
                 which keeps it from a page of `{page}`"
            ),
            Id::CspConnectSrc
            | Id::LnaPermissionDenied
            | Id::LnaInsecureContext
            | Id::LnaAddressSpaceMismatch
            | Id::CorsDisabledByPref
            | Id::OriginHeaderNotAdded
            | Id::PreflightBlockedByUa
            | Id::ResponseHeaderNotExposed
            | Id::OpaqueResponse => out.write_str(self.id.meaning()),
        }
    }
}

impl Failure {
    /// Which of a call's answers failed: the end of its identifier says how, the beginning says where.
    fn place(&self) -> &'static str {
        let id = self.id.as_str();
        if id.starts_with("preflight-") {
            "preflight"
        } else if id.starts_with("redirect-hop-") {
            "redirect"
        } else {
            "response"
        }
    }

    fn who(&self) -> String {
        match self.place() {
            "preflight" => "the answer to the preflight".into(),
            "redirect" => format!("the redirect at {}", self.url()),
            place => format!("the {place}"),
        }
    }

    fn header_of(&self, name: &str) -> String {
        match self.place() {
            "redirect" => format!("the {name} of the redirect at {}", self.url()),
            place => format!("the {place}'s {name}"),
        }
    }

    fn acao(&self) -> String {
        Shown(self.allow_origin().unwrap_or_default()).to_string()
    }

    /// The other side of the comparison.
    fn origin_told(&self) -> String {
        let page = self.page_origin();
        match self.origin_sent() {
            Some("null") if page != "null" => {
                format!(
                    "the browser sent `Origin: null` instead of `{page}` \
                     after a redirect between other origins"
                )
            }
            Some("null") => "the page has an opaque origin, which is sent as `null`".into(),
            _ => format!("the page's origin is `{page}`"),
        }
    }
}
