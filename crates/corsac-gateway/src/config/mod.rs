//! The configuration: from a TOML file or flags to a [`Config`], or every fault at once.
//!
//! ```toml
//! listen = "0.0.0.0:8080"              # 127.0.0.1:8080 without it
//! admin  = "127.0.0.1:9180"            # health, metrics and more; no such listener without it
//! trusted_proxies = ["10.0.0.0/8"]     # who is believed when it says for whom it asks; nobody without it
//!
//! [tls]                                # https for clients; plain HTTP without it
//! certificate = "fullchain.pem"        # relative to this file
//! key         = "privkey.pem"
//!
//! [policies.app]                       # the keys of corsac::PolicyConfig
//! allow_origins     = ["https://app.example"]
//! allow_credentials = true
//!
//! [[routes]]
//! path     = "/api/"
//! upstream = "http://127.0.0.1:3000"
//! policy   = "app"
//!
//! [[routes]]                           # one origin for page and API, so that CORS never applies
//! path     = "/weather"
//! upstream = "https://weather.example/v2"
//! set_request_headers = { x-api-key = "${WEATHER_KEY}" }
//!
//! [[routes]]
//! path  = "/"
//! files = "./dist"                     # relative to this file
//!
//! [timeouts]                           # these are the defaults
//! connect  = "5s"
//! response = "60s"
//! drain    = "25s"
//! drain_tunnels = "5s"
//!
//! [limits]                             # so are these
//! body        = "100MB"                # of a request; `max_body` of a route comes before it
//! head        = "64KiB"
//! headers     = 200
//! connections = 65536
//! response    = "unlimited"            # of an upstream; `max_response` of a route comes before it
//! ```
//!
//! **Routes.** The longest `path` wins, on segment borders: `/api/` covers `/api`, `/api/` and all below, and not
//! `/apis`. A slash at its end makes no difference.
//!
//! **What an upstream sees.** With an upstream that has no path, the path of the request, unchanged: `/api/users`
//! goes to `http://127.0.0.1:3000/api/users`. With one that has a path, be it only `/`, that path in place of the
//! route's: `/weather/today?q=1` goes to `https://weather.example/v2/today?q=1`. (It is the rule of nginx's
//! `proxy_pass`.) It gets its own name as `Host`; the address of the client, and the scheme and name that it used,
//! are in `X-Forwarded-For`, `-Proto` and `-Host`. What the client itself says in these and in `Forwarded` is
//! dropped, unless it is one of `trusted_proxies`. Redirects are passed on, never followed.
//!
//! **Third parties.** An `https` upstream on a route without a policy gets no `Cookie`, `Authorization`, `Origin` or `Referer`
//! of the client, and sets no cookies, unless `pass_credentials = ["cookie", "authorization"]` lists them.
//!
//! **CORS.** An upstream's own `Access-Control-*` headers never pass the gateway: they speak for the upstream's
//! origin, and the response has the gateway's. On a route with a policy, the policy's word takes their place, on
//! every response, the gateway's own errors included. A route without a policy is for pages of the gateway's own
//! origin, and lets no other page read anything. A path without a route is answered 404, readable for every origin
//! that any policy of a route allows.
//!
//! **Variables.** `${NAME}` in any text value is taken from the environment, `${file:PATH}` from a file, without the line
//! break at its end; `$${` is a plain `${`. Messages and logs show the text as it was written, never the value of a
//! variable; the address to listen on is the exception.
//!
//! **Files.** `GET` and `HEAD`, with `index.html` for folders. Names that begin with a dot are not served, but for
//! `.well-known`, and nothing that a symbolic link leads out of the folder.

