//! `/config`: the configuration in force, as JSON.
//!
//! Texts that have variables are shown as they were written. The values of headers that are set on requests are not shown
//! at all, wherever they came from.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use crate::config::{Config, Finding, NamedPolicy, Pair, Route, Size, Target};
use crate::live::{Attempt, Live};
use crate::third_party::ThirdParty;

/// What stands where a value is not shown.
const HIDDEN: &str = "(hidden)";

pub(super) fn shown(live: &Live) -> Value {
    let edition = live.current();
    let config = &edition.config;
    let files: Vec<Value> = config
        .inputs()
        .iter()
        .map(|file| json!({ "path": file.shown(), "sha256": file.digest().map(|it| it.to_string()) }))
        .collect();
    json!({
        "version": 1,
        "generation": edition.generation,
        "hash": files.first().map(|file| &file["sha256"]),
        "files": files,
        "last_read": last_read(&live.last_attempt()),
        "listen": config.listen().to_string(),
        "admin": config.admin().map(|address| address.to_string()),
        "tls": config.tls.as_ref().map(|tls| tls.pairs.iter().map(certificate).collect::<Vec<_>>()),
        "trusted_proxies": config.trusted_proxies.shown(),
        "timeouts": timeouts(config),
        "limits": limits(config),
        "routes": config.routes().iter().map(route).collect::<Vec<_>>(),
        "policies": config.policies().iter().map(policy).collect::<Vec<_>>(),
    })
}

fn last_read(attempt: &Attempt) -> Value {
    let fault = |finding: &Finding| {
        let Finding { code, message, place, help, .. } = finding;
        json!({ "code": code, "place": place.to_string(), "message": message, "help": help })
    };
    json!({
        "at": attempt.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
        "succeeded": attempt.faults.is_empty(),
        "faults": attempt.faults.iter().map(fault).collect::<Vec<_>>(),
    })
}

fn timeouts(config: &Config) -> Value {
    let milliseconds = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let timeouts = config.timeouts();
    json!({
        "connect_ms": milliseconds(timeouts.connect),
        "response_ms": milliseconds(timeouts.response),
        "stall_ms": timeouts.stall.map(milliseconds),
        "upstream_idle_ms": milliseconds(timeouts.upstream_idle),
        "client_idle_ms": milliseconds(timeouts.client_idle),
        "client_stall_ms": milliseconds(timeouts.client_stall),
        "notice_ms": milliseconds(timeouts.notice),
        "drain_ms": milliseconds(timeouts.drain),
        "drain_tunnels_ms": milliseconds(timeouts.drain_tunnels),
    })
}

/// What every client is shown anyway.
fn certificate(pair: &Pair) -> Value {
    let seconds = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    json!({ "certificate": pair.shown, "names": pair.names, "expires_at": pair.expires.map(seconds) })
}

fn limits(config: &Config) -> Value {
    let limits = config.limits();
    json!({
        "body": size(limits.body),
        "head": limits.head,
        "headers": limits.headers,
        "connections": limits.connections,
        "response": size(limits.response),
    })
}

/// In bytes; null where there is no limit.
fn size(size: Size) -> Value {
    size.limit().into()
}

fn route(route: &Route) -> Value {
    let mut shown = Map::new();
    shown.insert("path".to_owned(), route.shown_path().into());
    match route.target() {
        Target::Files(folder) => {
            shown.insert("files".to_owned(), folder.to_string().into());
        }
        Target::Upstream(upstream) => {
            shown.insert("upstream".to_owned(), upstream.to_string().into());
            if let Some(health) = upstream.health() {
                shown.insert("health".to_owned(), health.path.as_str().into());
            }
            let headers: Map<String, Value> =
                upstream.set_request_headers().map(|name| (name.to_string(), HIDDEN.into())).collect();
            if !headers.is_empty() {
                shown.insert("set_request_headers".to_owned(), headers.into());
            }
            if let Some(third_party) = ThirdParty::of(route) {
                let passed: Vec<&str> = third_party.passed().names().collect();
                shown.insert("third_party".to_owned(), json!({ "pass_credentials": passed }));
            }
            shown.insert("max_body".to_owned(), size(route.limits.body));
            shown.insert("max_response".to_owned(), size(route.limits.response));
            shown.extend(route.cache.map(|bytes| ("cache".to_owned(), bytes.into())));
        }
    }
    if let Some(rate) = route.limits.rate {
        shown.insert("rate_limit".to_owned(), rate.to_string().into());
        shown.insert("rate_burst".to_owned(), rate.burst.get().into());
    }
    if route.policy().is_some() {
        shown.insert("policy".to_owned(), route.policy_name().into());
    }
    if let Some(shadow) = route.shadow() {
        shown.insert("shadow_policy".to_owned(), shadow.name().into());
    }
    shown.into()
}

fn policy(named: &NamedPolicy) -> Value {
    let mut shown = Map::new();
    shown.insert("name".to_owned(), named.name().into());
    // With those of a file of origins.
    shown.insert("origins".to_owned(), named.policy().origin_count().into());
    // A policy came out of such keys, and goes into them.
    if let Ok(Value::Object(keys)) = serde_json::to_value(named.written()) {
        shown.extend(keys);
    }
    shown.into()
}
