//! `Access-Control-Request-Headers` against a list of names: nothing is granted that the list does not have.
//!
//! ```text
//! 01                                       any header, credentials
//! X-A                                      the names that are listed
//! X-B
//!
//! x-a, x-b                                 the field lines of the request
//! ```
#![no_main]

use arbitrary::Arbitrary;
use corsac::{Policy, PolicyConfig, Reason, is_cors_response_header, is_forbidden_request_header};
use corsac_fuzz::{allows_header, allows_headers, is_token, names};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue,
    ORIGIN,
};
use http::{HeaderMap, Method};
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Asked<'a> {
    any: bool,
    credentials: bool,
    text: &'a [u8],
}

fuzz_target!(|asked: Asked<'_>| {
    let mut lines = asked.text.split(|byte| *byte == b'\n').skip_while(|line| line.is_empty());
    let listed = lines.by_ref().take_while(|line| !line.is_empty()).filter_map(sound).map(str::to_owned);
    let config = PolicyConfig {
        allow_origins: vec!["https://app.example".into()],
        allow_credentials: asked.credentials,
        allow_headers: listed.chain(asked.any.then(|| "*".to_owned())).collect(),
        ..PolicyConfig::default()
    };
    let policy = config.clone().into_policy().expect("sound names make a policy");
    let mut request = HeaderMap::new();
    request.insert(ORIGIN, HeaderValue::from_static("https://app.example"));
    request.insert(ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("GET"));
    for value in lines.filter_map(|line| HeaderValue::from_bytes(line).ok()) {
        request.append(ACCESS_CONTROL_REQUEST_HEADERS, value);
    }
    check(&config, &policy, &request);
});

/// A name that a policy can list.
fn sound(line: &[u8]) -> Option<&str> {
    let name = std::str::from_utf8(line).ok().filter(|name| is_token(name.as_bytes()))?;
    (!is_cors_response_header(name) && !is_forbidden_request_header(name)).then_some(name)
}

fn check(config: &PolicyConfig, policy: &Policy, request: &HeaderMap) {
    let lines: Vec<&[u8]> =
        request.get_all(ACCESS_CONTROL_REQUEST_HEADERS).iter().map(HeaderValue::as_bytes).collect();
    let decision = policy.decide(Method::OPTIONS, request);
    assert_eq!(decision.reason().is_allowed(), allows_headers(config, &lines), "{}", decision.reason());
    match decision.reason() {
        Reason::HeaderNotAllowed(name) => {
            assert!(!allows_header(config, name), "it is listed");
            assert!(names(&lines).any(|asked| asked == name), "nobody asked for it");
        }
        Reason::MalformedRequestHeaders => assert!(names(&lines).any(|name| !is_token(name))),
        _ => {}
    }
    let mut response = HeaderMap::new();
    decision.headers().apply(&mut response);
    let granted = response.get(ACCESS_CONTROL_ALLOW_HEADERS).map(HeaderValue::as_bytes);
    let told: Vec<&[u8]> = names(granted.as_slice()).collect();
    for name in names(&lines).filter(|name| is_token(name)) {
        // What a browser makes of the answer: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>, step 7.7.
        let starred = told.contains(&&b"*"[..])
            && !config.allow_credentials
            && !name.eq_ignore_ascii_case(b"authorization");
        let browser_sends = starred || told.iter().any(|told| told.eq_ignore_ascii_case(name));
        let name = String::from_utf8_lossy(name);
        assert!(
            browser_sends || !decision.reason().is_allowed(),
            "{name} is allowed, and the browser not told"
        );
        assert!(
            !browser_sends || allows_header(config, name.as_bytes()),
            "{name} is not listed, and is granted"
        );
    }
}
