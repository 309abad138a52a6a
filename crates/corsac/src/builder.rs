//! A policy written in code: the keys of [`PolicyConfig`] as a chain of calls.
//!
//! Checks nothing; that is [`PolicyConfig::into_policy`]'s, which ends every chain.

use std::time::Duration;

use crate::config::{MaxAgeConfig, PolicyConfig};
use crate::policy::Policy;

impl Policy {
    /// Begins a policy in code. The calls are named as the keys of a file are.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use corsac::Policy;
    /// use http::{Method, header};
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example", "https://*.preview.app.example"])
    ///     .allow_credentials(true)
    ///     .allow_methods([Method::PUT, Method::DELETE])
    ///     .allow_headers([header::CONTENT_TYPE, header::AUTHORIZATION])
    ///     .expose_headers(["X-Request-Id"])
    ///     .max_age(Duration::from_secs(600))
    ///     .into_policy()?;
    /// assert!(policy.allows_origin("https://app.example"));
    /// # Ok::<(), corsac::Faults>(())
    /// ```
    #[must_use]
    pub fn builder() -> PolicyConfig {
        PolicyConfig::default()
    }
}

/// The keys as calls. Lists grow with every call; what is written wrong is found by [`PolicyConfig::into_policy`].
impl PolicyConfig {
    /// Adds one origin or pattern; `*` alone is everyone.
    #[must_use]
    pub fn allow_origin(self, origin: impl Into<String>) -> Self {
        self.allow_origins([origin])
    }

    /// Adds origins and [patterns](crate::OriginPattern).
    #[must_use]
    pub fn allow_origins<Origin: Into<String>>(mut self, origins: impl IntoIterator<Item = Origin>) -> Self {
        self.allow_origins.extend(origins.into_iter().map(Into::into));
        self
    }

    /// Names a file of further origins; [`PolicyConfig::into_policy_reading`] is then told how to read it.
    #[must_use]
    pub fn allow_origins_file(mut self, path: impl Into<String>) -> Self {
        self.allow_origins_file = Some(path.into());
        self
    }

    /// Allows every origin, without credentials.
    #[must_use]
    pub fn allow_any_origin(self) -> Self {
        self.allow_origin("*")
    }

    /// Whether cookies, client certificates and HTTP authentication may come along.
    #[must_use]
    pub fn allow_credentials(mut self, allow: bool) -> Self {
        self.allow_credentials = allow;
        self
    }

    /// Adds methods beyond `GET`, `HEAD` and `POST`.
    #[must_use]
    pub fn allow_methods<Name: AsRef<str>>(mut self, methods: impl IntoIterator<Item = Name>) -> Self {
        self.allow_methods.extend(texts(methods));
        self
    }

    /// Allows every method that a page can ask for, of at most 256 letters where credentials are allowed: the answer repeats it
    /// then, since browsers take `*` for a name.
    #[must_use]
    pub fn allow_any_method(self) -> Self {
        self.allow_methods(["*"])
    }

    /// Adds request headers beyond the safelisted ones.
    #[must_use]
    pub fn allow_headers<Name: AsRef<str>>(mut self, names: impl IntoIterator<Item = Name>) -> Self {
        self.allow_headers.extend(texts(names));
        self
    }

    /// Allows every request header but `Authorization`, which must be named.
    #[must_use]
    pub fn allow_any_header(self) -> Self {
        self.allow_headers(["*"])
    }

    /// Adds response headers that scripts may read beyond the safelisted ones.
    #[must_use]
    pub fn expose_headers<Name: AsRef<str>>(mut self, names: impl IntoIterator<Item = Name>) -> Self {
        self.expose_headers.extend(texts(names));
        self
    }

    /// How long browsers may remember a preflight; parts of a second do not count.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(MaxAgeConfig::Seconds(i64::try_from(age.as_secs()).unwrap_or(i64::MAX)));
        self
    }

    /// Whether actual requests of other origins are answered with 403, so that the handler never runs.
    #[must_use]
    pub fn refuse_disallowed(mut self, refuse: bool) -> Self {
        self.refuse_disallowed = refuse;
        self
    }

    /// Lets a source be asked about origins that are not listed.
    #[must_use]
    pub fn origins_from_source(mut self) -> Self {
        self.origins_from_source = true;
        self
    }
}

fn texts<Name: AsRef<str>>(names: impl IntoIterator<Item = Name>) -> impl Iterator<Item = String> {
    names.into_iter().map(|name| name.as_ref().to_owned())
}
