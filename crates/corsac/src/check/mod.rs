//! From what a person wrote to a policy: every rule about a configuration, in one pass.
//!
//! Collects all faults and advice, and never stops at the first. Knows how the keys constrain each other; what one
//! value may look like is said beside its type. The origins, which may be a million, are in `origins.rs`.

mod origins;
mod www;

use std::fmt;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderName, HeaderValue,
};

use crate::config::{MaxAgeConfig, PolicyConfig};
use crate::fault::{Advice, AdviceCode, Fault, FaultCode, Faults, Finding, Place};
use crate::header_name::{
    is_cors_response_header, is_forbidden_request_header, is_forbidden_response_header,
    is_safelisted_response_header,
};
use crate::kept::{self, Lines, Value};
use crate::max_age;
use crate::method::{is_forbidden_method, is_token, normalize_method};
use crate::policy::{Methods, Policy, RequestHeaders};

impl PolicyConfig {
    /// Checks everything, and makes the policy.
    ///
    /// # Errors
    ///
    /// [`Faults`]: every fault there is, in the order of the keys, and the advice beside them. `allow_origins_file` is
    /// one of them, since nothing here does IO: see [`PolicyConfig::into_policy_reading`].
    pub fn into_policy(self) -> Result<Policy, Faults> {
        let file = self.allow_origins_file.as_ref().map(|_| Err(Unread::NotAsked));
        self.check(file)
    }

    /// As [`PolicyConfig::into_policy`], for a policy that may have an `allow_origins_file`: `read` is given its path as
    /// it was written, and gives the bytes of the file.
    ///
    /// A file has one pattern a line, and comments that begin with `#`.
    ///
    /// ```
    /// use corsac::PolicyConfig;
    ///
    /// let config = PolicyConfig { allow_origins_file: Some("origins.txt".into()), ..PolicyConfig::default() };
    /// let text = "https://one.example   # customer 17\nhttps://two.example/\n";
    /// let faults = config.into_policy_reading(|_| Ok::<_, std::io::Error>(text)).expect_err("there is a slash");
    /// assert_eq!(faults.faults()[0].place.to_string(), "allow_origins_file, line 2");
    /// ```
    ///
    /// # Errors
    ///
    /// As [`PolicyConfig::into_policy`]; what is wrong in the file has the number of its line.
    pub fn into_policy_reading<Bytes, Error>(
        self,
        read: impl FnOnce(&str) -> Result<Bytes, Error>,
    ) -> Result<Policy, Faults>
    where
        Bytes: AsRef<[u8]>,
        Error: fmt::Display,
    {
        let bytes = self.allow_origins_file.as_deref().map(read);
        let file = bytes.as_ref().map(|read| match read {
            Ok(bytes) => Ok(bytes.as_ref()),
            Err(error) => Err(Unread::Failed(error.to_string())),
        });
        self.check(file)
    }

    fn check(self, file: Option<Result<&[u8], Unread>>) -> Result<Policy, Faults> {
        let mut check = Check::default();
        let origins = check.origins(&self, file);
        let methods = check.methods(&self);
        let request_headers = check.request_headers(&self);
        check.expose_headers(&self);
        let max_age = check.max_age(self.max_age.as_ref());
        check.dangers_without_effect(&self);
        match origins {
            Some(origins) if check.faults.is_empty() => {
                let config = PolicyConfig {
                    allow_origins: Vec::new(),
                    allow_methods: normal_methods(&self.allow_methods),
                    max_age: max_age.map(|seconds| MaxAgeConfig::Seconds(i64::from(seconds))),
                    ..self
                };
                Ok(Policy {
                    origins,
                    null_origin: config.dangerously_allow_null_origin,
                    credentials: config.allow_credentials,
                    on_actual: on_actual(&config),
                    on_preflight: on_preflight(&config, &methods, &request_headers, max_age),
                    methods,
                    request_headers,
                    refuse_disallowed: config.refuse_disallowed,
                    asks_source: config.origins_from_source,
                    insecure_with_credentials: config.dangerously_allow_insecure_origins_with_credentials,
                    config,
                    listed: check.listed,
                    advice: check.advice,
                })
            }
            _ => Err(Faults { faults: check.faults, advice: check.advice }),
        }
    }
}

/// Why there is nothing of a file of origins.
enum Unread {
    /// Nobody was there to read it.
    NotAsked,
    /// It could not be read, for this reason.
    Failed(String),
}

/// One pass over a configuration.
#[derive(Default)]
struct Check {
    faults: Vec<Fault>,
    advice: Vec<Advice>,
    /// How many patterns `allow_origins` itself has.
    listed: usize,
    /// Whether any pattern is plain http, or below a public suffix.
    insecure: bool,
    public_suffix: bool,
}

impl Check {
    fn fault(&mut self, code: FaultCode, place: Place, value: &str, remedy: impl Into<String>) {
        self.faults.push(Finding::new(code, place, value, remedy));
    }

