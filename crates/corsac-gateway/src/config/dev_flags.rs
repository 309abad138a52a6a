//! A gateway for somebody who develops: the frontend's dev server and the APIs on one origin, from the command line.
//!
//! No policy, since pages and APIs share an origin and CORS never applies. The same checks as for a file; faults are
//! placed at the flags.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use url::Host;

use super::code::Code;
use super::credentials::Credentials;
use super::finding::{ConfigFaults, Finding};
use super::flags::{self, error};
use super::limits::Limits;
use super::problem::{Form, Problem};
use super::route_values::path_problem;
use super::routes::{Guise, Route, Target};
use super::secret::hide_userinfo;
use super::timeouts::Timeouts;
use super::upstream::Upstream;
use super::{Config, address};
use crate::path::segments;

const FRONT: &str = "--front";
const API: &str = "--api";
const ALLOW_HOST: &str = "--allow-host";

/// What `corsac dev --front URL --api PATH=URL …` says.
#[derive(Debug, Clone, Default)]
pub struct DevFlags {
    /// `--front`: the frontend's dev server, which gets all that no API does.
    pub front: String,
    /// `--api`, each a path and where the requests below it go, with `=` between them.
    pub apis: Vec<String>,
    /// `--listen`; 127.0.0.1:8080 without it.
    pub listen: Option<String>,
    /// `--allow-host`: names by which the page is opened, beside `localhost` and addresses.
    pub hosts: Vec<String>,
}

impl Config {
    /// A gateway that puts a dev server and APIs on one origin.
    ///
    /// ```
    /// use corsac_gateway::{Config, DevFlags};
    ///
    /// let config = Config::from_dev_flags(DevFlags {
    ///     front: "http://localhost:5173".into(),
    ///     apis: vec!["/api=http://localhost:3000".into()],
    ///     ..DevFlags::default()
    /// })?;
    /// let paths: Vec<&str> = config.routes().iter().map(|route| route.path()).collect();
    /// assert_eq!(paths, ["/", "/api"]);
    /// # Ok::<(), corsac_gateway::ConfigFaults>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every fault at once, each with the flag it is in.
    pub fn from_dev_flags(flags: DevFlags) -> Result<Self, ConfigFaults> {
        let mut faults = Vec::new();
        let listen = match flags.listen.as_deref().map(flags::listen).transpose() {
            Ok(address) => Some(address.unwrap_or(address::DEFAULT)),
            Err(fault) => {
                faults.push(*fault);
                None
            }
        };
        let mut names = Vec::new();
        for written in &flags.hosts {
            match host(written) {
                Ok(name) => names.push(name),
                Err(fault) => faults.push(*fault),
            }
        }
        let around = Around { listen, names: names.into() };
        let mut routes = Vec::new();
        match front(&flags.front, &around) {
            Ok(route) => routes.push(route),
            Err(fault) => faults.push(*fault),
        }
        let mut taken = HashMap::from([(segments("/"), format!("{FRONT} has every path that no {API} has"))]);
        for written in &flags.apis {
            match api(written, &around) {
                Ok(route) => {
                    let flag = flag(API, written);
                    if let Some(holder) = taken.insert(segments(route.path()), format!("`{flag}` has it")) {
                        let message = format!("`{}` is taken: {holder}.", route.path());
                        let help = "leave one of them out, or give it another path; a slash at the end makes no difference";
                        faults.push(error(Problem::new(Code::RouteOverlap, message, help), flag));
                    } else {
                        routes.push(route);
                    }
                }
                Err(fault) => faults.push(*fault),
            }
        }
        match listen {
            Some(listen) if faults.is_empty() => {
                Ok(Self { listen, routes, timeouts: timeouts(), ..Self::empty() })
            }
            _ => Err(ConfigFaults::new(faults, Vec::new())),
        }
    }
}

/// What every flag is read beside.
struct Around {
    listen: Option<SocketAddr>,
    names: Arc<[String]>,
}

fn host(written: &str) -> Result<String, Box<Finding>> {
    let bare = written.split_once("://").map_or(written, |(_, rest)| rest);
    let bare = bare.split(['/', ':']).next().unwrap_or_default();
    match Host::parse(written) {
        Ok(Host::Domain(name)) if !name.contains('*') => Ok(name),
        _ => {
            let message = format!("`{written}` is not the name of a host.");
            let help = match Host::parse(bare) {
                Ok(Host::Domain(name)) if !name.contains('*') => format!("pass {ALLOW_HOST} {name}"),
                Ok(Host::Ipv4(_) | Host::Ipv6(_)) => {
                    "leave the flag out: addresses are taken by themselves".to_owned()
                }
                _ => format!("pass a name, such as {ALLOW_HOST} dev.app.example"),
            };
            Err(fault(Problem::new(Code::HostNameInvalid, message, help), &flag(ALLOW_HOST, written)))
        }
    }
}

fn front(written: &str, around: &Around) -> Result<Route, Box<Finding>> {
    let flag = flag(FRONT, written);
    let parse = |url: &str| upstream(url, FRONT, around.listen).map_err(|problem| fault(problem, &flag));
    let mut upstream = parse(written)?;
    // Dev servers print their address with a slash, which means nothing where every path begins with one.
    let bare = written.trim_end_matches('/');
    if !upstream.keeps_paths() && bare.split_once("://").is_some_and(|(_, rest)| !rest.contains('/')) {
        upstream = parse(bare)?;
    }
    Ok(route("/", format!("/ ({flag})"), upstream, around))
}

