//! The validated policy: nothing in it can be wrong, and its header values are already written out.
//!
//! Knows how the keys constrain each other; how a request is decided is in [`crate::decision`].

use http::header::HeaderValue;

use crate::config::{MaxAgeConfig, PolicyConfig};
use crate::fault::{Advice, AdviceCode, Fault, FaultCode, Faults, Finding, Place};
use crate::header_name::{
    is_cors_response_header, is_forbidden_request_header, is_forbidden_response_header,
    is_safelisted_response_header,
};
use crate::index::OriginIndex;
use crate::max_age;
use crate::method::{is_forbidden_method, is_safelisted_method, is_token, normalize_method};
use crate::origin::split_serialized;
use crate::pattern::OriginPattern;

/// A policy that can be asked. Made by [`PolicyConfig::into_policy`] alone, so that having one means it is sound.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) origins: Origins,
    pub(crate) null_origin: bool,
    pub(crate) credentials: bool,
    pub(crate) methods: Methods,
    pub(crate) request_headers: RequestHeaders,
    pub(crate) expose: Option<HeaderValue>,
    pub(crate) max_age: Option<HeaderValue>,
    pub(crate) refuse_disallowed: bool,
    config: PolicyConfig,
    advice: Vec<Advice>,
}

/// Who may call.
#[derive(Debug, Clone)]
pub(crate) enum Origins {
    /// Everyone, without credentials: the answer is `*`, the same for all.
    Any,
    /// Everyone, with credentials: the answer repeats the origin.
    DangerouslyAny,
    /// These.
    Listed(OriginIndex),
}

/// Which methods may be used.
#[derive(Debug, Clone)]
pub(crate) enum Methods {
    /// Any. Without credentials that is `*`; with them the requested one is repeated.
    Any,
    /// These, and the safelisted ones.
    Listed { names: Vec<Box<str>>, rendered: Option<HeaderValue> },
}

/// Which request headers may be set.
#[derive(Debug, Clone)]
pub(crate) struct RequestHeaders {
    /// Whether `*` is among them.
    pub(crate) any: bool,
    /// The names beside `*`, in lower case and sorted.
    pub(crate) names: Vec<Box<str>>,
    pub(crate) rendered: Option<HeaderValue>,
}

impl RequestHeaders {
    pub(crate) fn contains(&self, name: &[u8]) -> bool {
        let lowered = || name.iter().map(u8::to_ascii_lowercase);
        self.names.binary_search_by(|listed| listed.bytes().cmp(lowered())).is_ok()
    }
}

impl Policy {
    /// Whether the policy allows this serialised origin.
    #[must_use]
    pub fn allows_origin(&self, origin: &str) -> bool {
        match &self.origins {
            Origins::Any => true,
            _ if origin == "null" => self.null_origin,
            Origins::DangerouslyAny => split_serialized(origin).is_some(),
            Origins::Listed(index) => index.find(origin).is_some(),
        }
    }

    /// Whether credentials may come along.
    #[must_use]
    pub fn allows_credentials(&self) -> bool {
        self.credentials
    }

    /// The origin patterns, in the order they were written; empty where any origin is allowed.
    #[must_use]
    pub fn origin_patterns(&self) -> &[OriginPattern] {
        match &self.origins {
            Origins::Any | Origins::DangerouslyAny => &[],
            Origins::Listed(index) => index.patterns(),
        }
    }

    /// What is unwise about the policy, though it works.
    #[must_use]
    pub fn advice(&self) -> &[Advice] {
        &self.advice
    }

    /// The configuration in normal form: giving it back to [`PolicyConfig::into_policy`] makes the same policy.
    #[must_use]
    pub fn to_config(&self) -> PolicyConfig {
        self.config.clone()
    }
}

