//! What is wrong or unwise in a policy, as data.
//!
//! Knows how a fault is named, placed and worded; the rules that find one live beside the things they guard.
//! Codes are stable: they are never renamed and never change meaning.

use std::fmt;

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

/// Makes a closed set of codes from one table, so that the name, the text and the docs cannot drift apart.
macro_rules! codes {
    ($(#[$outer:meta])* $name:ident { $($variant:ident $text:literal $meaning:literal,)+ }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = $meaning] $variant,)+
        }

        impl $name {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable identifier.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// What the code means, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl Serialize for Finding<$name> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut finding = serializer.serialize_struct("Finding", 5)?;
                finding.serialize_field("code", &self.code)?;
                finding.serialize_field("place", &self.place)?;
                finding.serialize_field("value", &self.value)?;
                finding.serialize_field("meaning", self.code.meaning())?;
                finding.serialize_field("remedy", &self.remedy)?;
                finding.end()
            }
        }
    };
}

codes! {
    /// What makes a configuration unusable as a policy.
    FaultCode {
        OriginsMissing "origins-missing" "No origin is allowed, so the policy could only ever refuse.",
        OriginsFileNotRead "origins-file-not-read" "The file of origins was not read, so its origins are unknown.",
        OriginsFileUnreadable "origins-file-unreadable" "The file of origins cannot be read.",
        OriginsTooMany "origins-too-many" "One policy holds origins of 4 GiB in all.",
        OriginWithoutScheme "origin-without-scheme" "An origin starts with its scheme.",
        OriginWithPath "origin-with-path" "An origin ends with its host or port; browsers never send a slash or path.",
        OriginWithQuery "origin-with-query" "An origin has no query.",
        OriginWithFragment "origin-with-fragment" "An origin has no fragment.",
        OriginWithCredentials "origin-with-credentials" "An origin has no user name or password.",
        OriginWithSpace "origin-with-space" "An origin has no white space; several origins are several entries.",
        OriginNotLowercase "origin-not-lowercase" "Browsers send scheme and host in lower case, and origins are compared byte for byte.",
        OriginSchemeInvalid "origin-scheme-invalid" "A scheme is a letter followed by letters, digits, `+`, `-` or `.`.",
        OriginSchemeOpaque "origin-scheme-opaque" "Pages of this scheme have no origin that can be named.",
        OriginHostInvalid "origin-host-invalid" "The host is not one a URL can have.",
        OriginHostNotAscii "origin-host-not-ascii" "Browsers send international names in Punycode.",
        OriginAddressNotCanonical "origin-address-not-canonical" "Browsers send addresses in their canonical form.",
        OriginPortInvalid "origin-port-invalid" "A port is a number from 1 to 65535 without leading zeros, or `*`.",
        OriginDefaultPort "origin-default-port" "Browsers leave out the scheme's default port, so this would never match.",
        OriginTooLong "origin-too-long" "No page has an origin that long.",
        OriginWildcardMisplaced "origin-wildcard-misplaced" "A wildcard stands alone, as the first label (`https://*.example.com`) or as the port (`:*`).",
        OriginNull "origin-null" "`null` is what any sandboxed page of anybody sends.",
        AnyOriginNotAlone "any-origin-not-alone" "`*` allows every origin, so nothing can stand beside it.",
        AnyOriginWithCredentials "any-origin-with-credentials" "Any origin with credentials lets every website act as your user.",
        NullOriginWithCredentials "null-origin-with-credentials" "`null` with credentials lets any sandboxed page act as your user.",
        InsecureOriginWithCredentials "insecure-origin-with-credentials" "Whoever is on the network can be a plain http page, and act as your user.",
        PublicSuffixWithCredentials "public-suffix-with-credentials" "Anybody can register a name below a public suffix, and act as your user.",
        MethodInvalid "method-invalid" "A method is a token.",
        MethodForbidden "method-forbidden" "Browsers never send this method from a script.",
        HeaderInvalid "header-invalid" "A header name is a token.",
        HeaderForbidden "header-forbidden" "Scripts cannot set this request header, so nobody can ask for it.",
        HeaderIsResponseHeader "header-is-response-header" "This is a header of responses; a request that carries it is a mistake of the page.",
        ExposedHeaderForbidden "exposed-header-forbidden" "Browsers never show this header to scripts.",
        ExposedHeaderIsRequestHeader "exposed-header-is-request-header" "This is a header of requests or of the protocol itself; exposing it means nothing.",
        ExposeAnyWithCredentials "expose-any-with-credentials" "With credentials, `*` is only a header named `*`.",
        MaxAgeInvalid "max-age-invalid" "A max-age is seconds, or a number with s, m, h or d.",
        MaxAgeTooLong "max-age-too-long" "No browser caches a preflight for more than 24 hours.",
    }
}

