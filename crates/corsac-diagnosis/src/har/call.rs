//! The call as the page's script must have written it, for its requests to come out as they were recorded.

use corsac_browser::{Body, Call, CredentialsMode, Initiator, Mode};

use super::entry::Entry;

/// Request headers that browsers add on their own, beside those that no script can set.
const ADDED: [&str; 20] = [
    "accept",
    "accept-language",
    // DevTools adds these two while its cache is off.
    "cache-control",
    "pragma",
    "device-memory",
    "downlink",
    "dpr",
    "ect",
    "if-modified-since",
    "if-none-match",
    "priority",
    "purpose",
    "range",
    "rtt",
    "save-data",
    "upgrade-insecure-requests",
    "user-agent",
    "viewport-width",
    "width",
    "x-client-data",
];

/// The call behind these entries. At least one of the two is there; a preflight tells what the call would have been.
pub(super) fn call_of(
    actual: Option<&Entry>,
    preflight: Option<&Entry>,
    credentials: CredentialsMode,
) -> Option<Call> {
    let first = actual.or(preflight)?;
    let mut call = Call::new(first.url.clone());
    call.credentials = credentials;
    if let Some(entry) = actual {
        call.method.clone_from(&entry.method);
        if entry.header("sec-fetch-mode").as_deref() == Some("same-origin") {
            call.mode = Mode::SameOrigin;
        }
        if entry.resource.as_deref() == Some("xhr") {
            call.initiator = Initiator::Xhr;
        }
    } else if let Some(method) = first.header("access-control-request-method") {
        call.method = method;
    }
    let asked = preflight.map(asked);
    let is_asked = |name: &str| asked.as_ref().is_some_and(|asked| asked.iter().any(|asked| asked == name));
    for (name, value) in actual.iter().flat_map(|entry| entry.headers.iter()) {
        let lower = name.to_ascii_lowercase();
        if corsac::is_forbidden_request_header(&lower)
            || (ADDED.contains(&lower.as_str()) && !is_asked(&lower))
        {
            continue;
        }
        // What needs leave is in the preflight's list; anything else that would need it came later, and not from the
        // script.
        if asked.is_none() || is_asked(&lower) || lower == "content-type" {
            call.headers.append(name, value);
        }
    }
    // Taken out of the file, or recorded before they were set.
    for name in
        asked.iter().flatten().filter(|name| !call.headers.contains(name)).cloned().collect::<Vec<_>>()
    {
        let stand_in = if name == "content-type" { "application/json" } else { "1" };
        call.headers.append(name, stand_in);
    }
    let needs_no_leave =
        asked.as_ref().is_some_and(Vec::is_empty) && corsac::is_safelisted_method(&call.method);
    if needs_no_leave {
        // Asked all the same: somebody listens to the upload.
        call.initiator = Initiator::Xhr;
        call.upload_listener = true;
        call.body = Some(Body::Text(String::new()));
    }
    Some(call)
}

fn asked(preflight: &Entry) -> Vec<String> {
    let names = preflight.header("access-control-request-headers").unwrap_or_default();
    names.split(',').map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty()).collect()
}