mod address;
mod certificate;
mod code;
mod config_source;
mod credentials;
mod dev_flags;
mod finding;
mod flags;
mod folder;
mod health_check;
mod inputs;
mod keys;
mod limits;
mod lint;
mod named_policy;
mod policies;
mod problem;
mod rate;
mod reader;
mod request_headers;
mod route_values;
mod routes;
mod secret;
mod server;
mod size;
mod source;
mod suggest;
mod syntax;
mod timeouts;
mod tls;
mod trusted_proxies;
mod upstream;
mod value_file;
mod variables;

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::Path;

use rustls::pki_types::CertificateDer;
use toml::de::DeTable;

pub use crate::shadow::{Reasons, Shadow};
pub use code::Code;
pub use config_source::ConfigSource;
pub(crate) use credentials::Credentials;
pub use dev_flags::DevFlags;
pub use finding::{ConfigFaults, Finding, Place, Severity};
pub use flags::Flags;
pub use folder::Folder;
pub use health_check::HealthCheck;
pub use inputs::{Digest, InputFile};
pub use limits::Limits;
pub(crate) use limits::{HEAD_READ, LINES_READ};
pub use lint::{Consultant, Lint, PolicyNotThere, Remark};
pub use named_policy::NamedPolicy;
pub(crate) use rate::Rate;
pub(crate) use routes::Guise;
pub use routes::{Route, Target};
pub use server::{Protocol, Server};
pub use size::Size;
pub use timeouts::Timeouts;
pub(crate) use tls::{Pair, Tls};
pub(crate) use trusted_proxies::TrustedProxies;
pub use upstream::Upstream;
pub use variables::Environment;

pub use suggest::nearest;

use inputs::Inputs;
use policies::Policies;
use problem::{Form, Problem};
use reader::{Purpose, Reader, Text, Value};
use routes::Surroundings;
use source::Source;
use syntax::Parsed;

/// A gateway's configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) admin: Option<SocketAddr>,
    pub(crate) routes: Vec<Route>,
    pub(crate) policies: Vec<NamedPolicy>,
    pub(crate) timeouts: Timeouts,
    pub(crate) limits: Limits,
    pub(crate) trusted_proxies: TrustedProxies,
    /// What clients are shown; without it they speak plainly.
    pub(crate) tls: Option<Tls>,
    pub(crate) workers: Option<NonZeroUsize>,
    pub(crate) extra_roots: Vec<CertificateDer<'static>>,
    warnings: Vec<Finding>,
    inputs: Vec<InputFile>,
}

impl Config {
    /// Reads a file, with variables from the process's environment.
    ///
    /// # Errors
    ///
    /// As [`Config::parse`]; also where the file cannot be read.
    pub fn load(path: &Path) -> Result<Self, ConfigFaults> {
        Self::load_listening(path, None)
    }

    /// Reads a file, with variables from the process's environment; what `--listen` says comes before the file's
    /// own `listen`.
    ///
    /// # Errors
    ///
    /// As [`Config::load`]; also where the flag is no address.
    pub fn load_listening(path: &Path, listen: Option<&str>) -> Result<Self, ConfigFaults> {
        let flag = listen.map(flags::listen).transpose();
        let inputs = Inputs::default();
        match text_of(&inputs, path) {
            Ok(text) => Self::parse_listening(path, &text, &|name| std::env::var(name).ok(), flag, inputs),
            Err(error) => {
                let mut findings: Vec<Finding> = flag.err().into_iter().map(|finding| *finding).collect();
                findings.push(unreadable(path, &error));
                Err(ConfigFaults::new(findings, inputs.into_files()))
            }
        }
    }

