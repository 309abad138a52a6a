//! `corsac dev`: a frontend's dev server and its APIs on one origin.

use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use corsac_gateway::{Config, DevFlags, Gateway, Route, Target, Upstream};

use super::serve;
use crate::args::{Dev, LogFormat};
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::log;
use crate::printer::Printer;

/// What a look at a port of this machine may take.
const GLANCE: Duration = Duration::from_millis(500);

pub(crate) fn run(arguments: &Dev, printer: &Printer) -> Result<Exit, Complaint> {
    let flags = DevFlags {
        front: arguments.front.clone(),
        apis: arguments.api.clone(),
        listen: Some(arguments.listen.clone()),
        hosts: arguments.allow_host.clone(),
    };
    let config = match Config::from_dev_flags(flags) {
        Ok(config) => config,
        Err(faults) => {
            printer.say(faults.to_string().trim_end());
            return Ok(Exit::Usage);
        }
    };
    let bound = Gateway::bind(config).map_err(|error| Complaint::new(error.what(), error.remedy()))?;
    // A page of a dev server is hundreds of requests, and the dev server has a log of its own.
    log::start(LogFormat::Text, "warn");
    serve::announce(&bound, Route::path, printer);
    let asleep: Vec<String> = bound.config().routes().iter().filter_map(asleep).collect();
    if !asleep.is_empty() {
        let them = if asleep.len() == 1 { "it" } else { "them" };
        printer.note(format!("nothing listens at {} yet: start {them}, in any order", asleep.join(" and ")));
    }
    let page = page(bound.local_addr(), &bound.config());
    printer.note(format!(
        "open {page} instead of {}, and call the APIs by path alone: fetch('/…')",
        arguments.front
    ));
    match bound.run_until_terminated() {
        // What a page of a developer's own holds open is no loss.
        Ok(_) => Ok(Exit::AsHoped),
        Err(error) => Ok(serve::broke_down(&error, printer)),
    }
}

/// Where the page is to be opened: by the front's own name, if it is a name of this machine. Some dev servers have the
/// page open its WebSocket to that name and their own port, and compare it with the page's.
fn page(address: SocketAddr, config: &Config) -> String {
    let front = config.routes().first().map(Route::target);
    let is_localhost = matches!(front, Some(Target::Upstream(front)) if is_localhost(front));
    if is_localhost && (address.ip().is_loopback() || address.ip().is_unspecified()) {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

fn is_localhost(upstream: &Upstream) -> bool {
    upstream.servers()[0].authority().host() == "localhost"
}

/// The upstream of a route, if it is on this machine and does not listen.
fn asleep(route: &Route) -> Option<String> {
    let Target::Upstream(upstream) = route.target() else { return None };
    let addresses = address(upstream).to_socket_addrs().ok()?;
    let mut local = addresses.filter(|address| address.ip().is_loopback()).peekable();
    local.peek()?;
    let is_awake = local.any(|address| TcpStream::connect_timeout(&address, GLANCE).is_ok());
    (!is_awake).then(|| upstream.to_string())
}

fn address(upstream: &Upstream) -> String {
    let authority = upstream.servers()[0].authority();
    match (authority.port_u16(), upstream.is_https()) {
        (Some(_), _) => authority.to_string(),
        (None, true) => format!("{authority}:443"),
        (None, false) => format!("{authority}:80"),
    }
}
