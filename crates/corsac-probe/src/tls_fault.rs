//! What went wrong in TLS, in words, and what a person can do about it.
//!
//! Reads the TLS library's errors; makes no connection and decides no trust.

use std::io;

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, InvalidMessage, PeerIncompatible};

use crate::target::{Deadline, Target};
use crate::{TlsProblem, Unreachable};

pub(crate) const UNKNOWN_HINT: &str =
    "Open the URL in a browser, or run `openssl s_client -connect HOST:PORT`, to see more.";
const RENEW_HINT: &str = "Renew it, or set this machine's clock.";
const INSECURE_HINT: &str = "Or repeat with --insecure to judge CORS alone.";

pub(crate) fn handshake_timed_out(target: &Target, deadline: Deadline) -> Unreachable {
    Unreachable::in_tls(
        TlsProblem::TimedOut,
        format!("{target} accepted the connection, but the TLS handshake was not done within {deadline}."),
        format!("If the server does not speak TLS on this port, try {}.", target.under_other_scheme()),
    )
}

pub(crate) fn handshake_failed(target: &Target, error: &io::Error) -> Unreachable {
    match tls_error(error) {
        Some(error) => explain(target, error),
        None => Unreachable::in_tls(
            TlsProblem::Handshake,
            format!("{target} broke off the TLS handshake ({}).", io_reason(error)),
            format!(
                "If it does not speak TLS on this port, try {}. If it does, it may know no site called {}.",
                target.under_other_scheme(),
                target.host
            ),
        ),
    }
}

/// The TLS library's error inside an IO error.
pub(crate) fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

fn io_reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "it closed the connection".into(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => "it reset the connection".into(),
        _ => error.to_string(),
    }
}

/// The TLS library's error in words, with what to do.
pub(crate) fn explain(target: &Target, error: &rustls::Error) -> Unreachable {
    use AlertDescription as Alert;
    match error {
        rustls::Error::InvalidCertificate(problem) => explain_certificate(target, problem),
        rustls::Error::InvalidMessage(
            InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
        ) => Unreachable::in_tls(
            TlsProblem::NotTls,
            format!("{target} does not speak TLS: its first bytes are something else."),
            format!("The server does not speak TLS: try {}.", target.under_other_scheme()),
        ),
        rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::NoCipherSuitesInCommon
            | PeerIncompatible::NoKxGroupsInCommon,
        )
        | rustls::Error::AlertReceived(Alert::ProtocolVersion | Alert::InsufficientSecurity) => {
            Unreachable::in_tls(
                TlsProblem::ProtocolVersion,
                format!("{target} offers no TLS version or cipher that browsers still accept ({error})."),
                "Switch TLS 1.2 and 1.3 on at the server; browsers refuse what is older.",
            )
        }
        rustls::Error::AlertReceived(Alert::CertificateRequired) => Unreachable::in_tls(
            TlsProblem::ClientCertificate,
            format!("{target} wants a certificate from the client."),
            "Corsac has none to show. By the standard a preflight carries none either, so it fails in browsers \
             too: let OPTIONS through without.",
        ),
        rustls::Error::AlertReceived(alert) => Unreachable::in_tls(
            TlsProblem::Handshake,
            format!("{target} refused the TLS handshake ({alert:?})."),
            format!(
                "It may know no site called {}, or no cipher that browsers use: look into its TLS settings.",
                target.host
            ),
        ),
        other => Unreachable::in_tls(
            TlsProblem::Handshake,
            format!("The TLS handshake with {target} failed: {other}."),
            UNKNOWN_HINT,
        ),
    }
}

fn explain_certificate(target: &Target, problem: &CertificateError) -> Unreachable {
    use CertificateError as Problem;
    let days = |from: &UnixTime, to: &UnixTime| match to.as_secs().saturating_sub(from.as_secs()) / 86_400 {
        0 => "less than a day".to_owned(),
        1 => "a day".to_owned(),
        days => format!("{days} days"),
    };
    let host = &target.host;
    let (kind, what, hint) = match problem {
        Problem::ExpiredContext { time, not_after } => {
            (TlsProblem::Expired, format!("expired {} ago", days(not_after, time)), RENEW_HINT)
        }
        Problem::Expired => (TlsProblem::Expired, "has expired".into(), RENEW_HINT),
        Problem::NotValidYetContext { time, not_before } => (
            TlsProblem::NotYetValid,
            format!("is not valid yet, for {} more", days(time, not_before)),
            "Set the clocks of both machines, or wait.",
        ),
        Problem::NotValidYet => {
            (TlsProblem::NotYetValid, "is not valid yet".into(), "Set the clocks of both machines, or wait.")
        }
        Problem::UnknownIssuer => (
            TlsProblem::UnknownIssuer,
            "is not signed by an authority that this machine trusts (self-signed, or an incomplete chain)"
                .into(),
            "Trust its CA in the system store; where that is a public one, send the whole chain.",
        ),
        Problem::BadSignature => (
            TlsProblem::UnknownIssuer,
            "is signed by an authority that has the name of a trusted one, but another key".into(),
            "If the CA was made anew, trust the new one in the system store too.",
        ),
        Problem::NotValidForNameContext { presented, .. } => (
            TlsProblem::NameMismatch,
            match presented.as_slice() {
                [] => format!("is not for {host}: it names no host at all"),
                names => format!("is not for {host}: it is for {}", certified_names(names)),
            },
            "Use a name from the certificate, or get one that covers this host.",
        ),
        Problem::NotValidForName => (
            TlsProblem::NameMismatch,
            format!("is not for {host}"),
            "Use a name from the certificate, or get one that covers this host.",
        ),
        Problem::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => (
            TlsProblem::UnknownIssuer,
            "is a CA's own certificate, self-signed most likely, used as a server's".into(),
            "Make a certificate for the server and sign it with the CA (mkcert does both).",
        ),
        other => (TlsProblem::BadCertificate, format!("cannot be accepted: {other}"), "Replace it."),
    };
    Unreachable::in_tls(
        kind,
        format!("The certificate of {target} {what}."),
        format!("{hint} {INSECURE_HINT}"),
    )
}

/// `DnsName("api.example")` and the like, as a person would write them.
fn certified_names(names: &[String]) -> String {
    let bare = |name: &String| match name.split_once('(') {
        Some((_, inner)) => inner.trim_end_matches(')').trim_matches('"').to_owned(),
        None => name.clone(),
    };
    let mut shown: Vec<_> = names.iter().take(5).map(bare).collect();
    if names.len() > shown.len() {
        shown.push(format!("{} more", names.len() - shown.len()));
    }
    shown.join(", ")
}
