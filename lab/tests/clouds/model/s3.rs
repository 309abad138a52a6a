//! Amazon S3: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html>.

use corsac_browser::WireRequest;
use serde::Deserialize;
use serde_json::Value;

use super::{Asked, Headers, matches};
use crate::calls::Server;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Input {
    #[expect(dead_code, reason = "it must be there")]
    bucket: String,
    #[serde(rename = "CORSConfiguration")]
    configuration: Configuration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Configuration {
    #[serde(rename = "CORSRules")]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Rule {
    allowed_origins: Vec<String>,
    allowed_methods: Vec<String>,
    #[serde(default)]
    allowed_headers: Vec<String>,
    #[serde(default)]
    expose_headers: Vec<String>,
    max_age_seconds: Option<u32>,
}

struct Bucket(Vec<Rule>);

pub(crate) fn read(value: Value) -> Result<Box<dyn Server>, serde_json::Error> {
    let input: Input = serde_json::from_value(value)?;
    Ok(Box::new(Bucket(input.configuration.rules)))
}

impl Rule {
    fn is_for(&self, asked: &Asked, origin: &str) -> bool {
        let is_allowed =
            |name: &String| self.allowed_headers.iter().any(|own| matches(&own.to_ascii_lowercase(), name));
        self.allowed_origins.iter().any(|own| matches(own, origin))
            && self.allowed_methods.contains(&asked.method)
            && asked.headers.iter().all(is_allowed)
    }
}

impl Server for Bucket {
    fn answer(&self, request: &WireRequest) -> (u16, Vec<(String, String)>) {
        let asked = Asked::of(request);
        let mut headers = Headers::default();
        let rule = asked
            .origin
            .as_ref()
            .and_then(|origin| Some((origin, self.0.iter().find(|rule| rule.is_for(&asked, origin))?)));
        let Some((origin, rule)) = rule else {
            return (if asked.is_preflight { 403 } else { 200 }, headers.0);
        };
        if rule.allowed_origins.iter().any(|own| own == "*") {
            headers.say("Allow-Origin", "*");
        } else {
            headers.say("Allow-Origin", origin);
            headers.say("Allow-Credentials", true);
        }
        headers.say_list("Allow-Methods", &rule.allowed_methods);
        headers.say_list("Allow-Headers", &asked.headers);
        headers.say_list("Expose-Headers", &rule.expose_headers);
        if let Some(seconds) = rule.max_age_seconds {
            headers.say("Max-Age", seconds);
        }
        (200, headers.0)
    }
}
