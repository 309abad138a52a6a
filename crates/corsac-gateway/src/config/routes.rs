//! `[[routes]]`: which paths go where, under which policy.
//!
//! Reads and checks; how a request finds its route is in [`crate::router`].

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use corsac::{Policy, PolicyConfig};
use http::{HeaderName, HeaderValue};
use toml::de::DeTable;

use super::code::Code;
use super::credentials::Credentials;
use super::folder::Folder;
use super::health_check::HealthCheck;
use super::keys;
use super::limits::Limits;
use super::policies::Policies;
use super::problem::Problem;
use super::rate::{self, Rate};
use super::reader::{Reader, Text, Value};
use super::request_headers;
use super::route_values::{read_files, read_path, read_policy, read_upstream};
use super::server::Server;
use super::size::{self, Size};
use super::upstream::Upstream;
use crate::path::segments;
use crate::public_address::names_private_address;
use crate::shadow::Shadow;

/// Some paths, and where their requests go.
#[derive(Clone)]
pub struct Route {
    pub(crate) path: Arc<str>,
    /// The path for people: as it was written, where the environment supplied a part of it.
    pub(crate) shown: Arc<str>,
    pub(crate) target: Target,
    pub(crate) policy: Option<RoutePolicy>,
    pub(crate) shadow: Option<Shadow>,
    pub(crate) guise: Guise,
    pub(crate) limits: RouteLimits,
    /// What its upstream is given of a user's credentials, where that is a third party.
    pub(crate) credentials: Credentials,
    /// How many bytes of its upstream's responses are kept, if any are.
    pub(crate) cache: Option<u64>,
}

/// As whom the gateway asks an upstream: by which name, and with what said of the page behind the request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Guise {
    /// As a proxy: by the upstream's own name, with the client's address, scheme and name in `X-Forwarded-*`.
    #[default]
    Proxy,
    /// As the browser: by the name in the page's address bar, which then agrees with the page's `Origin`.
    Browser,
    /// As a page of the upstream's own: by the upstream's own name, also in the `Origin` of the gateway's own pages, and
    /// without a word of the gateway. Only where the gateway itself is asked as this machine, or by one of these names.
    OwnPage {
        /// In lower case.
        names: Arc<[String]>,
    },
}

/// How much a route takes and gives.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RouteLimits {
    /// Of the body of a request.
    pub(crate) body: Size,
    /// Of the body of an upstream's response.
    pub(crate) response: Size,
    /// Of the requests of one client.
    pub(crate) rate: Option<Rate>,
}

impl From<Limits> for RouteLimits {
    /// Those of a route that says nothing of its own.
    fn from(limits: Limits) -> Self {
        Self { body: limits.body, response: limits.response, rate: None }
    }
}

/// The policy of a route.
#[derive(Debug, Clone)]
pub(crate) struct RoutePolicy {
    pub(crate) name: Option<String>,
    pub(crate) policy: Arc<Policy>,
}

/// Where the requests of a route go.
#[derive(Debug, Clone)]
pub enum Target {
    /// To another server.
    Upstream(Upstream),
    /// To the files below a folder.
    Files(Folder),
}

impl Route {
    /// The path: it and everything below it belong to the route.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The path for messages: with the names of variables, and never their values.
    #[must_use]
    pub fn shown_path(&self) -> &str {
        &self.shown
    }

    /// Where the requests go.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The policy that governs the route, if one does.
    #[must_use]
    pub fn policy(&self) -> Option<&Policy> {
        self.policy.as_ref().map(|route| &*route.policy)
    }

    /// The policy's name in the file.
    #[must_use]
    pub fn policy_name(&self) -> Option<&str> {
        self.policy.as_ref()?.name.as_deref()
    }

    /// The policy that is tried beside it, and how the two compare.
    #[must_use]
    pub fn shadow(&self) -> Option<&Shadow> {
        self.shadow.as_ref()
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Route")
            .field("path", &self.shown)
            .field("target", &self.target)
            .field("policy", &self.policy)
            .field("shadow", &self.shadow)
            .field("limits", &self.limits)
            .finish()
    }
}

/// What the routes of a file are checked against.
pub(crate) struct Surroundings<'a> {
    pub(crate) policies: &'a mut Policies,
    /// The folder that `files` are relative to: the file's own.
    pub(crate) folder: &'a Path,
    /// Where the gateway listens, where that could be read.
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) limits: Limits,
}