    /// The policies of a file, in the order of the alphabet, whatever else is in it; with variables from the process's
    /// environment.
    ///
    /// # Errors
    ///
    /// As [`Config::load`], for what is wrong with the policies.
    pub fn load_policies(path: &Path) -> Result<Vec<NamedPolicy>, ConfigFaults> {
        let inputs = Inputs::default();
        let text = match text_of(&inputs, path) {
            Ok(text) => text,
            Err(error) => {
                let mut finding = unreadable(path, &error);
                if error.kind() == io::ErrorKind::NotFound {
                    "pass the path of a file that has [policies.NAME]".clone_into(&mut finding.help);
                }
                return Err(ConfigFaults::new(vec![finding], inputs.into_files()));
            }
        };
        let environment = |name: &str| std::env::var(name).ok();
        let read = |reader: &mut Reader<'_>, table: &DeTable<'_>, folder: &Path, _: Listen| {
            let policies = Policies::read(reader, table.get("policies"), folder).into_named();
            Self { policies, ..Self::empty() }
        };
        Self::parse_as(path, &text, &environment, Ok(None), inputs, read).map(|config| config.policies)
    }

    /// Reads the text of a file. `path` is for messages, and its folder is what `files` are relative to.
    ///
    /// ```
    /// use corsac_gateway::Config;
    ///
    /// let text = "[[routes]]\npath = \"/\"\nupstrem = \"http://127.0.0.1:3000\"\n";
    /// let faults = Config::parse("corsac.toml".as_ref(), text, &|_| None).unwrap_err();
    /// assert_eq!(faults.to_string(), "\
    /// error[unknown-key]: `upstrem` is not a key of a route.
    ///  --> corsac.toml:3:1
    ///   |
    /// 3 | upstrem = \"http://127.0.0.1:3000\"
    ///   | ^^^^^^^
    ///    = help: did you mean `upstream`?");
    /// ```
    ///
    /// # Errors
    ///
    /// Every fault there is, in the order of the file, with the advice beside them.
    pub fn parse(path: &Path, text: &str, environment: Environment<'_>) -> Result<Self, ConfigFaults> {
        Self::parse_listening(path, text, environment, Ok(None), Inputs::default())
    }

    fn parse_listening(
        path: &Path,
        text: &str,
        environment: Environment<'_>,
        flag: Result<Option<SocketAddr>, Box<Finding>>,
        inputs: Inputs,
    ) -> Result<Self, ConfigFaults> {
        Self::parse_as(path, text, environment, flag, inputs, Self::read)
    }

    /// Reads a text with `read`, which gives what becomes of its table.
    fn parse_as(
        path: &Path,
        text: &str,
        environment: Environment<'_>,
        flag: Result<Option<SocketAddr>, Box<Finding>>,
        inputs: Inputs,
        read: Read,
    ) -> Result<Self, ConfigFaults> {
        let name = path.display().to_string();
        let mut reader = Reader::new(Source { name: &name, text }, environment);
        reader.inputs = inputs;
        reader.folder = path.parent().unwrap_or(Path::new(""));
        let listen = match flag {
            Ok(None) => Listen::Unsaid,
            Ok(Some(address)) => Listen::At(address),
            Err(finding) => {
                reader.fault_outside(*finding);
                Listen::Unreadable
            }
        };
        let config = Self::read_text(&mut reader, listen, read).config;
        let (findings, inputs) = reader.finish();
        match config {
            Some(config) => Ok(Self { warnings: findings, inputs, ..config }),
            None => Err(ConfigFaults::new(findings, inputs)),
        }
    }

    /// Reads the text that the reader is about. What is found is the reader's.
    fn read_text(reader: &mut Reader<'_>, listen: Listen, read: Read) -> Reading {
        let mut parsed = Parsed::new(reader.source.text);
        for (span, problem) in std::mem::take(&mut parsed.faults) {
            reader.fault(&span, problem);
        }
        if !parsed.is_readable {
            return Reading { config: None, policies: None };
        }
        let table = parsed.table();
        let folder = reader.folder;
        let config = read(reader, table.get_ref(), folder, listen);
        reader.silence_lines_of(&parsed.broken_lines);
        if !parsed.is_whole {
            reader.forget(syntax::ABSENCES);
        }
        let policies = table.get_ref().get("policies").and_then(|value| value.get_ref().as_table());
        let names = policies.into_iter().flatten().map(|(name, _)| name.get_ref().to_string());
        let policies = parsed.is_whole.then(|| names.collect());
        Reading { config: (!reader.has_faults()).then_some(config), policies }
    }

