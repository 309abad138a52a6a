//! The policy as a person writes it.
//!
//! Any value that can be written down fits in here, right or wrong; [`PolicyConfig::into_policy`] is the only door
//! to a [`Policy`](crate::Policy), and reports every fault at once.

use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A CORS policy before it is checked. The keys are the ecosystem's own, in TOML, JSON or YAML.
///
/// ```
/// use corsac::PolicyConfig;
///
/// let policy = PolicyConfig {
///     allow_origins: vec!["https://app.example".into(), "http://localhost:*".into()],
///     allow_credentials: true,
///     allow_methods: vec!["PUT".into(), "DELETE".into()],
///     allow_headers: vec!["Content-Type".into()],
///     ..PolicyConfig::default()
/// }
/// .into_policy()?;
/// assert!(policy.allows_origin("http://localhost:5173"));
/// # Ok::<(), corsac::Faults>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyConfig {
    /// Who may call: origins, [patterns](crate::OriginPattern), or `*` alone for everyone.
    #[serde(deserialize_with = "one_or_many")]
    pub allow_origins: Vec<String>,
    /// A file of further origins and patterns, one a line, for lists too long for a configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_origins_file: Option<String>,
    /// Whether a source may be asked about origins that are not listed ([`Decision::origin_in_question`]). Code alone
    /// can set it, since code has to bring the source.
    ///
    /// [`Decision::origin_in_question`]: crate::Decision::origin_in_question
    #[serde(skip)]
    pub origins_from_source: bool,
    /// Whether cookies, client certificates and HTTP authentication may come along.
    #[serde(skip_serializing_if = "is_false")]
    pub allow_credentials: bool,
    /// Methods beyond `GET`, `HEAD` and `POST`, which a browser never needs permission for; or `*`.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub allow_methods: Vec<String>,
    /// Request headers beyond the safelisted ones; or `*`, which without credentials never covers `Authorization`.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub allow_headers: Vec<String>,
    /// Response headers that scripts may read beyond the safelisted ones; or `*`.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub expose_headers: Vec<String>,
    /// How long browsers may remember a preflight. Absent: 5 seconds, the browsers' own default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<MaxAgeConfig>,
    /// Answer 403 to actual requests of other origins, so that the handler never runs.
    #[serde(skip_serializing_if = "is_false")]
    pub refuse_disallowed: bool,
    /// Any website may act as your user. Only for services that trust nothing a cookie says.
    #[serde(skip_serializing_if = "is_false")]
    pub dangerously_allow_any_origin_with_credentials: bool,
    /// Sandboxed frames and `data:` documents of any website may call; never with credentials.
    #[serde(skip_serializing_if = "is_false")]
    pub dangerously_allow_null_origin: bool,
    /// Plain http origins, loopback aside, may bring credentials: the network can act as your user.
    #[serde(skip_serializing_if = "is_false")]
    pub dangerously_allow_insecure_origins_with_credentials: bool,
    /// Patterns below a public suffix (`https://*.github.io`) may bring credentials.
    #[serde(skip_serializing_if = "is_false")]
    pub dangerously_allow_public_suffixes_with_credentials: bool,
}

impl PolicyConfig {
    /// Every key a policy can have, as it is written in a file.
    pub const KEYS: &'static [&'static str] = &[
        "allow_origins",
        "allow_origins_file",
        "allow_credentials",
        "allow_methods",
        "allow_headers",
        "expose_headers",
        "max_age",
        "refuse_disallowed",
        "dangerously_allow_any_origin_with_credentials",
        "dangerously_allow_null_origin",
        "dangerously_allow_insecure_origins_with_credentials",
        "dangerously_allow_public_suffixes_with_credentials",
    ];
}

/// A max-age as it was written: seconds, or a number with a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MaxAgeConfig {
    /// `600`
    Seconds(i64),
    /// `"24h"`
    Text(String),
}

impl fmt::Display for MaxAgeConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => seconds.fmt(formatter),
            Self::Text(text) => text.fmt(formatter),
        }
    }
}

impl Serialize for MaxAgeConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Seconds(seconds) => serializer.serialize_i64(*seconds),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for MaxAgeConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = MaxAgeConfig;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("seconds, or a text such as \"24h\"")
            }

            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<MaxAgeConfig, E> {
                Ok(MaxAgeConfig::Seconds(seconds))
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<MaxAgeConfig, E> {
                Ok(MaxAgeConfig::Seconds(i64::try_from(seconds).unwrap_or(i64::MAX)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<MaxAgeConfig, E> {
                Ok(MaxAgeConfig::Text(text.to_owned()))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this signature")]
fn is_false(value: &bool) -> bool {
    !value
}

/// `allow_origins = "*"` is as clear as `["*"]`.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct OneOrMany;

    impl<'de> Visitor<'de> for OneOrMany {
        type Value = Vec<String>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a text or a list of texts")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<String>, E> {
            Ok(vec![text.to_owned()])
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
            let mut texts = Vec::new();
            while let Some(text) = list.next_element()? {
                texts.push(text);
            }
            Ok(texts)
        }
    }

    deserializer.deserialize_any(OneOrMany)
}