impl PolicyConfig {
    /// Checks everything, and makes the policy.
    ///
    /// # Errors
    ///
    /// [`Faults`]: every fault there is, in the order of the keys, and the advice beside them.
    pub fn into_policy(self) -> Result<Policy, Faults> {
        let mut check = Check::default();
        let origins = check.origins(&self);
        let methods = check.methods(&self);
        let request_headers = check.request_headers(&self);
        let expose = check.expose_headers(&self);
        let max_age = check.max_age(self.max_age.as_ref());
        check.dangers_without_effect(&self);
        match origins {
            Some(origins) if check.faults.is_empty() => {
                let config = PolicyConfig {
                    allow_methods: normal_methods(&self.allow_methods),
                    max_age: max_age.map(|seconds| MaxAgeConfig::Seconds(i64::from(seconds))),
                    ..self
                };
                Ok(Policy {
                    origins,
                    null_origin: config.dangerously_allow_null_origin,
                    credentials: config.allow_credentials,
                    methods,
                    request_headers,
                    expose,
                    max_age: max_age.map(HeaderValue::from),
                    refuse_disallowed: config.refuse_disallowed,
                    config,
                    advice: check.advice,
                })
            }
            _ => Err(Faults { faults: check.faults, advice: check.advice }),
        }
    }
}

/// One pass over a configuration: collects, and never stops at the first.
#[derive(Default)]
struct Check {
    faults: Vec<Fault>,
    advice: Vec<Advice>,
}

impl Check {
    fn fault(&mut self, code: FaultCode, place: Place, value: &str, remedy: impl Into<String>) {
        self.faults.push(Finding::new(code, place, value, remedy));
    }

    fn advise(&mut self, code: AdviceCode, place: Place, value: &str, remedy: impl Into<String>) {
        self.advice.push(Finding::new(code, place, value, remedy));
    }

    fn origins(&mut self, config: &PolicyConfig) -> Option<Origins> {
        const KEY: &str = "allow_origins";
        let written = &config.allow_origins;
        let credentials = config.allow_credentials;
        if config.dangerously_allow_null_origin && credentials {
            self.fault(
                FaultCode::NullOriginWithCredentials,
                whole("dangerously_allow_null_origin"),
                "true",
                "remove it, or allow_credentials",
            );
        }
        if written.iter().any(|origin| origin == "*") {
            if let Some(index) = written.iter().position(|origin| origin != "*") {
                let remedy = "keep either the list or \"*\"";
                self.fault(FaultCode::AnyOriginNotAlone, at(KEY, index), &written[index], remedy);
                return None;
            }
            return match (credentials, config.dangerously_allow_any_origin_with_credentials) {
                (false, _) => Some(Origins::Any),
                (true, true) => Some(Origins::DangerouslyAny),
                (true, false) => {
                    let remedy = "list the origins that need credentials, or remove allow_credentials";
                    self.fault(FaultCode::AnyOriginWithCredentials, at(KEY, 0), "*", remedy);
                    None
                }
            };
        }
        if written.is_empty() && !config.dangerously_allow_null_origin {
            let remedy = "write allow_origins = [\"https://app.example\"], with the origins of your pages";
            self.fault(FaultCode::OriginsMissing, whole(KEY), "", remedy);
        }
        let mut patterns: Vec<(usize, OriginPattern)> = Vec::with_capacity(written.len());
        for (index, text) in written.iter().enumerate() {
            match text.parse::<OriginPattern>() {
                Ok(pattern) => {
                    self.origin_with_credentials(&pattern, at(KEY, index), config);
                    patterns.push((index, pattern));
                }
                Err(error) => self.fault(error.code, at(KEY, index), text, error.remedy),
            }
        }
        let index = OriginIndex::new(patterns.iter().map(|(_, pattern)| pattern.clone()).collect());
        self.redundant_origins(&patterns, &index);
        Some(Origins::Listed(index))
    }

    fn origin_with_credentials(&mut self, pattern: &OriginPattern, place: Place, config: &PolicyConfig) {
        let value = pattern.to_string();
        if pattern.is_insecure() {
            let secure = value.replacen("http://", "https://", 1);
            if !config.allow_credentials {
                self.advise(AdviceCode::InsecureOrigin, place, &value, format!("write {secure}"));
            } else if !config.dangerously_allow_insecure_origins_with_credentials {
                let remedy = format!(
                    "write {secure}, or set dangerously_allow_insecure_origins_with_credentials = true"
                );
                self.fault(FaultCode::InsecureOriginWithCredentials, place, &value, remedy);
            }
        }
        if pattern.is_public_suffix() {
            if !config.allow_credentials {
                self.advise(AdviceCode::PublicSuffix, place, &value, "list the names that are yours");
            } else if !config.dangerously_allow_public_suffixes_with_credentials {
                let remedy = "list the names that are yours, or set \
                              dangerously_allow_public_suffixes_with_credentials = true";
                self.fault(FaultCode::PublicSuffixWithCredentials, place, &value, remedy);
            }
        }
    }