    fn read(reader: &mut Reader<'_>, table: &DeTable<'_>, folder: &Path, flag: Listen) -> Self {
        let value = |key: &str| table.get(key);
        let elsewhere: &[(&[&str], &str)] = &[
            (keys::ROUTE, "a route, below [[routes]]"),
            (corsac::PolicyConfig::KEYS, "a policy, below [policies.NAME]"),
            (keys::TLS, "[tls]"),
        ];
        let mut meant = Vec::new();
        for (key, _) in table {
            if !keys::FILE.contains(&key.get_ref().as_ref()) {
                meant.extend(reader.unknown_key(key, "the file", keys::FILE, elsewhere));
            }
        }
        let written = value("listen").map(|value| read_address(reader, value, "`listen`"));
        // Where it is written and cannot be read, nothing is compared with it.
        let listen = match (flag, written) {
            (Listen::At(address), _) => Some(address),
            (Listen::Unreadable, _) | (Listen::Unsaid, Some(None)) => None,
            (Listen::Unsaid, Some(Some((address, _)))) => Some(address),
            (Listen::Unsaid, None) if meant.contains(&"listen") => None,
            (Listen::Unsaid, None) => Some(address::DEFAULT),
        };
        let admin = value("admin").and_then(|value| read_address(reader, value, "`admin`"));
        if let Some((admin, text)) =
            admin.as_ref().filter(|(admin, _)| Some(*admin) == listen && admin.port() != 0)
        {
            let help = "give `admin` another port; it is not for the public";
            let message = format!("`admin` and `listen` are both {admin}.");
            reader.fault_in(text, Problem::new(Code::AddressTwice, message, help));
        }
        let timeouts =
            value("timeouts").map_or_else(Timeouts::default, |value| Timeouts::read(reader, value));
        let limits = value("limits").map_or_else(Limits::default, |value| Limits::read(reader, value));
        let trusted_proxies =
            value("trusted_proxies").map(|value| TrustedProxies::read(reader, value)).unwrap_or_default();
        let tls = value("tls").and_then(|value| Tls::read(reader, value, folder));
        let mut policies = Policies::read(reader, value("policies"), folder);
        let mut surroundings = Surroundings { policies: &mut policies, folder, listen, limits };
        // Whoever has policies judged need not have a gateway.
        let has_policies_alone = reader.purpose == Purpose::Lint
            && table.len() == 1
            && (value("policies").is_some() || meant.contains(&"policies"));
        let has_no_routes = value("routes").is_none() && (meant.contains(&"routes") || has_policies_alone);
        let routes =
            if has_no_routes { Vec::new() } else { routes::read(reader, value("routes"), &mut surroundings) };
        if !has_policies_alone {
            policies.advise_unused(reader);
        }
        let admin = admin.map(|(address, _)| address);
        let (listen, policies) = (listen.unwrap_or(address::DEFAULT), policies.into_named());
        Self { listen, admin, routes, policies, timeouts, limits, trusted_proxies, tls, ..Self::empty() }
    }

    fn empty() -> Self {
        Self {
            listen: address::DEFAULT,
            admin: None,
            routes: Vec::new(),
            policies: Vec::new(),
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            trusted_proxies: TrustedProxies::default(),
            tls: None,
            workers: None,
            extra_roots: Vec::new(),
            warnings: Vec::new(),
            inputs: Vec::new(),
        }
    }

    /// Whether an upstream speaks https.
    pub(crate) fn has_https(&self) -> bool {
        self.routes
            .iter()
            .any(|route| matches!(&route.target, Target::Upstream(upstream) if upstream.is_https()))
    }