codes! {
    /// What works, but is probably not what was meant.
    AdviceCode {
        MethodCase "method-case" "Methods are compared with their case; this spelling is a method of its own.",
        MethodsAnyNotAlone "methods-any-not-alone" "`*` already allows every method.",
        AnyHeaderWithoutAuthorization "any-header-without-authorization" "`*` never covers `Authorization`; it must be named.",
        OriginRedundant "origin-redundant" "Another entry already covers this origin.",
        WwwMissing "www-missing" "With `www.` and without it, a site is two origins, and only this one is allowed.",
        InsecureOrigin "insecure-origin" "Whoever is on the network can be a plain http page.",
        PublicSuffix "public-suffix" "Anybody can register a name below a public suffix.",
        MaxAgeOverCap "max-age-over-cap" "Chromium caches a preflight for at most 2 hours, WebKit for 10 minutes.",
        ExposedHeaderSafelisted "exposed-header-safelisted" "Scripts can read this header anyway.",
        AnyOriginWithSecret "any-origin-with-secret" "Any website may call with this header, though the pages that hold its value are usually known.",
        EntryRepeated "entry-repeated" "The entry stands in this list already.",
        DangerWithoutEffect "danger-without-effect" "This dangerous setting changes nothing here.",
    }
}

impl AdviceCode {
    /// Whether it is a question rather than a warning: only the author knows whether this was meant. It belongs into a
    /// review of the policy, and not into the log of a service.
    #[must_use]
    pub fn is_question(self) -> bool {
        matches!(self, Self::WwwMissing | Self::AnyOriginWithSecret)
    }
}

/// Where in a [`PolicyConfig`](crate::PolicyConfig) something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Place {
    /// The key, as it is written in a file.
    pub key: &'static str,
    /// Which entry of the key's list, counted from 0.
    pub index: Option<usize>,
    /// Which line of the file that the key names, counted from 1.
    pub line: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.key)?;
        self.index.map_or(Ok(()), |index| write!(formatter, "[{index}]"))?;
        self.line.map_or(Ok(()), |line| write!(formatter, ", line {line}"))
    }
}

/// A finding about one place of a configuration: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<Code> {
    /// The stable identifier.
    pub code: Code,
    /// Where it stands.
    pub place: Place,
    /// The offending value, as it was written.
    pub value: String,
    /// What to write instead.
    pub remedy: String,
}

/// What makes a configuration unusable.
pub type Fault = Finding<FaultCode>;

/// What works but smells.
pub type Advice = Finding<AdviceCode>;

impl<Code> Finding<Code> {
    pub(crate) fn new(code: Code, place: Place, value: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code, place, value: value.into(), remedy: remedy.into() }
    }
}

impl Fault {
    /// What is wrong, in a sentence.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        self.code.meaning()
    }
}

impl Advice {
    /// What is unwise, in a sentence.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        self.code.meaning()
    }
}

fn write_finding(
    formatter: &mut fmt::Formatter<'_>,
    (code, meaning): (&str, &str),
    place: Place,
    value: &str,
    remedy: &str,
) -> fmt::Result {
    write!(formatter, "{place}")?;
    if !value.is_empty() {
        write!(formatter, " = {value:?}")?;
    }
    write!(formatter, ": {meaning} [{code}]")?;
    if !remedy.is_empty() {
        write!(formatter, "\n  help: {remedy}")?;
    }
    Ok(())
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_finding(formatter, (self.code.as_str(), self.meaning()), self.place, &self.value, &self.remedy)
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_finding(formatter, (self.code.as_str(), self.meaning()), self.place, &self.value, &self.remedy)
    }
}

/// Everything that is wrong with a configuration, at once, with the advice beside it.
///
/// Plain data, to be shown to whoever wrote the configuration: an operator in a log, a tenant in a form.
///
/// ```
/// use corsac::PolicyConfig;
///
/// let config = PolicyConfig { allow_origins: vec!["https://app.example/".into()], ..PolicyConfig::default() };
/// let faults = config.into_policy().expect_err("an origin has no slash");
/// assert_eq!(
///     serde_json::to_value(&faults.faults()[0])?,
///     serde_json::json!({
///         "code": "origin-with-path",
///         "place": { "key": "allow_origins", "index": 0, "line": null },
///         "value": "https://app.example/",
///         "meaning": "An origin ends with its host or port; browsers never send a slash or path.",
///         "remedy": "write https://app.example",
///     }),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Faults {
    pub(crate) faults: Vec<Fault>,
    pub(crate) advice: Vec<Advice>,
}

impl Faults {
    /// The faults, in the order of the keys; there is at least one.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// What would still be unwise once the faults are mended.
    #[must_use]
    pub fn advice(&self) -> &[Advice] {
        &self.advice
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n")?;
            }
            fault.fmt(formatter)?;
        }
        Ok(())
    }
}

/// As it is printed: an error that leaves `main`, or an `expect`, then says where, what and what to do.
impl fmt::Debug for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl std::error::Error for Faults {}
