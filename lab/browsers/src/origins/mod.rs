//! Scripted servers on loopback: they answer as a scenario says, and log every request as it arrived.
//!
//! They write raw bytes, because duplicates, odd white space and bad tokens are what the scenarios are about, and
//! they never leave loopback. A scenario's requests are told by the first segment of their path, its key.

mod certificate;
mod connection;
mod pages;
mod place;
mod request_head;
mod script;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

pub use pages::{COOKIE_HEADER, COOKIES, FRAME, PAGE, WARM_UP};
pub use place::{Host, Place, Scheme};
pub use script::{Logged, Reply, SOON, Script, Step, unscripted};

/// The body of every answer that has one.
pub const BODY: &[u8] = b"corsac";

/// Whether an answer of that status can have a body: RFC 9110, section 6.4.1.
#[must_use]
pub fn has_body(status: u16) -> bool {
    !matches!(status, 204 | 304)
}

/// The servers could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OriginsError {
    /// No port could be had.
    #[error("no server on {place:?}: {error}")]
    NoPort {
        /// Where.
        place: Place,
        /// Why.
        error: std::io::Error,
    },
    /// No certificate could be made.
    #[error("no certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The certificate could not be used.
    #[error("no TLS: {0}")]
    Tls(#[from] tokio_rustls::rustls::Error),
}

/// The servers of a run. They go when this does.
pub struct Origins {
    shared: Arc<Shared>,
    acceptor: TlsAcceptor,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    ports: HashMap<Place, u16>,
    tasks: JoinSet<()>,
}

/// What every connection needs to know.
#[derive(Default)]
struct Shared {
    exchanges: Mutex<HashMap<String, Exchange>>,
}

/// One scenario on its way.
#[derive(Default)]
struct Exchange {
    script: Script,
    log: Vec<Logged>,
    dropped_last: bool,
}

impl Shared {
    fn exchanges(&self) -> MutexGuard<'_, HashMap<String, Exchange>> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Origins {
    /// No server yet: each is started when its address is first asked for.
    ///
    /// # Errors
    ///
    /// If no certificate can be made.
    pub fn new() -> Result<Self, OriginsError> {
        Ok(Self { shared: Arc::default(), acceptor: certificate::acceptor()?, open: Mutex::default() })
    }

    /// The origin of the server at a place, such as `https://127.0.0.2:41234`.
    ///
    /// Called within a Tokio runtime, on which the server then runs.
    ///
    /// # Errors
    ///
    /// If no port can be had.
    pub fn origin(&self, place: Place) -> Result<String, OriginsError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let port = match open.ports.get(&place) {
            Some(port) => *port,
            None => {
                let listeners =
                    listeners(place.host).map_err(|error| OriginsError::NoPort { place, error })?;
                let port = listeners.0;
                open.ports.insert(place, port);
                let origin: Arc<str> = serialized(place, port).into();
                for listener in listeners.1 {
                    let listener = tokio::net::TcpListener::from_std(listener)
                        .map_err(|error| OriginsError::NoPort { place, error })?;
                    let acceptor = (place.scheme == Scheme::Https).then(|| self.acceptor.clone());
                    let shared = Arc::clone(&self.shared);
                    open.tasks.spawn(accept(listener, acceptor, Arc::clone(&origin), place.closes, shared));
                }
                port
            }
        };
        Ok(serialized(place, port))
    }

    /// Every place that has a server.
    #[must_use]
    pub fn places(&self) -> Vec<Place> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mut places: Vec<_> = open.ports.keys().copied().collect();
        places.sort();
        places
    }

    /// From now on, requests of that key are answered by the script.
    pub fn register(&self, key: &str, script: Script) {
        self.shared.exchanges().insert(key.to_owned(), Exchange { script, ..Exchange::default() });
    }

    /// What was asked under that key, in order. Its script is forgotten.
    #[must_use]
    pub fn take(&self, key: &str) -> Vec<Logged> {
        self.shared.exchanges().remove(key).map(|exchange| exchange.log).unwrap_or_default()
    }
}

