//! TLS with clients: which certificate a connection is shown, and which HTTP it is offered.
//!
//! Knows nothing of files, and nothing of sockets: those are [`config`](crate::config)'s and the server's.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use rustls::crypto::ring::{Ticketer, default_provider};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, SignatureScheme};

use crate::config::Tls;

/// The versions of HTTP, the better one first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// What speaks TLS 1.2 and 1.3 with clients, and shows them these certificates.
pub(crate) fn server_config(tls: &Tls) -> Arc<ServerConfig> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has what both versions need")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Certificates::of(tls)));
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    // Clients that come back need no signature. Their tickets go with the certificates, so that nobody resumes under one
    // that was replaced; without random numbers there are none, and all is as well, only slower.
    if let Ok(ticketer) = Ticketer::new() {
        config.ticketer = ticketer;
    }
    Arc::new(config)
}

/// The certificates by the names they are for.
struct Certificates {
    by_name: HashMap<String, Vec<Arc<CertifiedKey>>>,
    /// In the order they were written: for names that none is for, and for clients that ask for none.
    all: Vec<Arc<CertifiedKey>>,
}

impl Certificates {
    fn of(tls: &Tls) -> Self {
        let mut by_name: HashMap<String, Vec<Arc<CertifiedKey>>> = HashMap::new();
        for pair in &tls.pairs {
            for name in &pair.names {
                by_name.entry(name.clone()).or_default().push(Arc::clone(&pair.certified));
            }
        }
        Self { by_name, all: tls.pairs.iter().map(|pair| Arc::clone(&pair.certified)).collect() }
    }

    /// The first that is for the name, or else for its place under a `*`, or else for any, whose key the client can
    /// verify: one name may have a certificate of each kind of key.
    fn choose(&self, name: Option<&str>, schemes: &[SignatureScheme]) -> Option<&Arc<CertifiedKey>> {
        let name = name.map(str::to_ascii_lowercase).unwrap_or_default();
        let starred = name.split_once('.').map(|(_, parent)| format!("*.{parent}")).unwrap_or_default();
        [self.by_name.get(&name), self.by_name.get(&starred), Some(&self.all)]
            .into_iter()
            .flatten()
            .flatten()
            .find(|certified| certified.key.choose_scheme(schemes).is_some())
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.choose(hello.server_name(), hello.signature_schemes()).cloned()
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.by_name.keys()).finish()
    }
}
