//! Somebody else's service on the gateway's own origin: what it learns of the user, and what it may say for the origin.
//!
//! A browser that calls it directly keeps the page's cookies to itself. One that calls it through the gateway thinks it is
//! at home, and sends all it has; so it is the gateway that keeps it. What the configuration sets on requests is set later,
//! and always goes.

use http::Response;
use http::header::{
    ALT_SVC, AUTHORIZATION, COOKIE, HeaderMap, HeaderName, ORIGIN, REFERER, SET_COOKIE,
    STRICT_TRANSPORT_SECURITY, WWW_AUTHENTICATE,
};

use crate::cache::ForOne;
use crate::config::{Credentials, Route, Target};

/// What holds for all of an origin, whoever on it says so.
const FOR_THE_ORIGIN: [HeaderName; 4] = [
    ALT_SVC,
    HeaderName::from_static("clear-site-data"),
    HeaderName::from_static("service-worker-allowed"),
    STRICT_TRANSPORT_SECURITY,
];

/// A route that leads to somebody else.
#[derive(Clone, Copy)]
pub(crate) struct ThirdParty {
    passed: Credentials,
}

impl ThirdParty {
    /// Whoever is called over the internet and not governed as an API of one's own.
    pub(crate) fn of(route: &Route) -> Option<Self> {
        let is_https = matches!(&route.target, Target::Upstream(upstream) if upstream.is_https());
        (is_https && route.policy.is_none()).then_some(Self { passed: route.credentials })
    }

    /// The credentials that are not held back.
    pub(crate) fn passed(self) -> Credentials {
        self.passed
    }

    /// Takes from a request what is not for a third party.
    pub(crate) fn hold_back(self, request: &mut HeaderMap) {
        if !self.passed.cookie {
            request.remove(COOKIE);
        }
        if !self.passed.authorization {
            request.remove(AUTHORIZATION);
        }
        // It would answer for an origin that is not asking, and learn the page's address, which a browser tells nobody
        // else. Where credentials pass they go along: by them a service knows requests that a user never wanted.
        if !self.passed.any() {
            request.remove(ORIGIN);
            request.remove(REFERER);
        }
    }

    /// Takes from a response what is not a third party's to say.
    pub(crate) fn restrain<B>(self, response: &mut Response<B>) {
        let headers = response.headers_mut();
        let is_for_one = !self.passed.cookie && headers.remove(SET_COOKIE).is_some();
        if !self.passed.authorization {
            headers.remove(WWW_AUTHENTICATE);
        }
        if !self.passed.any() {
            for name in FOR_THE_ORIGIN {
                headers.remove(name);
            }
        }
        if is_for_one {
            response.extensions_mut().insert(ForOne);
        }
    }
}
