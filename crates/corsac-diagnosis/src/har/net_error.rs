//! What a browser writes when there was no response: which phase failed, or who stopped the call.
//!
//! Chromium writes `net::ERR_…`, WebKit a sentence of the system's or of its own, Firefox nothing at all.

use crate::exchange::Seen;

/// What an error in a recording means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NetError {
    /// No response came.
    Nothing(Seen),
    /// The call was given up, by the page or with it.
    Cancelled,
    /// Something in the browser stopped it before it was sent: an extension, or a policy. Who, in words.
    Stopped(&'static str),
    /// A failure without a reason: what a CORS failure looks like, among others.
    Unsaid,
}

/// Reads an error's text.
pub(super) fn net_error(text: &str) -> NetError {
    let lower = text.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["err_aborted", "cancelled", "canceled", "ns_binding_aborted"]) {
        return NetError::Cancelled;
    }
    if has(&["blocked_by_client", "blocked_by_administrator"]) {
        return NetError::Stopped("an extension or a setting of the browser");
    }
    if has(&["blocked_by_csp", "blocked:csp"]) {
        return NetError::Stopped("the page's own Content-Security-Policy");
    }
    if has(&["blocked_by_response", "blocked_by_orb"]) {
        return NetError::Stopped("the response's Cross-Origin-Resource-Policy, or a rule like it");
    }
    if has(&["blocked_by_local_network", "blocked_by_private_network"]) {
        return NetError::Stopped("Local Network Access");
    }
    let phases: [(&[&str], &str, &str, &str); 6] = [
        (
            &[
                "err_name_not_resolved",
                "err_dns",
                "unknown_host",
                "hostname could not be found",
                "error resolving",
            ],
            "dns",
            "the host's name could not be resolved",
            "See that the host is spelled right, and that this machine can resolve it.",
        ),
        (
            &[
                "err_cert",
                "err_ssl",
                "sec_error",
                "ssl_error",
                "ssl error",
                "tls",
                "certificate",
                "secure connection",
            ],
            "tls",
            "no secure connection could be made",
            "Open the API's address in a tab of its own: the browser says there what is wrong with its certificate.",
        ),
        (
            &["connection_refused", "connection refused", "could not connect"],
            "connect-refused",
            "nothing listens there",
            "Start the server, or correct the host and port.",
        ),
        (
            &["timed_out", "timed out", "timeout"],
            "connect-timeout",
            "the server did not answer in time",
            "See that the server runs and can be reached from the browser's machine.",
        ),
        (
            &[
                "connection_reset",
                "connection_closed",
                "empty_response",
                "protocol_error",
                "http2",
                "quic",
                "connection was lost",
                "terminated",
                "socket",
            ],
            "reset",
            "the connection broke before an answer came",
            "Look at the log of the server, and of the proxy in front of it.",
        ),
        (
            &[
                "unreachable",
                "internet_disconnected",
                "network_changed",
                "proxy_connection",
                "tunnel_connection",
                "offline",
                "err_address",
            ],
            "connect",
            "the server could not be reached",
            "See that the browser's machine is online, and that no proxy or firewall is in the way.",
        ),
    ];
    for (words, kind, message, hint) in phases {
        if has(words) {
            return NetError::Nothing(nothing(
                kind,
                &format!("The browser recorded `{text}`: {message}."),
                hint,
            ));
        }
    }
    NetError::Unsaid
}

/// No response, and why.
pub(super) fn nothing(kind: &str, message: &str, hint: &str) -> Seen {
    Seen::Nothing { kind: kind.to_owned(), message: message.to_owned(), hint: hint.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> String {
        match net_error(text) {
            NetError::Nothing(Seen::Nothing { kind, .. }) => kind,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn phases_are_told_apart() {
        for (text, expected) in [
            ("net::ERR_CONNECTION_REFUSED", "connect-refused"),
            ("net::ERR_NAME_NOT_RESOLVED", "dns"),
            ("net::ERR_CERT_AUTHORITY_INVALID", "tls"),
            ("net::ERR_CONNECTION_TIMED_OUT", "connect-timeout"),
            ("net::ERR_HTTP2_PROTOCOL_ERROR", "reset"),
            ("net::ERR_INTERNET_DISCONNECTED", "connect"),
            ("Could not connect to localhost: Connection refused", "connect-refused"),
            ("The network connection was lost.", "reset"),
            ("net::ERR_FAILED", "Unsaid"),
            ("net::ERR_ABORTED", "Cancelled"),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
        assert!(matches!(net_error("net::ERR_BLOCKED_BY_CLIENT"), NetError::Stopped(_)));
    }
}