pub(crate) fn read(
    reader: &mut Reader<'_>,
    value: Option<&Value<'_>>,
    surroundings: &mut Surroundings<'_>,
) -> Vec<Route> {
    const EXAMPLE: &str = "[[routes]], with two brackets, above the keys of each route";
    let tables = value.and_then(|value| reader.array(value, "`routes`", EXAMPLE));
    if value.is_none() || tables.is_some_and(|tables| tables.is_empty()) {
        let help = "[[routes]]\npath = \"/\"\nupstream = \"http://127.0.0.1:3000\"";
        reader.fault_of_file(Problem::new(Code::RoutesMissing, "There is no route.", help));
    }
    let mut covered: HashMap<Vec<Vec<u8>>, usize> = HashMap::new();
    let mut routes = Vec::new();
    for value in tables.into_iter().flat_map(|tables| tables.iter()) {
        let Some(table) = reader.table(value, "A route", EXAMPLE) else { continue };
        let mut draft = Draft::default();
        draft.read(reader, table, surroundings);
        if let Some(path) = &draft.path {
            let line = reader.source.line_of(path.span.start);
            if let Some(other) = covered.insert(segments(&path.value), line) {
                let message = format!("`{}` already has a route, on line {other}.", path.shown());
                let help = "remove one of them; a slash at the end makes no difference";
                reader.fault(&path.span, Problem::new(Code::RouteOverlap, message, help));
            }
        }
        routes.extend(draft.into_route(reader, &value.span(), surroundings.limits));
    }
    routes
}

/// The keys that say something of what passes between the gateway and an upstream.
const FOR_UPSTREAMS: &[&str] =
    &["health", "allow_private_addresses", "max_body", "max_response", "pass_credentials", "cache"];

type Headers = Vec<(HeaderName, HeaderValue)>;

/// A route while it is read: what is there, and what was there but is wrong.
#[derive(Default)]
struct Draft {
    path: Option<Text>,
    target: Option<Target>,
    policy: Option<RoutePolicy>,
    shadow: Option<RoutePolicy>,
    headers: Option<(Range<usize>, Headers)>,
    health: Option<HealthCheck>,
    allow_private_addresses: Option<bool>,
    max_body: Option<Size>,
    max_response: Option<Size>,
    rate: Option<Rate>,
    burst: Option<NonZeroU32>,
    credentials: Credentials,
    cache: Option<u64>,
    /// The keys that are there, right or wrong, or were probably meant.
    written: Vec<(&'static str, Range<usize>)>,
}

impl Draft {
    fn read(&mut self, reader: &mut Reader<'_>, table: &DeTable<'_>, surroundings: &mut Surroundings<'_>) {
        for (key, value) in table {
            let known = keys::ROUTE.iter().copied().find(|known| *known == key.get_ref());
            let elsewhere: &[(&[&str], &str)] = &[
                (
                    PolicyConfig::KEYS,
                    "a policy, below [policies.NAME]; a route names it with policy = \"NAME\"",
                ),
                (&["listen", "admin", "trusted_proxies"], "the top of the file, above the first table"),
            ];
            let known = match known {
                Some(known) => known,
                None => {
                    let meant = reader.unknown_key(key, "a route", keys::ROUTE, elsewhere);
                    self.written.extend(meant.map(|meant| (meant, key.span())));
                    continue;
                }
            };
            self.written.push((known, key.span()));
            match known {
                "path" => self.path = read_path(reader, value),
                "upstream" => self.target = read_upstream(reader, value, surroundings.listen),
                "files" => self.target = read_files(reader, value, surroundings.folder),
                "policy" => self.policy = read_policy(reader, value, "policy", surroundings.policies),
                "shadow_policy" => {
                    self.shadow = read_policy(reader, value, "shadow_policy", surroundings.policies);
                }
                "health" => self.health = HealthCheck::read(reader, value),
                "allow_private_addresses" => {
                    self.allow_private_addresses = reader.boolean(value, "`allow_private_addresses`");
                }
                "max_body" => self.max_body = size::read(reader, value, "`max_body`"),
                "max_response" => self.max_response = size::read(reader, value, "`max_response`"),
                "rate_limit" => self.rate = rate::read(reader, value),
                "rate_burst" => self.burst = rate::read_burst(reader, value),
                "pass_credentials" => self.credentials = Credentials::read(reader, value),
                "cache" => self.cache = size::read_finite(reader, value, "`cache`"),
                _ => self.headers = Some((key.span(), request_headers::read(reader, value))),
            }
        }
    }

    fn has(&self, key: &str) -> Option<&Range<usize>> {
        self.written.iter().find(|(written, _)| *written == key).map(|(_, span)| span)
    }

