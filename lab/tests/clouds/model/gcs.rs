//! Google Cloud Storage's XML API: <https://cloud.google.com/storage/docs/cross-origin>.

use corsac_browser::WireRequest;
use serde::Deserialize;
use serde_json::Value;

use super::{Asked, Headers};
use crate::calls::Server;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Entry {
    origin: Vec<String>,
    method: Vec<String>,
    #[serde(default)]
    response_header: Vec<String>,
    max_age_seconds: u32,
}

struct Bucket(Vec<Entry>);

pub(crate) fn read(value: Value) -> Result<Box<dyn Server>, serde_json::Error> {
    Ok(Box::new(Bucket(serde_json::from_value(value)?)))
}

impl Entry {
    fn is_for(&self, asked: &Asked, origin: &str) -> bool {
        self.origin.iter().any(|own| own == "*" || own == origin)
            && self.method.iter().any(|own| own == "*" || *own == asked.method)
    }
}

impl Server for Bucket {
    fn answer(&self, request: &WireRequest) -> (u16, Vec<(String, String)>) {
        let asked = Asked::of(request);
        let mut headers = Headers::default();
        let entry = asked
            .origin
            .as_ref()
            .and_then(|origin| Some((origin, self.0.iter().find(|entry| entry.is_for(&asked, origin))?)));
        let Some((origin, entry)) = entry else { return (200, headers.0) };
        let any = entry.origin.iter().any(|own| own == "*");
        headers.say("Allow-Origin", if any { "*" } else { &**origin });
        if asked.is_preflight {
            headers.say_list("Allow-Methods", &entry.method);
            headers.say_list("Allow-Headers", &entry.response_header);
            headers.say("Max-Age", entry.max_age_seconds);
        } else {
            headers.say_list("Expose-Headers", &entry.response_header);
        }
        (200, headers.0)
    }
}