    /// The keys of another configuration that a gateway with this one cannot take over while it runs.
    pub(crate) fn fixed_differences(&self, other: &Self) -> Vec<&'static str> {
        let differences = [("listen", self.listen != other.listen), ("admin", self.admin != other.admin)];
        differences.into_iter().filter_map(|(key, differs)| differs.then_some(key)).collect()
    }

    /// This configuration with what a gateway with the other one cannot change while it runs.
    pub(crate) fn with_fixed_of(self, other: &Self) -> Self {
        let Self { listen, admin, workers, .. } = *other;
        Self { listen, admin, workers, extra_roots: other.extra_roots.clone(), ..self }
    }

    /// The same gateway on another address.
    #[must_use]
    pub fn with_listen(self, listen: SocketAddr) -> Self {
        Self { listen, ..self }
    }

    /// The same gateway with this many threads, instead of one a core.
    #[must_use]
    pub fn with_workers(self, workers: NonZeroUsize) -> Self {
        Self { workers: Some(workers), ..self }
    }

    /// The same gateway with other timeouts.
    #[must_use]
    pub fn with_timeouts(self, timeouts: Timeouts) -> Self {
        Self { timeouts, ..self }
    }

    /// The same gateway, trusting these certificate authorities beside the platform's own.
    #[must_use]
    pub fn with_extra_roots(self, extra_roots: Vec<CertificateDer<'static>>) -> Self {
        Self { extra_roots, ..self }
    }

    /// Where it listens; port 0 lets the system choose.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// Where its admin listener answers, if it has one.
    #[must_use]
    pub fn admin(&self) -> Option<SocketAddr> {
        self.admin
    }

    /// Whether it speaks https with clients.
    #[must_use]
    pub fn has_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// The routes, in the order they were written.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The policies, in the order of the alphabet, those that no route uses included.
    #[must_use]
    pub fn policies(&self) -> &[NamedPolicy] {
        &self.policies
    }

    /// The files it was read from, its own first; none where it was given as a text.
    #[must_use]
    pub fn inputs(&self) -> &[InputFile] {
        &self.inputs
    }

    /// How long it waits.
    #[must_use]
    pub fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// How much it takes.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// What works, but is probably not what was meant.
    #[must_use]
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }
}

/// What a text is.
struct Reading {
    /// A configuration, where nothing is wrong with it.
    config: Option<Config>,
    /// The names of its policies, with those that have faults; where all of them were seen.
    policies: Option<Vec<String>>,
}

/// What becomes of the table of a file, read relative to a folder.
type Read = fn(&mut Reader<'_>, &DeTable<'_>, &Path, Listen) -> Config;

/// What the command line says about where to listen.
enum Listen {
    Unsaid,
    At(SocketAddr),
    Unreadable,
}

fn text_of(inputs: &Inputs, path: &Path) -> io::Result<String> {
    let bytes = inputs.read(path.to_owned(), path.display().to_string())?;
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn unreadable(path: &Path, error: &io::Error) -> Finding {
    let name = path.display().to_string();
    let help = match error.kind() {
        io::ErrorKind::NotFound => {
            "make the file, or pass --config with its path; --upstream URL --allow-origin ORIGIN needs none"
        }
        io::ErrorKind::InvalidData => "save it as UTF-8",
        _ => "look at the permissions of the file and its folders",
    };
    Finding {
        severity: Severity::Error,
        code: Code::FileUnreadable.as_str(),
        message: format!("The configuration cannot be read: {error}."),
        place: Place::File { name },
        help: help.to_owned(),
        policy: None,
    }
}

fn read_address(reader: &mut Reader<'_>, value: &Value<'_>, what: &str) -> Option<(SocketAddr, Text)> {
    let text = reader.text(value, what, "an address in quotes, such as \"127.0.0.1:8080\"")?;
    match address::parse(&text.value, Form::Value) {
        Ok(address) => Some((address, text)),
        Err(problem) => {
            reader.fault_in(&text, problem);
            None
        }
    }
}