    fn into_route(mut self, reader: &mut Reader<'_>, header: &Range<usize>, limits: Limits) -> Option<Route> {
        if self.has("path").is_none() {
            let problem =
                Problem::new(Code::RouteWithoutPath, Code::RouteWithoutPath.meaning(), "write path = \"/\"");
            reader.fault(header, problem);
        }
        match (self.has("upstream"), self.has("files")) {
            (Some(upstream), Some(files)) => {
                let later = if upstream.start > files.start { upstream } else { files };
                let help = "keep either `upstream` or `files`";
                let meaning = Code::RouteWithTwoTargets.meaning();
                reader.fault(later, Problem::new(Code::RouteWithTwoTargets, meaning, help));
            }
            (None, None) => {
                let help = "write upstream = \"http://127.0.0.1:3000\", or files = \"./dist\"";
                let meaning = Code::RouteWithoutTarget.meaning();
                reader.fault(header, Problem::new(Code::RouteWithoutTarget, meaning, help));
            }
            (None, Some(_)) => {
                if let Some((span, _)) = &self.headers {
                    let meaning = Code::HeadersWithoutUpstream.meaning();
                    reader.fault(span, Problem::new(Code::HeadersWithoutUpstream, meaning, "remove them"));
                }
                for (key, span) in self.written.iter().filter(|(key, _)| FOR_UPSTREAMS.contains(key)) {
                    let message = format!("`{key}` is for routes that have an upstream.");
                    reader.fault(span, Problem::new(Code::KeyWithoutUpstream, message, "remove it"));
                }
            }
            (Some(_), None) => {}
        }
        if let (Some(burst), None) = (self.has("rate_burst"), self.has("rate_limit")) {
            let meaning = Code::BurstWithoutRate.meaning();
            let help = "write rate_limit = \"10/s\" as well, or remove it";
            reader.fault(burst, Problem::new(Code::BurstWithoutRate, meaning, help));
        }
        let shadow = self.read_shadow(reader);
        self.check_private(reader);
        self.advise_credentials(reader);
        let mut target = self.target?;
        if let Target::Upstream(upstream) = &mut target {
            upstream.set_request_headers = self.headers.map(|(_, headers)| headers).unwrap_or_default();
            upstream.health = self.health;
            upstream.allow_private_addresses = self.allow_private_addresses.unwrap_or(false);
        }
        let path = self.path?;
        let policy = self.policy;
        let limits = RouteLimits {
            body: self.max_body.unwrap_or(limits.body),
            response: self.max_response.unwrap_or(limits.response),
            rate: self.rate.map(|rate| rate.with_burst(self.burst)),
        };
        let (credentials, cache) = (self.credentials, self.cache);
        Some(Route {
            shown: path.shown().into(),
            path: path.value.into(),
            target,
            policy,
            shadow,
            limits,
            credentials,
            guise: Guise::default(),
            cache,
        })
    }

    /// A third party that is written as an address of the own network is probably a mistake, and may be a way in.
    fn check_private(&self, reader: &mut Reader<'_>) {
        let (Some(Target::Upstream(upstream)), Some(span)) = (&self.target, self.has("upstream")) else {
            return;
        };
        if self.has("policy").is_some() || !upstream.is_https() || self.allow_private_addresses == Some(true)
        {
            return;
        }
        let private = |server: &&Server| names_private_address(server.host());
        if let Some(server) = upstream.servers().iter().find(private) {
            let message = format!(
                "A route without a policy whose upstream speaks https is for a third party, and `{server}` is an address of your own network."
            );
            let help = "if you mean it, write allow_private_addresses = true";
            reader.fault(span, Problem::new(Code::UpstreamPrivate, message, help));
        }
    }

    /// Says where credentials pass anyway.
    fn advise_credentials(&self, reader: &mut Reader<'_>) {
        let (Some(span), Some(Target::Upstream(upstream))) = (self.has("pass_credentials"), &self.target)
        else {
            return;
        };
        let why = if self.has("policy").is_some() {
            "the policy says whose pages bring credentials"
        } else if !upstream.is_https() {
            "an upstream without https is taken for one of your own"
        } else {
            return;
        };
        let help = format!("remove it: {why}");
        let meaning = Code::CredentialsNotHeld.meaning();
        reader.advise(span, Problem::new(Code::CredentialsNotHeld, meaning, help));
    }

    fn read_shadow(&mut self, reader: &mut Reader<'_>) -> Option<Shadow> {
        let span = self.has("shadow_policy")?.clone();
        let name_of = |policy: &Option<RoutePolicy>| policy.as_ref().and_then(|policy| policy.name.clone());
        if self.has("policy").is_none() {
            let help = "write `policy` in place of `shadow_policy`, to put it in force; or both, with another `policy`";
            let meaning = Code::ShadowWithoutPolicy.meaning();
            reader.fault(&span, Problem::new(Code::ShadowWithoutPolicy, meaning, help));
        } else if let Some(name) = name_of(&self.shadow)
            && name_of(&self.policy) == Some(name)
        {
            let help = "name the policy that is to be tried, or remove it";
            reader.fault(&span, Problem::new(Code::ShadowIsPolicy, Code::ShadowIsPolicy.meaning(), help));
        }
        let RoutePolicy { name, policy } = self.shadow.take()?;
        // Once the new policy is in force, its shadow may be left over; that is no reason not to start.
        if let Some(active) = &self.policy
            && active.name != name
            && active.policy.to_config() == policy.to_config()
        {
            let help = "both say the same: change one, or remove `shadow_policy`";
            let meaning = Code::ShadowIsPolicy.meaning();
            reader.advise(&span, Problem::new(Code::ShadowIsPolicy, meaning, help));
        }
        Some(Shadow::new(name.unwrap_or_default(), policy))
    }
}
