//! Certificates and keys as they stand in PEM files, and what can be wrong with them.
//!
//! Knows no places and no names of keys; [`tls`](super::tls) reads the files and says where they are named.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::sign::{CertifiedKey, SigningKey};
use rustls::{Error, InconsistentKeys};
use webpki::{EndEntityCert, KeyUsage};

use super::code::Code;
use super::problem::Problem;

/// A certificate of a server, and those that lead from it to an authority.
pub(super) struct Chain {
    certificates: Vec<CertificateDer<'static>>,
    /// The names it is for, in lower case; addresses are not among them.
    pub(super) names: Vec<String>,
    valid: Validity,
}

/// From when and until when a certificate is valid, where it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Validity {
    from: Option<SystemTime>,
    until: Option<SystemTime>,
}

impl Chain {
    /// `shown` is the file's name for people.
    pub(super) fn parse(pem: &[u8], shown: &str) -> Result<Self, Problem> {
        let problem = |what: &str, help: String| {
            Problem::new(Code::CertificateInvalid, format!("`{shown}` {what}."), help)
        };
        let certificates = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| problem(damage(&error), "get the file anew from where it was made".into()))?;
        let Some(first) = certificates.first() else {
            return Err(match Content::of(pem) {
                Content::Key | Content::LockedKey => {
                    problem("has a key and no certificate", "name the file of the certificate here".into())
                }
                Content::Request => problem(
                    "is a request for a certificate",
                    "name the file that the authority answered with".into(),
                ),
                Content::Der => problem(
                    "is not text",
                    format!("convert it: `openssl x509 -inform der -in {shown} -out {shown}.pem`"),
                ),
                Content::Certificate | Content::Other => problem(
                    "has no certificate",
                    "name a PEM file, with a line -----BEGIN CERTIFICATE-----".into(),
                ),
            });
        };
        let (names, valid) = inspect(first).map_err(|error| {
            let message = format!("The first certificate of `{shown}` cannot be read: {error}.");
            let help = "have it made anew, as X.509 of version 3";
            Problem::new(Code::CertificateInvalid, message, help)
        })?;
        Ok(Self { certificates, names, valid })
    }

    /// What browsers will say of its time, if they will refuse it now.
    pub(super) fn advice(&self, shown: &str, now: SystemTime) -> Option<Problem> {
        let date = httpdate::fmt_http_date;
        let (what, help) = match self.valid {
            Validity { until: Some(until), .. } if until < now => (
                format!("expired on {}", date(until)),
                "renew it; a running gateway takes the new one by itself",
            ),
            Validity { from: Some(from), .. } if from > now => {
                (format!("is not valid before {}", date(from)), "look at the clock of this machine")
            }
            _ => return None,
        };
        Some(Problem::new(Code::CertificateExpired, format!("The certificate in `{shown}` {what}."), help))
    }

    pub(super) fn expires(&self) -> Option<SystemTime> {
        self.valid.until
    }

    /// The chain with its key, where they belong together.
    pub(super) fn with(self, key: Key, shown: (&str, &str)) -> Result<CertifiedKey, Problem> {
        let Self { certificates, .. } = self;
        let belongs = |certificate: &CertificateDer<'static>| {
            let pair = CertifiedKey::new(vec![certificate.clone()], Arc::clone(&key.0));
            // Where nobody can tell, the handshake will.
            matches!(pair.keys_match(), Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)))
        };
        let (message, help) = match certificates.iter().position(belongs) {
            Some(0) => return Ok(CertifiedKey::new(certificates, key.0)),
            Some(position) => (
                format!("The key is that of certificate {} in `{}`, not of the first.", position + 1, shown.0),
                "put that certificate first in the file, and those of authorities after it".to_owned(),
            ),
            None => (
                format!("`{}` has the key of another certificate than `{}`.", shown.1, shown.0),
                "name the key that the certificate was requested with: `openssl pkey -in KEY -pubout` prints \
                 what `openssl x509 -in CERTIFICATE -noout -pubkey` does"
                    .to_owned(),
            ),
        };
        Err(Problem::new(Code::KeyMismatch, message, help))
    }
}

/// A private key that can sign. What it is, nobody is shown.
pub(super) struct Key(Arc<dyn SigningKey>);

