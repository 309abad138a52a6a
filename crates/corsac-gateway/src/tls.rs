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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, SignatureAlgorithm};
    use rustls::crypto::ring::default_provider;
    use rustls::sign::CertifiedKey;
    use rustls::{SignatureScheme, pki_types::PrivateKeyDer};

    use super::Certificates;

    fn certified(kind: &'static SignatureAlgorithm) -> Arc<CertifiedKey> {
        let key = KeyPair::generate_for(kind).expect("a key");
        let certificate = CertificateParams::default().self_signed(&key).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let chain = vec![certificate.der().clone()];
        Arc::new(CertifiedKey::from_der(chain, key, &default_provider()).expect("a pair"))
    }

    #[test]
    fn one_name_may_have_a_certificate_of_each_kind_of_key() {
        let [first, edwards, nist] = [&PKCS_ED25519, &PKCS_ED25519, &PKCS_ECDSA_P256_SHA256].map(certified);
        let certificates = Certificates {
            by_name: [("app.example".to_owned(), vec![Arc::clone(&edwards), Arc::clone(&nist)])].into(),
            all: vec![Arc::clone(&first), Arc::clone(&edwards), Arc::clone(&nist)],
        };
        let chosen = |name, scheme| certificates.choose(name, &[scheme]).map(Arc::as_ptr);
        let (by_edwards, by_nist) = (SignatureScheme::ED25519, SignatureScheme::ECDSA_NISTP256_SHA256);
        assert_eq!(chosen(Some("app.example"), by_edwards), Some(Arc::as_ptr(&edwards)));
        assert_eq!(chosen(Some("app.example"), by_nist), Some(Arc::as_ptr(&nist)));
        assert_eq!(chosen(None, by_edwards), Some(Arc::as_ptr(&first)));
        assert_eq!(chosen(None, by_nist), Some(Arc::as_ptr(&nist)));
        assert_eq!(chosen(None, SignatureScheme::RSA_PSS_SHA256), None);
    }
}
