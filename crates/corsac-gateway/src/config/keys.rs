//! The keys of a file, where several tables need to know each other's: a key in the wrong table is told where it belongs.

/// At the top of the file.
pub(super) const FILE: &[&str] =
    &["listen", "admin", "trusted_proxies", "tls", "timeouts", "limits", "policies", "routes"];

/// Of a certificate, below `[tls]`.
pub(super) const TLS: &[&str] = &["certificate", "key"];

/// Of a route.
pub(super) const ROUTE: &[&str] = &[
    "path",
    "upstream",
    "health",
    "allow_private_addresses",
    "files",
    "policy",
    "shadow_policy",
    "set_request_headers",
    "max_body",
    "max_response",
    "rate_limit",
    "rate_burst",
    "pass_credentials",
    "cache",
];
