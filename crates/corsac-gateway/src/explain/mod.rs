//! What the gateway would answer to a page, and why, without a request: the same routes, asked for the same decision.
//!
//! Sends nothing and asks no upstream. Shows the names of variables where the configuration has them.

mod question;

use std::sync::Arc;

use corsac::{Action, Class, Decision, OriginRule, Policy, Reason};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use crate::config::NamedPolicy;
use crate::exchange::Plan;
use crate::live::Edition;
use crate::path::RequestPath;

pub(crate) use question::Question;

/// What there is no decision about, as the access log calls it.
const NO_POLICY: &str = "no-policy";

/// What the gateway does with a request.
enum Answer<'a> {
    /// By the policy of a route; what it lets pass goes on to the target.
    Governed(&'a NamedPolicy, Decision<'a>),
    /// To the target of a route that no policy governs.
    Ungoverned,
    /// By a page of the gateway's own, which the first policy that allows the origin makes readable.
    Page(StatusCode, Option<(&'a NamedPolicy, Decision<'a>, HeaderMap)>),
}

/// The answer to a question, as JSON.
pub(crate) fn explain(edition: &Edition, question: &Question) -> Value {
    let (method, headers) = question.request();
    let (route, answer) = answer(edition, &method, question.path(), &headers);
    let (named, decision, mut response) = match &answer {
        Answer::Governed(named, decision) => (Some(*named), Some(*decision), HeaderMap::new()),
        Answer::Page(_, Some((named, decision, vary))) => (Some(*named), Some(*decision), vary.clone()),
        Answer::Ungoverned | Answer::Page(_, None) => (None, None, HeaderMap::new()),
    };
    let status = match (decision.map(|decision| decision.action()), &answer) {
        (Some(Action::Respond(status)), _) | (_, &Answer::Page(status, _)) => Some(status.as_u16()),
        (Some(Action::Forward) | None, _) => None,
    };
    let reason = decision.map(|decision| decision.reason());
    if let Some(decision) = decision {
        decision.headers().apply(&mut response);
    }
    json!({
        "version": 1,
        "generation": edition.generation,
        "request": {
            "method": method.as_str(),
            "path": question.path(),
            "headers": lines(&headers),
        },
        "route": route.map(|route| edition.config.routes()[route].shown_path()),
        "policy": named.and_then(NamedPolicy::name),
        "class": decision.map_or(question.class(), |decision| decision.class()).as_str(),
        "action": if status.is_some() { "respond" } else { "forward" },
        "status": status,
        "allowed": reason.is_some_and(Reason::is_allowed),
        "reason": reason.map_or(NO_POLICY, Reason::as_str),
        "because": because(reason, named, route),
        "headers": lines(&response),
    })
}

/// The route of a request, and what is done with it: the way that [`crate::exchange`] goes.
fn answer<'a>(
    edition: &'a Edition,
    method: &Method,
    path: &str,
    headers: &'a HeaderMap,
) -> (Option<usize>, Answer<'a>) {
    let plan: &Plan = edition;
    let page = |status| {
        let (speaker, varies) = plan.speaker(method, headers);
        let spoken = speaker.and_then(|policy| {
            let named = named(edition, policy)?;
            let mut vary = HeaderMap::new();
            varies.into_iter().for_each(|it| it.merge_into(&mut vary));
            Some((named, named.policy().decide(method, headers), vary))
        });
        (None, Answer::Page(status, spoken))
    };
    if matches!(*method, Method::CONNECT | Method::TRACE) {
        return page(StatusCode::METHOD_NOT_ALLOWED);
    }
    let Ok(path) = RequestPath::new(path) else { return page(StatusCode::BAD_REQUEST) };
    let Some(found) = plan.router.find(&path) else { return page(StatusCode::NOT_FOUND) };
    let policy = plan.routes[found.route].policy.as_ref().and_then(|it| named(edition, &it.policy));
    let answer = policy
        .map_or(Answer::Ungoverned, |named| Answer::Governed(named, named.policy().decide(method, headers)));
    (Some(found.route), answer)
}

/// A policy with its name.
fn named<'a>(edition: &'a Edition, policy: &Arc<Policy>) -> Option<&'a NamedPolicy> {
    edition.config.policies().iter().find(|named| Arc::ptr_eq(named.policy(), policy))
}

/// The reason in a sentence. The engine's own has the entry that matched, which a variable may have supplied.
fn because(reason: Option<Reason<'_>>, named: Option<&NamedPolicy>, route: Option<usize>) -> String {
    match (reason, named) {
        (Some(Reason::Allowed(OriginRule::Pattern(entry))), Some(named)) => {
            Reason::Allowed(OriginRule::Pattern(named.entry_as_written(entry))).to_string()
        }
        (Some(reason), _) => reason.to_string(),
        (None, _) if route.is_some() => {
            "no policy governs this route, so it is for pages of the gateway's own origin".to_owned()
        }
        (None, _) => "no policy governs any route".to_owned(),
    }
}

/// The field lines in order, as text.
fn lines(headers: &HeaderMap) -> Vec<[String; 2]> {
    let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        [name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()]
    };
    headers.iter().map(line).collect()
}

impl Question {
    /// What kind of request it is where no policy says so.
    fn class(&self) -> Class {
        if self.is_preflight() { Class::Preflight } else { Class::Actual }
    }
}