    fn advise(&mut self, code: AdviceCode, place: Place, value: &str, remedy: impl Into<String>) {
        self.advice.push(Finding::new(code, place, value, remedy));
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
        let normal: Vec<&str> = config.allow_methods.iter().map(|method| normalize_method(method)).collect();
        self.repetitions(KEY, &normal, str::eq);
        let names = normal_methods(&config.allow_methods);
        if names.iter().any(|name| name == "*") {
            if names.len() > 1 {
                self.advise(AdviceCode::MethodsAnyNotAlone, whole(KEY), "", "write allow_methods = [\"*\"]");
            }
            return Methods::Any;
        }
        Methods::Listed(names.into_iter().map(Into::into).collect())
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
        if !config.allow_credentials && config.allow_origins.iter().any(|origin| origin == "*") {
            for (index, name) in config.allow_headers.iter().enumerate().filter(|(_, name)| is_secret(name)) {
                let remedy = "list the origins of those pages, unless any website may have a key of its own";
                self.advise(AdviceCode::AnyOriginWithSecret, at(KEY, index), name, remedy);
            }
        }
        self.repetitions(KEY, &config.allow_headers, str::eq_ignore_ascii_case);
        RequestHeaders { any, names }
    }

    /// Names that stand in a list twice; those of origins are told by what covers them.
    fn repetitions<Name: AsRef<str>>(
        &mut self,
        key: &'static str,
        names: &[Name],
        is_same: fn(&str, &str) -> bool,
    ) {
        for (index, name) in names.iter().map(AsRef::as_ref).enumerate() {
            if names[..index].iter().any(|earlier| is_same(earlier.as_ref(), name)) {
                self.advise(AdviceCode::EntryRepeated, at(key, index), name, "remove the repetition");
            }
        }
    }

    fn expose_headers(&mut self, config: &PolicyConfig) {
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
        self.repetitions(KEY, &config.expose_headers, str::eq_ignore_ascii_case);
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
                config.allow_credentials && (self.insecure || config.origins_from_source),
            ),
            (
                config.dangerously_allow_public_suffixes_with_credentials,
                "dangerously_allow_public_suffixes_with_credentials",
                config.allow_credentials && self.public_suffix,
            ),
        ];
        for (_, key, _) in settings.into_iter().filter(|(set, _, effective)| *set && !effective) {
            self.advise(AdviceCode::DangerWithoutEffect, whole(key), "true", "remove it");
        }
    }
}

fn whole(key: &'static str) -> Place {
    Place { key, index: None, line: None }
}

fn at(key: &'static str, index: usize) -> Place {
    Place { key, index: Some(index), line: None }
}

fn line(key: &'static str, line: usize) -> Place {
    Place { key, index: None, line: Some(line) }
}

/// Whether a request header is there to carry a secret. Tokens against forged requests are none: they come with cookies.
fn is_secret(name: &str) -> bool {
    ["authorization", "api-key", "apikey", "x-api-key", "x-access-token", "x-auth-token"]
        .iter()
        .any(|secret| name.eq_ignore_ascii_case(secret))
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

/// What an allowed actual request is answered with, beside its origin.
fn on_actual(config: &PolicyConfig) -> Lines {
    lines([
        credentials(config),
        (ACCESS_CONTROL_EXPOSE_HEADERS, render(&unique_names(&config.expose_headers))),
    ])
}

/// What a preflight of an allowed origin is answered with, beside its origin. Where credentials make `*` a mere name, the
/// answer repeats the request instead.
fn on_preflight(
    config: &PolicyConfig,
    methods: &Methods,
    request_headers: &RequestHeaders,
    max_age: Option<u32>,
) -> Lines {
    let repeats_headers = request_headers.any && config.allow_credentials;
    let methods = match methods {
        Methods::Listed(_) => render(&normal_methods(&config.allow_methods)),
        Methods::Any => (!config.allow_credentials).then(|| HeaderValue::from_static("*")),
    };
    let headers = render(&unique_names(&config.allow_headers)).filter(|_| !repeats_headers);
    lines([
        credentials(config),
        (ACCESS_CONTROL_ALLOW_METHODS, methods),
        (ACCESS_CONTROL_ALLOW_HEADERS, headers),
        (ACCESS_CONTROL_MAX_AGE, max_age.and_then(|seconds| value(&seconds.to_string()))),
    ])
}

fn credentials(config: &PolicyConfig) -> (HeaderName, Option<HeaderValue>) {
    let value = config.allow_credentials.then(|| HeaderValue::from_static("true"));
    (ACCESS_CONTROL_ALLOW_CREDENTIALS, value)
}

fn lines<const COUNT: usize>(lines: [(HeaderName, Option<HeaderValue>); COUNT]) -> Lines {
    kept::lines(lines.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

/// A list as one field value; nothing where the list is empty, or where a fault was already reported.
fn render(names: &[String]) -> Option<HeaderValue> {
    if names.is_empty() { None } else { value(&names.join(", ")) }
}

fn value(text: &str) -> Option<HeaderValue> {
    kept::value(text).map(Value::into_header_value)
}
