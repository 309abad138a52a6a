//! The engine, as one of those who answer.

use corsac::{Action, Policy};
use corsac_browser::WireRequest;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::calls::Server;

pub(crate) struct Engine<'a>(pub(crate) &'a Policy);

impl Server for Engine<'_> {
    fn answer(&self, request: &WireRequest) -> (u16, Vec<(String, String)>) {
        let method = Method::from_bytes(request.method.as_bytes()).expect("browsers send methods");
        let mut asked = HeaderMap::new();
        for (name, value) in request.headers.iter() {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("browsers send names");
            asked.append(name, HeaderValue::from_bytes(value).expect("and values"));
        }
        let decision = self.0.decide(&method, &asked);
        let status = match decision.action() {
            Action::Forward => 200,
            Action::Respond(status) => status.as_u16(),
        };
        let mut said = HeaderMap::new();
        decision.headers().apply(&mut said);
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        (status, said.iter().map(|(name, value)| (name.to_string(), text(value))).collect())
    }
}
