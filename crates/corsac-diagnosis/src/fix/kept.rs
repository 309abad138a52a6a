//! What the server allows already, as far as the exchange shows it, and a fix's lines would take away.
//!
//! Says it, and allows none of it: what other pages need, only the person knows.

use std::collections::BTreeSet;

use corsac::Origin;
use corsac_browser::{HeaderList, WireResponse};
use corsac_export::Step;

use super::need::Need;
use crate::exchange::{Case, Exchange};

/// That lists are to be merged, where there is something to merge.
pub(super) fn step(case: &Case<'_>, need: &Need) -> Option<Step> {
    let answers = case.answers.iter().map(|answered| &answered.exchange);
    let responses = case.exchanges.iter().chain(answers).filter_map(Exchange::response);
    let mut kept = Kept::default();
    responses.for_each(|response| kept.see(response, need));
    let kept = kept.in_words();
    (!kept.is_empty()).then(|| {
        Step::act(format!(
            "Keep what other pages need: today the server also allows {}. This call does not need that, so these lines \
             leave it out; write into the same lists, by name, what is to stay",
            kept.join("; ")
        ))
    })
}

#[derive(Default)]
struct Kept {
    origins: BTreeSet<String>,
    methods: BTreeSet<String>,
    headers: BTreeSet<String>,
    exposed: BTreeSet<String>,
    credentials: bool,
}

impl Kept {
    fn see(&mut self, response: &WireResponse, need: &Need) {
        let headers = &response.headers;
        let policy = &need.config;
        let is_needed = |names: &[String], name: &str| names.iter().any(|own| own.eq_ignore_ascii_case(name));
        self.origins.extend(
            elements(headers, "access-control-allow-origin")
                .filter(|value| *value != need.origin && (value == "*" || is_origin(value))),
        );
        // These need no permission.
        let unlisted = |name: &str| corsac::is_safelisted_method(name) || name == "OPTIONS";
        self.methods.extend(
            elements(headers, "access-control-allow-methods")
                .filter(|name| !unlisted(name) && *name != need.method),
        );
        let unlisted =
            |name: &str| ["accept", "accept-language", "content-language", "origin"].contains(&name);
        self.headers.extend(
            elements(headers, "access-control-allow-headers")
                .map(|name| name.to_ascii_lowercase())
                .filter(|name| !unlisted(name) && !is_needed(&policy.allow_headers, name)),
        );
        self.exposed.extend(
            elements(headers, "access-control-expose-headers")
                .map(|name| name.to_ascii_lowercase())
                .filter(|name| !is_needed(&policy.expose_headers, name)),
        );
        let allows_credentials =
            headers.get_text("access-control-allow-credentials").is_some_and(|value| value == "true");
        self.credentials |= allows_credentials && !policy.allow_credentials;
    }

    fn in_words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for (what, any, names) in [
            ("the origin", "every origin (`*`)", &self.origins),
            ("the method", "every method (`*`)", &self.methods),
            ("the request header", "every request header (`*`)", &self.headers),
        ] {
            words.extend(in_words(what, any, names));
        }
        if self.credentials {
            words.push("credentials".to_owned());
        }
        words.extend(
            in_words("the response header", "every response header (`*`)", &self.exposed)
                .map(|exposed| format!("scripts to read {exposed}")),
        );
        words
    }
}

/// Whether it is an origin as browsers write it: any other allows nobody.
fn is_origin(value: &str) -> bool {
    matches!(value.parse(), Ok(Origin::Tuple(origin)) if origin.to_string() == value)
}

fn in_words(what: &str, any: &str, names: &BTreeSet<String>) -> Option<String> {
    let listed: Vec<&str> = names.iter().map(String::as_str).filter(|name| *name != "*").collect();
    let plural = if listed.len() > 1 { "s" } else { "" };
    let listed = (!listed.is_empty()).then(|| format!("{what}{plural} {}", listed.join(", ")));
    let all: Vec<String> = names.contains("*").then(|| any.to_owned()).into_iter().chain(listed).collect();
    (!all.is_empty()).then(|| all.join(" and "))
}

/// The elements of a list that can be read.
fn elements(headers: &HeaderList, name: &str) -> impl Iterator<Item = String> {
    let joined = headers.get_text(name).unwrap_or_default();
    let elements: Vec<String> = joined.split(',').map(|element| element.trim().to_owned()).collect();
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"(),;<=>?@\\{}".contains(&byte);
    elements.into_iter().filter(move |element| !element.is_empty() && element.bytes().all(is_plain))
}
