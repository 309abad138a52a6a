//! The validated policy: nothing in it can be wrong, and its header values are already written out.
//!
//! How it is made from what a person wrote is in `check/`; how a request is decided is in `decision.rs`.

use crate::config::PolicyConfig;
use crate::fault::Advice;
use crate::index::OriginIndex;
use crate::kept::Lines;
use crate::method::{is_forbidden_method, is_safelisted_method, is_token};
use crate::origin::split_serialized;
use crate::requested_headers::BUDGET as REQUESTED_HEADERS_BUDGET;

/// A policy that can be asked. Made by [`PolicyConfig::into_policy`] alone, so that having one means it is sound.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) origins: Origins,
    pub(crate) null_origin: bool,
    pub(crate) credentials: bool,
    pub(crate) methods: Methods,
    pub(crate) request_headers: RequestHeaders,
    /// The lines that every allowed actual request, and every preflight of an allowed origin, is answered with.
    pub(crate) on_actual: Lines,
    pub(crate) on_preflight: Lines,
    pub(crate) refuse_disallowed: bool,
    /// Whether a source may be asked about origins that are not listed.
    pub(crate) asks_source: bool,
    /// Whether such an origin may be plain http and bring credentials.
    pub(crate) insecure_with_credentials: bool,
    /// What was written, without the origins: those are in the index, once.
    pub(crate) config: PolicyConfig,
    /// How many patterns of the index stood in `allow_origins` itself.
    pub(crate) listed: usize,
    pub(crate) advice: Vec<Advice>,
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
    Listed(Vec<Box<str>>),
}

/// Which request headers may be set.
#[derive(Debug, Clone)]
pub(crate) struct RequestHeaders {
    /// Whether `*` is among them.
    pub(crate) any: bool,
    /// The names beside `*`, in lower case and sorted.
    pub(crate) names: Vec<Box<str>>,
}

/// How many names are compared one by one in less time than they are searched.
const SHORT: usize = 8;

impl RequestHeaders {
    pub(crate) fn contains(&self, name: &[u8]) -> bool {
        if self.names.len() <= SHORT {
            return self.names.iter().any(|listed| listed.as_bytes().eq_ignore_ascii_case(name));
        }
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
            Origins::Listed(index) => index.find(origin.as_bytes()).is_ok(),
        }
    }

    /// Whether credentials may come along.
    #[must_use]
    pub fn allows_credentials(&self) -> bool {
        self.credentials
    }

    /// Whether preflights are answered with what they ask for: where credentials make `*` a mere name.
    pub(crate) fn repeats_request(&self) -> bool {
        self.credentials && (self.request_headers.any || matches!(self.methods, Methods::Any))
    }

    /// The origin patterns, in the order they were written, each once; none where any origin is allowed.
    pub fn origin_patterns(&self) -> impl Iterator<Item = &str> {
        match &self.origins {
            Origins::Any | Origins::DangerouslyAny => None,
            Origins::Listed(index) => Some(index.texts()),
        }
        .into_iter()
        .flatten()
    }

    /// How many origin patterns there are.
    #[must_use]
    pub fn origin_count(&self) -> usize {
        match &self.origins {
            Origins::Any | Origins::DangerouslyAny => 0,
            Origins::Listed(index) => index.len(),
        }
    }

    /// What is unwise about the policy, though it works.
    #[must_use]
    pub fn advice(&self) -> &[Advice] {
        &self.advice
    }

    /// The configuration in normal form: giving it back to [`PolicyConfig::into_policy`] makes the same policy, or to
    /// [`PolicyConfig::into_policy_reading`] where there is a file of origins.
    #[must_use]
    pub fn to_config(&self) -> PolicyConfig {
        let allow_origins = match &self.origins {
            Origins::Any | Origins::DangerouslyAny => vec!["*".to_owned()],
            Origins::Listed(index) => index.texts().take(self.listed).map(str::to_owned).collect(),
        };
        PolicyConfig { allow_origins, ..self.config.clone() }
    }
}

/// The longest method that is repeated in an answer. Real ones have a dozen letters.
const LONGEST_REPEATED_METHOD: usize = 256;

impl Policy {
    /// Whether a method needs no permission at all, or has it.
    pub(crate) fn allows_method(&self, method: &str) -> bool {
        // With credentials the answer repeats the method, and is to stay small; else it is `*`, whatever was asked.
        let longest = if self.credentials { LONGEST_REPEATED_METHOD } else { REQUESTED_HEADERS_BUDGET };
        is_safelisted_method(method)
            || match &self.methods {
                Methods::Any => {
                    method.len() <= longest && is_token(method.as_bytes()) && !is_forbidden_method(method)
                }
                Methods::Listed(names) => names.iter().any(|name| &**name == method),
            }
    }
}