    fn redundant_origins(&mut self, patterns: &[(usize, OriginPattern)], index: &OriginIndex) {
        for (place, pattern) in patterns {
            if let Some(other) = index.covering(pattern) {
                let covered_by = format!("{other} covers it already");
                self.advise(
                    AdviceCode::OriginRedundant,
                    at("allow_origins", *place),
                    &pattern.to_string(),
                    covered_by,
                );
            }
        }
        let mut seen = std::collections::HashSet::new();
        for (place, pattern) in patterns {
            if !seen.insert(pattern) {
                let remedy = "remove the repetition";
                self.advise(
                    AdviceCode::OriginRedundant,
                    at("allow_origins", *place),
                    &pattern.to_string(),
                    remedy,
                );
            }
        }
    }

    fn methods(&mut self, config: &PolicyConfig) -> Methods {
        const KEY: &str = "allow_methods";
        for (index, method) in config.allow_methods.iter().enumerate() {
            let place = at(KEY, index);
            let upper = method.to_ascii_uppercase();
            if !is_token(method.as_bytes()) {
                self.fault(
                    FaultCode::MethodInvalid,
                    place,
                    method,
                    "write one method an entry, such as \"PUT\"",
                );
            } else if is_forbidden_method(method) {
                self.fault(FaultCode::MethodForbidden, place, method, "remove it");
            } else if normalize_method(method) != upper && *method != upper {
                self.advise(
                    AdviceCode::MethodCase,
                    place,
                    method,
                    format!("write {upper:?}, if that is what pages send"),
                );
            }
        }
        let names = normal_methods(&config.allow_methods);
        if names.iter().any(|name| name == "*") {
            if names.len() > 1 {
                self.advise(AdviceCode::MethodsAnyNotAlone, whole(KEY), "", "write allow_methods = [\"*\"]");
            }
            return Methods::Any;
        }
        let rendered = render(&names);
        Methods::Listed { names: names.into_iter().map(Into::into).collect(), rendered }
    }

