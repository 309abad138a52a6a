//! The ledger of causes: why a call failed, under a name that never changes.
//!
//! Names and meanings only; the evidence for one is weighed in [`diagnose`](crate::diagnose).

use std::fmt;
use std::str::FromStr;

/// Makes the causes from one table, so that the name and its meaning cannot drift apart.
macro_rules! causes {
    ($($variant:ident $id:literal $meaning:literal,)+) => {
        /// Why a call failed: the one thing to change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Cause {
            $(#[doc = concat!("`", $id, "`: ", $meaning)] $variant,)+
        }

        impl Cause {
            /// Every cause, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable identifier.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// What it means, in one sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }
        }
    };
}

causes! {
    NoCorsHeaders "no-cors-headers" "The server says nothing about CORS, so every other origin is shut out.",
    OptionsNotHandled "options-not-handled" "Nothing on the server answers the preflight's OPTIONS as a preflight.",
    AuthBeforeCors "auth-before-cors" "Authentication runs before CORS, and preflights carry no credentials by design.",
    ErrorResponseWithoutCors "error-response-without-cors" "The server answered with an error page that lacks the CORS headers; the error is the real fault.",
    OriginNotAllowed "origin-not-allowed" "The server has a list of allowed origins, and this page is not on it.",
    OriginMisspelled "origin-misspelled" "The server means this page, but does not write its origin as browsers do.",
    WildcardWithCredentials "wildcard-with-credentials" "The server allows any origin, which never counts for a call with credentials.",
    CredentialsNotAllowed "credentials-not-allowed" "The server allows the origin, but not calls with credentials.",
    HeaderNotAllowed "header-not-allowed" "The server does not list a request header that the page sends.",
    MethodNotAllowed "method-not-allowed" "The server does not list the method that the page uses.",
    DuplicateAllowOrigin "duplicate-allow-origin" "Two layers of the server each add Access-Control-Allow-Origin, and only one may.",
    SeveralOriginsInOne "several-origins-in-one" "Access-Control-Allow-Origin holds a list, and it can name one origin only.",
    PreflightRedirected "preflight-redirected" "The preflight was answered with a redirect, which browsers never follow.",
    RequestRedirected "request-redirected" "The call was redirected to where it is no longer allowed.",
    CachedWithoutVary "cached-without-vary" "A cache kept the answer made for somebody else, because it was not told that it varies by origin.",
    CdnIgnoresOrigin "cdn-ignores-origin" "The CDN in front does not tell origins apart: it does not pass Origin on, or gives one origin the copy of another.",
    NginxAddHeaderInheritance "nginx-add-header-inheritance" "An nginx block with an add_header of its own drops every add_header of the blocks around it.",
    Unreachable "unreachable" "There was no answer at all; CORS had no part in it.",
    MixedContent "mixed-content" "A page on https may not call a plain http address.",
    LocalNetworkAccess "local-network-access" "The browser asks before a public page may reach the local network.",
    NullOrigin "null-origin" "The page has no origin of its own (a file, a sandboxed frame, a data: document).",
    NoCorsMode "no-cors-mode" "The page asked with mode no-cors, which by design lets it read nothing.",
    StalePreflight "stale-preflight" "An older answer to the preflight is still remembered, by the browser or by a cache in front of the server.",
    BlockedByWaf "blocked-by-waf" "A firewall or bot filter answered instead of the server.",
    CookieNotSent "cookie-not-sent" "CORS passes, but the browser sends no cookie, and the server asks who calls.",
    HeaderNotExposed "header-not-exposed" "CORS passes, but the response header was not exposed to scripts.",
    NotCors "not-cors" "CORS has nothing to do with this.",
    HeaderSetByClient "header-set-by-client" "The page sends a CORS response header itself, and needs leave for that.",
    MalformedCorsHeader "malformed-cors-header" "The server sends a CORS header that cannot be read.",
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Cause {
    type Err = UnknownCause;

    fn from_str(text: &str) -> Result<Self, UnknownCause> {
        Self::ALL
            .iter()
            .copied()
            .find(|cause| cause.as_str() == text)
            .ok_or_else(|| UnknownCause(text.into()))
    }
}

/// A text that is no cause's identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCause(String);

impl fmt::Display for UnknownCause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is not the identifier of a cause", self.0)
    }
}

impl std::error::Error for UnknownCause {}

/// How sure a cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// The exchange shows it.
    Observed,
    /// It is the most likely reading of what the exchange shows.
    Inferred,
    /// The exchange does not tell.
    Unknown,
}

impl Confidence {
    /// The stable identifier.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Inferred => "inferred",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_unique_kebab_case_and_read_back() {
        let mut ids: Vec<_> = Cause::ALL.iter().map(|cause| cause.as_str()).collect();
        for cause in Cause::ALL {
            assert_eq!(cause.as_str().parse(), Ok(*cause));
            assert!(cause.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
            assert!(cause.meaning().ends_with('.'));
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Cause::ALL.len());
    }
}
