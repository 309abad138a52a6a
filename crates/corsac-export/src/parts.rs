//! A policy taken apart, as the targets need it.
//!
//! Made of a checked policy alone, so that nothing in it can be wrong. Knows no server.

use corsac::{MaxAgeConfig, Policy, PolicyConfig};

use crate::pattern::Pattern;

/// What a policy says, in the form in which it is written elsewhere.
#[derive(Debug, Clone)]
pub struct Parts {
    pub(crate) origins: Origins,
    pub(crate) credentials: bool,
    /// The methods that are listed beside `*`.
    pub(crate) methods: Vec<String>,
    pub(crate) any_method: bool,
    /// The request headers that are listed beside `*`, each once.
    pub(crate) headers: Vec<String>,
    pub(crate) any_header: bool,
    /// The response headers, `*` among them.
    pub(crate) expose: Vec<String>,
    pub(crate) max_age: Option<i64>,
    pub(crate) refuse_disallowed: bool,
    /// The keys themselves, with the origins of a file among the others.
    pub(crate) config: PolicyConfig,
}

/// Who may call.
#[derive(Debug, Clone)]
pub(crate) enum Origins {
    Any,
    /// These; `null` stands last, if it is allowed.
    Listed(Vec<Pattern>),
}

impl Parts {
    pub(crate) fn of(policy: &Policy) -> Self {
        let mut config = policy.to_config();
        config.allow_origins_file = None;
        let origins = if config.allow_origins == ["*"] {
            Origins::Any
        } else {
            let null = config.dangerously_allow_null_origin.then_some("null");
            config.allow_origins = policy.origin_patterns().map(str::to_owned).collect();
            Origins::Listed(policy.origin_patterns().chain(null).map(Pattern::new).collect())
        };
        let without_star = |names: &[String]| unique(names).filter(|name| *name != "*").cloned().collect();
        Self {
            origins,
            credentials: config.allow_credentials,
            methods: without_star(&config.allow_methods),
            any_method: config.allow_methods.iter().any(|name| name == "*"),
            headers: without_star(&config.allow_headers),
            any_header: config.allow_headers.iter().any(|name| name == "*"),
            expose: unique(&config.expose_headers).cloned().collect(),
            max_age: match config.max_age {
                Some(MaxAgeConfig::Seconds(seconds)) => Some(seconds),
                // A checked policy has seconds.
                Some(MaxAgeConfig::Text(_)) | None => None,
            },
            refuse_disallowed: config.refuse_disallowed,
            config,
        }
    }

    /// The origins; none where any origin is allowed.
    pub(crate) fn listed(&self) -> &[Pattern] {
        match &self.origins {
            Origins::Any => &[],
            Origins::Listed(patterns) => patterns,
        }
    }

    /// What stands in `Access-Control-Allow-Methods`, where it is the same for all: the listed ones, or `*` alone.
    pub(crate) fn methods_with_star(&self) -> Vec<String> {
        if self.any_method { vec!["*".to_owned()] } else { self.methods.clone() }
    }

    /// The methods for servers that check those that need no permission too, and know no star: in its place stand the methods
    /// of the HTTP standards that a page can send.
    pub(crate) fn methods_spelled_out(&self) -> Vec<String> {
        const STANDARD: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"];
        let first = if self.any_method { &STANDARD[..] } else { &STANDARD[..3] };
        let others = self.methods.iter().filter(|name| !first.contains(&&***name)).cloned();
        first.iter().map(|name| (*name).to_owned()).chain(others).collect()
    }

    /// What stands in `Access-Control-Allow-Headers`, where it is the same for all: the listed ones, and `*` first.
    pub(crate) fn headers_with_star(&self) -> Vec<String> {
        let star = self.any_header.then(|| "*".to_owned());
        star.into_iter().chain(self.headers.iter().cloned()).collect()
    }
}

/// Names, each once, whatever their case.
fn unique(names: &[String]) -> impl Iterator<Item = &String> {
    names.iter().enumerate().filter_map(|(index, name)| {
        let seen = names[..index].iter().any(|earlier| earlier.eq_ignore_ascii_case(name));
        (!seen).then_some(name)
    })
}