impl Key {
    /// `shown` is the file's name for people.
    pub(super) fn parse(pem: &[u8], shown: &str) -> Result<Self, Problem> {
        let problem =
            |what: &str, help: String| Problem::new(Code::KeyInvalid, format!("`{shown}` {what}."), help);
        if Content::of(pem) == Content::LockedKey {
            let help = format!("take the password away: `openssl pkey -in {shown} -out unlocked.pem`");
            return Err(problem("is locked with a password", help));
        }
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|error| match (error, Content::of(pem)) {
            (pem::Error::NoItemsFound, Content::Certificate) => {
                problem("has a certificate and no key", "name the file of its key here".into())
            }
            (pem::Error::NoItemsFound, Content::Der) => problem(
                "is not text",
                format!("convert it: `openssl pkey -inform der -in {shown} -out {shown}.pem`"),
            ),
            (pem::Error::NoItemsFound, _) => {
                problem("has no key", "name a PEM file, with a line -----BEGIN PRIVATE KEY-----".into())
            }
            (error, _) => problem(damage(&error), "get the file anew from where it was made".into()),
        })?;
        default_provider().key_provider.load_private_key(key).map(Self).map_err(|_| {
            let help = "use a key of ECDSA on P-256 or P-384, or of RSA with 2048 to 4096 bits";
            problem("has a key of another kind than TLS takes here", help.into())
        })
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Key({:?})", self.0.algorithm())
    }
}

/// What a file has instead of what was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    LockedKey,
    Key,
    Certificate,
    Request,
    Der,
    Other,
}

impl Content {
    fn of(bytes: &[u8]) -> Self {
        // A sequence of ASN.1 in two or more bytes of length, which no text begins with.
        if let [0x30, 0x81..=0x84, ..] = bytes {
            return Self::Der;
        }
        let text = String::from_utf8_lossy(bytes);
        let has = |words: &str| text.contains(words);
        if has("BEGIN ENCRYPTED PRIVATE KEY") || has("Proc-Type: 4,ENCRYPTED") {
            Self::LockedKey
        } else if has("PRIVATE KEY-----") {
            Self::Key
        } else if has("BEGIN CERTIFICATE REQUEST") || has("BEGIN NEW CERTIFICATE REQUEST") {
            Self::Request
        } else if has("BEGIN CERTIFICATE-----") {
            Self::Certificate
        } else {
            Self::Other
        }
    }
}

/// In words that have nothing of the file, which may hold a key.
fn damage(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => "is cut off: a line -----END …----- is missing",
        pem::Error::Base64Decode(_) => "is damaged: there is something else than base64 in it",
        _ => "is damaged: it is no PEM",
    }
}

fn inspect(certificate: &CertificateDer<'_>) -> Result<(Vec<String>, Validity), webpki::Error> {
    let certificate = EndEntityCert::try_from(certificate)?;
    let names = certificate.valid_dns_names().map(str::to_ascii_lowercase).collect();
    Ok((names, Validity::of(&certificate)))
}

impl Validity {
    /// The one way to learn it is to have it judged: before all time, and after it. The time is what is judged first, so it
    /// does not matter that nobody vouches for the certificate.
    fn of(certificate: &EndEntityCert<'_>) -> Self {
        let judge = |time: Duration| {
            let time = UnixTime::since_unix_epoch(time);
            certificate.verify_for_usage(&[], &[], &[], time, KeyUsage::server_auth(), None, None).err()
        };
        let at = |time: UnixTime| UNIX_EPOCH.checked_add(Duration::from_secs(time.as_secs()));
        let from = match judge(Duration::ZERO) {
            Some(webpki::Error::CertNotValidYet { not_before, .. }) => at(not_before),
            _ => None,
        };
        let until = match judge(Duration::MAX) {
            Some(webpki::Error::CertExpired { not_after, .. }) => at(not_after),
            _ => None,
        };
        Self { from, until }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::{Chain, UNIX_EPOCH, Validity};

    #[test]
    fn names_and_time_are_read_out_of_a_certificate() {
        let mut params =
            CertificateParams::new(["App.example".to_owned(), "*.app.example".to_owned()]).expect("names");
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let chain = Chain::parse(certificate.pem().as_bytes(), "app.pem").expect("a certificate");
        assert_eq!(chain.names, ["app.example", "*.app.example"]);
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let (from, until) = (at(1_577_836_800), at(1_609_459_200));
        assert_eq!(chain.valid, Validity { from: Some(from), until: Some(until) });
        assert!(chain.advice("app.pem", from).is_none() && chain.advice("app.pem", until).is_none());
        let second = Duration::from_secs(1);
        assert!(
            chain.advice("", from - second).expect("advice").message.contains("not valid before Wed, 01")
        );
        assert!(chain.advice("", until + second).expect("advice").message.contains("expired on Fri, 01"));
    }
}