fn serialized(place: Place, port: u16) -> String {
    format!("{}://{}:{port}", place.scheme.as_str(), place.host)
}

/// The listeners of a host, all on the same port.
fn listeners(host: Host) -> std::io::Result<(u16, Vec<TcpListener>)> {
    let addresses: &[IpAddr] = match host {
        Host::Numbered(number) => &[IpAddr::V4(Ipv4Addr::new(127, 0, 0, number))],
        // A browser asks the one or the other first.
        Host::Localhost => &[IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)],
        Host::Version6 => &[IpAddr::V6(Ipv6Addr::LOCALHOST)],
    };
    let mut port = 0;
    let mut listeners = Vec::new();
    for (index, address) in addresses.iter().enumerate() {
        match TcpListener::bind(SocketAddr::new(*address, port)) {
            Ok(listener) => {
                listener.set_nonblocking(true)?;
                port = listener.local_addr()?.port();
                listeners.push(listener);
            }
            Err(error) if index == 0 => return Err(error),
            // No IPv6 here: then `localhost` is IPv4 alone.
            Err(_) => {}
        }
    }
    Ok((port, listeners))
}

async fn accept(
    listener: tokio::net::TcpListener,
    acceptor: Option<TlsAcceptor>,
    origin: Arc<str>,
    closes: bool,
    shared: Arc<Shared>,
) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        // A browser that hangs up halfway is its own affair.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let (acceptor, origin, shared) = (acceptor.clone(), Arc::clone(&origin), Arc::clone(&shared));
        connections.spawn(async move {
            match acceptor {
                None => drop(connection::serve(stream, origin, closes, shared).await),
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        drop(connection::serve(stream, origin, closes, shared).await);
                    }
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use corsac_browser::RequestKind;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    async fn asked(origin: &str, request: &str) -> String {
        let address = origin.strip_prefix("http://").expect("a plain server");
        let mut stream = TcpStream::connect(address).await.expect("the server listens");
        stream.write_all(request.as_bytes()).await.expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("it answers and hangs up");
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn lines_arrive_as_they_were_written_and_requests_are_logged() {
        let origins = Origins::new().expect("servers");
        let place = Place { scheme: Scheme::Http, host: Host::Numbered(1), number: 0, closes: true };
        let origin = origins.origin(place).expect("a port");
        let line = |name: &str, value: &[u8]| (name.to_owned(), value.to_vec());
        let reply = Reply::Respond {
            status: 299,
            headers: vec![line("a", b" \t*"), line("A", b"*"), line("Content-Length", b"6")],
        };
        let url = format!("{origin}/k1/x");
        let step = |kind, reply| Step { kind, url: url.clone(), reply };
        origins.register(
            "k1",
            Script::new(vec![step(RequestKind::Preflight, reply), step(RequestKind::Actual, Reply::Drop)]),
        );
        let preflight = "OPTIONS /k1/x HTTP/1.1\r\nHost: h\r\nOrigin:  null\r\nAccess-Control-Request-Method: PUT\r\n\r\n";
        let answer = asked(&origin, preflight).await;
        assert_eq!(answer, "HTTP/1.0 299 Lab\r\na:  \t*\r\nA: *\r\nContent-Length: 6\r\n\r\ncorsac");
        let actual = "PUT /k1/x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi";
        assert_eq!(asked(&origin, actual).await, "");
        assert_eq!(asked(&origin, actual).await, "");
        assert!(asked(&origin, "GET /k1/other HTTP/1.1\r\n\r\n").await.starts_with("HTTP/1.0 404 "));

        let log = origins.take("k1");
        let seen: Vec<_> = log.iter().map(|one| (&one.method[..], one.scripted, one.again)).collect();
        assert_eq!(
            seen,
            [("OPTIONS", true, false), ("PUT", true, false), ("PUT", true, true), ("GET", false, false)]
        );
        assert_eq!(log[0].headers.get_text("origin").as_deref(), Some("null"));
        assert!(origins.take("k1").is_empty());
    }
}