fn api(written: &str, around: &Around) -> Result<Route, Box<Finding>> {
    let flag = flag(API, written);
    let Some((path, url)) = written.split_once('=') else {
        let help = match written {
            url if url.contains("://") => format!("pass {API} /api={url}"),
            host if !host.starts_with('/') && host.contains([':', '.']) => {
                format!("pass {API} /api=http://{host}")
            }
            path => format!("pass {API} /{}=http://localhost:3000", path.trim_start_matches('/')),
        };
        return Err(fault(Problem::new(Code::ApiWithoutPath, Code::ApiWithoutPath.meaning(), help), &flag));
    };
    if let Some(problem) = path_problem(path, |path| format!("pass {API} {path}={url}")) {
        return Err(fault(problem, &flag));
    }
    let upstream = upstream(url, API, around.listen).map_err(|problem| {
        // What a URL should be is told without the path before it.
        let help = problem.help.replace(&format!("{API} "), &format!("{API} {path}="));
        fault(Problem { help, ..problem }, &flag)
    })?;
    Ok(route(path, format!("{path} ({flag})"), upstream, around))
}

fn upstream(url: &str, flag: &'static str, listen: Option<SocketAddr>) -> Result<Upstream, Problem> {
    let upstream = Upstream::parse(url, Form::Flag(flag))?;
    match listen.filter(|listen| upstream.is_at(*listen)) {
        Some(listen) => {
            let help = format!("the gateway listens on {listen}: pass --listen with another port");
            Err(Problem::new(Code::UpstreamIsGateway, Code::UpstreamIsGateway.meaning(), help))
        }
        None => Ok(upstream),
    }
}

/// `shown` has the flag, so that an error page says what is to be started.
fn route(path: &str, shown: String, mut upstream: Upstream, around: &Around) -> Route {
    let guise = guise(&upstream, &around.names);
    // Whoever passes a flag on the own machine means what is behind it, and is its user.
    upstream.allow_private_addresses = true;
    Route {
        path: path.into(),
        shown: shown.into(),
        target: Target::Upstream(upstream),
        policy: None,
        shadow: None,
        guise,
        limits: Limits::default().into(),
        credentials: Credentials { cookie: true, authorization: true },
        cache: None,
    }
}

/// A server on this machine is asked as the browser would ask it. The dev servers of Vite, webpack and Next.js take only
/// a `Host` that they know, against websites that have their name lead to this machine (DNS rebinding), and some compare
/// it with `Origin` before they hand out their WebSocket: rewriting `Host` would end the first protection and break the
/// second.
///
/// A server elsewhere knows itself by its own name alone, as does one whose redirects need another path: these are asked as
/// by a page of their own, since they may refuse the origin of a developer's machine (Spring answers 403 to any that its
/// CORS configuration lacks). What they can no longer see, the gateway looks at for them: `rebinding`.
fn guise(upstream: &Upstream, names: &Arc<[String]>) -> Guise {
    let here = match Host::parse(upstream.servers()[0].host()) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Ok(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Err(_) => false,
    };
    // HTTP/2 has the name in the URL, which says where to connect to.
    if here && upstream.keeps_paths() && !upstream.is_https() {
        return Guise::Browser;
    }
    Guise::OwnPage { names: Arc::clone(names) }
}

/// The first build of a large application, and whoever stands at a breakpoint, take their time; Ctrl-C does not.
fn timeouts() -> Timeouts {
    let (response, drain) = (Duration::from_secs(60 * 60), Duration::from_secs(1));
    Timeouts { response, drain, drain_tunnels: Duration::ZERO, ..Timeouts::default() }
}

fn fault(problem: Problem, flag: &str) -> Box<Finding> {
    Box::new(error(problem, flag.to_owned()))
}

fn flag(name: &str, written: &str) -> String {
    match written.split_once('=').filter(|_| name == API) {
        Some((path, url)) => format!("{name} {path}={}", hide_userinfo(url)),
        None => format!("{name} {}", hide_userinfo(written)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Guise, guise};
    use crate::config::problem::Form;
    use crate::config::upstream::Upstream;

    #[test]
    fn a_server_of_this_machine_sees_what_the_browser_sent() {
        let names = Arc::from(["dev.app.example".to_owned()]);
        let own_page = || Guise::OwnPage { names: Arc::clone(&names) };
        for (url, expected) in [
            ("http://localhost:5173", Guise::Browser),
            ("http://app.localhost:5173", Guise::Browser),
            ("http://127.0.0.1:3000", Guise::Browser),
            ("http://[::1]:3000", Guise::Browser),
            ("http://localhost:3000/", own_page()),
            ("http://localhost:3000/v2", own_page()),
            ("https://localhost:3000", own_page()),
            ("http://10.0.0.7:3000", own_page()),
            ("https://api.staging.example", own_page()),
        ] {
            assert_eq!(
                guise(&Upstream::parse(url, Form::Value).expect("an upstream"), &names),
                expected,
                "{url}"
            );
        }
    }
}
