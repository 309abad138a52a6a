//! What the servers have of their own, outside every scenario: the page, its frame, its cookies.
//!
//! Knows no scenario.

use corsac_browser::HeaderList;

use super::request_head::RequestHead;
use super::script::Reply;
use crate::page;

/// Where the page is, on every server.
pub const PAGE: &str = "/.page";
/// Where the page's frame is.
pub const FRAME: &str = "/.frame";
/// What sets the cookies of the host, as a page and as a call.
pub const COOKIES: &str = "/.cookies";
/// What answers any call and any preflight with yes.
pub const WARM_UP: &str = "/.warm-up";

/// The cookies that a host with cookies has, as they are sent.
pub const COOKIE_HEADER: &str = "a=1; b=2";

/// The answer to a request outside every scenario.
pub(crate) fn answer(head: &RequestHead) -> Option<(Reply, Vec<u8>)> {
    let path = head.target.split('?').next().unwrap_or_default();
    match path {
        PAGE => Some(html(&page::html())),
        FRAME => Some(html(&page::frame())),
        COOKIES => {
            let mut headers = yes_to(&head.headers);
            for cookie in COOKIE_HEADER.split("; ") {
                headers.push((
                    "Set-Cookie".into(),
                    format!("{cookie}; Path=/; Secure; SameSite=None").into_bytes(),
                ));
            }
            Some(with_body(headers, "Cookies are set."))
        }
        WARM_UP => Some(with_body(yes_to(&head.headers), "")),
        "/favicon.ico" => Some(with_body(Vec::new(), "")),
        _ => None,
    }
}

fn html(text: &str) -> (Reply, Vec<u8>) {
    with_body(vec![("Content-Type".into(), b"text/html;charset=utf-8".to_vec())], text)
}

fn with_body(mut headers: Vec<(String, Vec<u8>)>, text: &str) -> (Reply, Vec<u8>) {
    headers.push(("Cache-Control".into(), b"no-store".to_vec()));
    headers.push(("Content-Length".into(), text.len().to_string().into_bytes()));
    (Reply::Respond { status: 200, headers }, text.as_bytes().to_vec())
}

/// Leave for whoever asks, for whatever is asked.
fn yes_to(request: &HeaderList) -> Vec<(String, Vec<u8>)> {
    let asked = |name: &str| request.get(name).unwrap_or_else(|| b"*".to_vec());
    vec![
        ("Access-Control-Allow-Origin".into(), asked("Origin")),
        ("Access-Control-Allow-Credentials".into(), b"true".to_vec()),
        ("Access-Control-Allow-Methods".into(), asked("Access-Control-Request-Method")),
        ("Access-Control-Allow-Headers".into(), asked("Access-Control-Request-Headers")),
        ("Access-Control-Max-Age".into(), b"60".to_vec()),
    ]
}