    fn request_headers(&mut self, config: &PolicyConfig) -> RequestHeaders {
        const KEY: &str = "allow_headers";
        for (index, name) in config.allow_headers.iter().enumerate() {
            let place = at(KEY, index);
            if !is_token(name.as_bytes()) {
                self.fault(FaultCode::HeaderInvalid, place, name, "write one header name an entry");
            } else if is_cors_response_header(name) {
                let remedy = "remove it here, and remove it from the page's request";
                self.fault(FaultCode::HeaderIsResponseHeader, place, name, remedy);
            } else if is_forbidden_request_header(name) {
                self.fault(
                    FaultCode::HeaderForbidden,
                    place,
                    name,
                    "remove it: the browser sends it by itself",
                );
            }
        }
        let mut names: Vec<Box<str>> = config
            .allow_headers
            .iter()
            .filter(|name| *name != "*")
            .map(|name| name.to_ascii_lowercase().into_boxed_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        let any = config.allow_headers.iter().any(|name| name == "*");
        if any && !config.allow_credentials && !names.iter().any(|name| &**name == "authorization") {
            let remedy = "add \"Authorization\", if pages send it";
            self.advise(AdviceCode::AnyHeaderWithoutAuthorization, whole(KEY), "", remedy);
        }
        let rendered = render(&unique_names(&config.allow_headers));
        RequestHeaders { any, names, rendered }
    }

    fn expose_headers(&mut self, config: &PolicyConfig) -> Option<HeaderValue> {
        const KEY: &str = "expose_headers";
        for (index, name) in config.expose_headers.iter().enumerate() {
            let place = at(KEY, index);
            if name == "*" {
                if config.allow_credentials {
                    let remedy = "list the headers that scripts read";
                    self.fault(FaultCode::ExposeAnyWithCredentials, place, name, remedy);
                }
            } else if !is_token(name.as_bytes()) {
                self.fault(FaultCode::HeaderInvalid, place, name, "write one header name an entry");
            } else if is_forbidden_response_header(name) {
                self.fault(FaultCode::ExposedHeaderForbidden, place, name, "remove it");
            } else if is_cors_response_header(name)
                || ["origin", "access-control-request-method", "access-control-request-headers"]
                    .iter()
                    .any(|request| name.eq_ignore_ascii_case(request))
            {
                self.fault(FaultCode::ExposedHeaderIsRequestHeader, place, name, "remove it");
            } else if is_safelisted_response_header(name) {
                self.advise(AdviceCode::ExposedHeaderSafelisted, place, name, "remove it");
            }
        }
        render(&unique_names(&config.expose_headers))
    }

    fn max_age(&mut self, written: Option<&MaxAgeConfig>) -> Option<u32> {
        let written = written?;
        match max_age::parse(written) {
            Ok(seconds) => {
                if seconds > max_age::CHROMIUM_CAP {
                    let remedy = "nothing breaks; \"2h\" is as much as most users get";
                    self.advise(AdviceCode::MaxAgeOverCap, whole("max_age"), &written.to_string(), remedy);
                }
                Some(seconds)
            }
            Err((code, remedy)) => {
                self.fault(code, whole("max_age"), &written.to_string(), remedy);
                None
            }
        }
    }

    fn dangers_without_effect(&mut self, config: &PolicyConfig) {
        let any = config.allow_origins.iter().any(|origin| origin == "*");
        let parsed = || config.allow_origins.iter().filter_map(|origin| origin.parse::<OriginPattern>().ok());
        let settings = [
            (
                config.dangerously_allow_any_origin_with_credentials,
                "dangerously_allow_any_origin_with_credentials",
                any && config.allow_credentials,
            ),
            (config.dangerously_allow_null_origin, "dangerously_allow_null_origin", !any),
            (
                config.dangerously_allow_insecure_origins_with_credentials,
                "dangerously_allow_insecure_origins_with_credentials",
                config.allow_credentials && parsed().any(|pattern| pattern.is_insecure()),
            ),
            (
                config.dangerously_allow_public_suffixes_with_credentials,
                "dangerously_allow_public_suffixes_with_credentials",
                config.allow_credentials && parsed().any(|pattern| pattern.is_public_suffix()),
            ),
        ];
        for (_, key, _) in settings.into_iter().filter(|(set, _, effective)| *set && !effective) {
            self.advise(AdviceCode::DangerWithoutEffect, whole(key), "true", "remove it");
        }
    }
}

fn whole(key: &'static str) -> Place {
    Place { key, index: None }
}

fn at(key: &'static str, index: usize) -> Place {
    Place { key, index: Some(index) }
}

/// The methods as browsers spell them, each once.
fn normal_methods(written: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(written.len());
    for name in written.iter().map(|method| normalize_method(method)) {
        if !names.iter().any(|listed| listed == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// The names as they were written, each once, whatever its case.
fn unique_names(written: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(written.len());
    for name in written {
        if !names.iter().any(|listed| listed.eq_ignore_ascii_case(name)) {
            names.push(name.clone());
        }
    }
    names
}

/// A list as one field value; nothing where the list is empty, or where a fault was already reported.
fn render(names: &[String]) -> Option<HeaderValue> {
    if names.is_empty() { None } else { HeaderValue::from_str(&names.join(", ")).ok() }
}

/// Whether a method needs no permission at all, or is one of these.
pub(crate) fn method_allowed(methods: &Methods, method: &str) -> bool {
    is_safelisted_method(method)
        || match methods {
            Methods::Any => is_token(method.as_bytes()) && !is_forbidden_method(method),
            Methods::Listed { names, .. } => names.iter().any(|name| &**name == method),
        }
}
