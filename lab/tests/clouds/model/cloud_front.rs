//! CloudFront's response headers policies, before an origin server that answers preflights 200:
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html>.

use corsac_browser::WireRequest;
use serde::Deserialize;
use serde_json::Value;

use super::{Asked, Headers, matches};
use crate::calls::Server;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(rename = "ResponseHeadersPolicyConfig")]
    policy: Policy,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Policy {
    name: String,
    cors_config: Configuration,
    remove_headers_config: Removed,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Removed {
    quantity: usize,
    items: Vec<Header>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Header {
    header: String,
}

/// How many headers a policy can remove.
const MOST_REMOVED: usize = 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Configuration {
    access_control_allow_origins: List,
    access_control_allow_methods: List,
    access_control_allow_headers: List,
    #[serde(default)]
    access_control_expose_headers: List,
    access_control_allow_credentials: bool,
    access_control_max_age_sec: Option<u32>,
    origin_override: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct List {
    quantity: usize,
    items: Vec<String>,
}

pub(crate) fn read(value: Value) -> Result<Box<dyn Server>, serde_json::Error> {
    let Input { policy } = serde_json::from_value(value)?;
    let config = policy.cors_config;
    let lists = [
        &config.access_control_allow_origins,
        &config.access_control_allow_methods,
        &config.access_control_allow_headers,
        &config.access_control_expose_headers,
    ];
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    // What the API itself checks, and its model does not say.
    let removed = &policy.remove_headers_config;
    let is_removed = |name: &&str| removed.items.iter().any(|item| item.header.eq_ignore_ascii_case(name));
    let is_sound = removed.quantity == removed.items.len()
        && removed.items.len() <= MOST_REMOVED
        && corsac::CORS_RESPONSE_HEADERS.iter().all(is_removed)
        && lists.iter().all(|list| list.quantity == list.items.len())
        && lists[..3].iter().all(|list| list.quantity > 0)
        && policy.name.chars().all(is_plain)
        && policy.name.len() <= 128
        && config.origin_override;
    match is_sound {
        true => Ok(Box::new(config)),
        false => Err(serde::de::Error::custom("CloudFront does not take it")),
    }
}

impl Server for Configuration {
    fn answer(&self, request: &WireRequest) -> (u16, Vec<(String, String)>) {
        let asked = Asked::of(request);
        let mut headers = Headers::default();
        let origins = &self.access_control_allow_origins.items;
        let is_allowed = |origin: &String| origins.iter().any(|own| matches(own, origin));
        let Some(origin) = asked.origin.filter(is_allowed) else { return (200, headers.0) };
        let any = origins.iter().any(|own| own == "*");
        headers.say("Allow-Origin", if any { "*" } else { &*origin });
        if self.access_control_allow_credentials {
            headers.say("Allow-Credentials", true);
        }
        headers.say_list("Allow-Methods", &self.access_control_allow_methods.items);
        headers.say_list("Allow-Headers", &self.access_control_allow_headers.items);
        headers.say_list("Expose-Headers", &self.access_control_expose_headers.items);
        if let Some(seconds) = self.access_control_max_age_sec {
            headers.say("Max-Age", seconds);
        }
        (200, headers.0)
    }
}
