//! The names that the engines themselves have for failures: in developer tools, in protocols, in links to documentation.
//!
//! They stand beside a message more often than alone, and then say what it says.

use super::form::{Check, Form, Ledger, Means};
use super::meaning::EXTENSION;
use super::message::Source;
use corsac_browser::FailureId as Id;

pub(super) const CHROMIUM: Ledger = Ledger { source: Source::Chromium, phrases: &[], forms: CHROMIUM_FORMS };
pub(super) const FIREFOX: Ledger = Ledger { source: Source::Firefox, phrases: &[], forms: FIREFOX_FORMS };

const BY_CORS: &str = "This says that CORS blocked the call, and not which step: the network panel keeps that for the \
     console. Look there for the line that begins with \"Access to\", and paste it here; or let `corsac check URL --origin \
     ORIGIN` make the call as a browser does, and say.";
const REFERRER: &str = "This is no error, and has nothing to do with CORS: it says how much of the page's address the \
     browser sends in Referer, and browsers do so with every request unless told otherwise. Look in the console (F12) for \
     the line that begins with \"Access to\", and paste that here.";
const BAD_URI: &str = "This is Firefox's name for a call that it was not allowed to make or to read, and does not say why: \
     CORS most often, or a URL that a page may not load. Look in the console (F12) for the line that begins with \
     \"Cross-Origin Request Blocked\", and paste it here with the reason at its end.";

const CHROMIUM_FORMS: &[Form] = &[
    Form { text: "(blocked:mixed-content)", means: Means::Failures(&[Id::MixedContent]), older: None },
    Form { text: "(blocked:csp)", means: Means::Failures(&[Id::CspConnectSrc]), older: None },
    Form { text: "(blocked:other)", means: Means::Nothing, older: None },
    // The status column of the network panel, alone or in its row.
    Form { text: "(blocked:cors)", means: Means::NothingBut(BY_CORS), older: None },
    Form { text: "CORS error{edge}", means: Means::NothingBut(BY_CORS), older: None },
    Form { text: "CORS error fetch", means: Means::NothingBut(BY_CORS), older: None },
    Form { text: "CORS error xhr", means: Means::NothingBut(BY_CORS), older: None },
    Form { text: "CORS error preflight", means: Means::NothingBut(BY_CORS), older: None },
    // The console writes net:: before it.
    Form { text: "ERR_BLOCKED_BY_CLIENT", means: Means::NothingBut(EXTENSION), older: None },
    Form { text: "ERR_BLOCKED_BY_ORB", means: Means::Failures(&[Id::OpaqueResponse]), older: None },
    Form { text: "Referrer Policy: {rest}", means: Means::NoFailure(REFERRER), older: None },
    Form { text: "MissingAllowOriginHeader", means: Means::Check(&[Check::Missing]), older: None },
    Form {
        text: "PreflightMissingAllowOriginHeader",
        means: Means::Failures(&[Id::PreflightAcaoMissing]),
        older: None,
    },
    Form { text: "AllowOriginMismatch", means: Means::Check(&[Check::Mismatch]), older: None },
    Form {
        text: "PreflightAllowOriginMismatch",
        means: Means::Failures(&[Id::PreflightAcaoMismatch]),
        older: None,
    },
    Form { text: "InvalidAllowOriginValue", means: Means::Check(&[Check::Invalid]), older: None },
    Form {
        text: "PreflightInvalidAllowOriginValue",
        means: Means::Failures(&[Id::PreflightAcaoInvalid]),
        older: None,
    },
    Form {
        text: "MultipleAllowOriginValues",
        means: Means::Check(&[Check::MultipleLines, Check::List]),
        older: None,
    },
    Form {
        text: "PreflightMultipleAllowOriginValues",
        means: Means::Failures(&[Id::PreflightAcaoMultiple]),
        older: None,
    },
    Form { text: "WildcardOriginNotAllowed", means: Means::Check(&[Check::Wildcard]), older: None },
    Form {
        text: "PreflightWildcardOriginNotAllowed",
        means: Means::Failures(&[Id::PreflightAcaoWildcardWithCredentials]),
        older: None,
    },
    Form { text: "InvalidAllowCredentials", means: Means::Check(&[Check::Credentials]), older: None },
    Form {
        text: "PreflightInvalidAllowCredentials",
        means: Means::Failures(&[Id::PreflightAcacNotTrue]),
        older: None,
    },
    Form { text: "PreflightInvalidStatus", means: Means::Failures(&[Id::PreflightStatusNotOk]), older: None },
    Form {
        text: "PreflightDisallowedRedirect",
        means: Means::Failures(&[Id::PreflightRedirect]),
        older: None,
    },
    Form {
        text: "InvalidAllowMethodsPreflightResponse",
        means: Means::Failures(&[Id::PreflightAcamUnparsable]),
        older: None,
    },
    Form {
        text: "InvalidAllowHeadersPreflightResponse",
        means: Means::Failures(&[Id::PreflightAcahUnparsable]),
        older: None,
    },
    Form {
        text: "MethodDisallowedByPreflightResponse",
        means: Means::Failures(&[Id::PreflightMethodNotAllowed]),
        older: None,
    },
    Form {
        text: "HeaderDisallowedByPreflightResponse",
        means: Means::Failures(&[Id::PreflightHeaderNotAllowed]),
        older: None,
    },
    Form {
        text: "RedirectContainsCredentials",
        means: Means::Failures(&[Id::RedirectUrlCredentials]),
        older: None,
    },
    Form { text: "CorsDisabledScheme", means: Means::Failures(&[Id::SchemeNotHttp]), older: None },
    Form { text: "DisallowedByMode", means: Means::Failures(&[Id::ModeSameOrigin]), older: None },
    Form {
        text: "NoCorsRedirectModeNotFollow",
        means: Means::Failures(&[Id::NoCorsRedirectMode]),
        older: None,
    },
    Form {
        text: "LocalNetworkAccessPermissionDenied",
        means: Means::Failures(&[Id::LnaPermissionDenied]),
        older: None,
    },
    Form { text: "InsecureLocalNetwork", means: Means::Failures(&[Id::LnaInsecureContext]), older: None },
    Form {
        text: "InvalidLocalNetworkAccess",
        means: Means::Failures(&[Id::LnaAddressSpaceMismatch]),
        older: None,
    },
    Form { text: "InsecurePrivateNetwork", means: Means::Failures(&[Id::LnaInsecureContext]), older: None },
];

