//! API Gateway's HTTP APIs: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>.

use corsac_browser::WireRequest;
use serde::Deserialize;
use serde_json::Value;

use super::{Asked, Headers, matches};
use crate::calls::Server;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Input {
    #[expect(dead_code, reason = "it must be there")]
    api_id: String,
    cors_configuration: Configuration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Configuration {
    allow_origins: Vec<String>,
    allow_credentials: bool,
    allow_methods: Vec<String>,
    allow_headers: Vec<String>,
    expose_headers: Vec<String>,
    max_age: i32,
}

pub(crate) fn read(value: Value) -> Result<Box<dyn Server>, serde_json::Error> {
    let input: Input = serde_json::from_value(value)?;
    Ok(Box::new(input.cors_configuration))
}

impl Server for Configuration {
    fn answer(&self, request: &WireRequest) -> (u16, Vec<(String, String)>) {
        let asked = Asked::of(request);
        let status = if asked.is_preflight { 204 } else { 200 };
        let mut headers = Headers::default();
        // A star stands behind the scheme, or alone.
        let is_allowed = |origin: &String| self.allow_origins.iter().any(|own| matches(own, origin));
        let Some(origin) = asked.origin.filter(is_allowed) else { return (status, headers.0) };
        let any = self.allow_origins.iter().any(|own| own == "*");
        headers.say("Allow-Origin", if any { "*" } else { &*origin });
        if self.allow_credentials {
            headers.say("Allow-Credentials", true);
        }
        if asked.is_preflight {
            headers.say_list("Allow-Methods", &self.allow_methods);
            headers.say_list("Allow-Headers", &self.allow_headers);
            headers.say("Max-Age", self.max_age);
        } else {
            headers.say_list("Expose-Headers", &self.expose_headers);
        }
        (status, headers.0)
    }
}