const FIREFOX_FORMS: &[Form] = &[
    Form { text: "CORSMissingAllowOrigin", means: Means::Check(&[Check::Missing]), older: None },
    Form {
        text: "CORSAllowOriginNotMatchingOrigin",
        means: Means::Check(&[Check::Mismatch, Check::Invalid, Check::List]),
        older: None,
    },
    Form {
        text: "CORSMultipleAllowOriginNotAllowed",
        means: Means::Check(&[Check::MultipleLines]),
        older: None,
    },
    Form { text: "CORSNotSupportingCredentials", means: Means::Check(&[Check::Wildcard]), older: None },
    Form { text: "CORSMissingAllowCredentials", means: Means::Check(&[Check::Credentials]), older: None },
    Form { text: "CORSMIssingAllowCredentials", means: Means::Check(&[Check::Credentials]), older: None },
    Form {
        text: "CORSPreflightDidNotSucceed",
        means: Means::Failures(&[Id::PreflightStatusNotOk]),
        older: None,
    },
    Form {
        text: "CORSExternalRedirectNotAllowed",
        means: Means::Failures(&[Id::PreflightRedirect]),
        older: None,
    },
    Form {
        text: "CORSInvalidAllowMethod",
        means: Means::Failures(&[Id::PreflightAcamUnparsable]),
        older: None,
    },
    Form {
        text: "CORSInvalidAllowHeader",
        means: Means::Failures(&[Id::PreflightAcahUnparsable]),
        older: None,
    },
    Form {
        text: "CORSMethodNotFound",
        means: Means::Failures(&[Id::PreflightMethodNotAllowed]),
        older: None,
    },
    Form {
        text: "CORSMissingAllowHeaderFromPreflight",
        means: Means::Failures(&[Id::PreflightHeaderNotAllowed]),
        older: None,
    },
    Form {
        text: "CORSDidNotSucceed",
        means: Means::Failures(&[Id::NetworkFailure, Id::PreflightNetworkFailure]),
        older: None,
    },
    Form { text: "CORSRequestNotHttp", means: Means::Failures(&[Id::SchemeNotHttp]), older: None },
    Form { text: "CORSDisabled", means: Means::Failures(&[Id::CorsDisabledByPref]), older: None },
    Form {
        text: "CORSOriginHeaderNotAdded",
        means: Means::Failures(&[Id::OriginHeaderNotAdded]),
        older: None,
    },
    Form { text: "NS_ERROR_DOM_BAD_URI", means: Means::NothingBut(BAD_URI), older: None },
    Form { text: "CORS Missing Allow Origin", means: Means::Check(&[Check::Missing]), older: None },
];
