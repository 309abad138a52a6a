//! What a generated script asks for: methods, headers and bodies that are just about harmless, or just not.

use corsac_vectors::Text;

use super::dice::Dice;
use crate::vector::{BodyData, CallData};

const METHODS: &[(u32, &str)] = &[
    (34, "GET"),
    (20, "POST"),
    (10, "PUT"),
    (6, "DELETE"),
    (6, "PATCH"),
    (6, "HEAD"),
    (2, "OPTIONS"),
    (2, "get"),
    (2, "pOsT"),
    (2, "patch"),
    (1, "Put"),
    (1, "delete"),
    (1, "head"),
    (1, "options"),
    (2, "CHICKEN"),
    (1, "chicken"),
    (1, "QUERY"),
    (1, "PATCh"),
    (1, "X-Y!"),
    (1, "*"),
    (1, "TRACE"),
    (1, "connect"),
    (1, "GE T"),
    (1, ""),
];

const SAFE_TYPES: &[&str] =
    &["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "Text/Plain", "TEXT/PLAIN"];

const TYPES: &[&str] = &[
    "application/json",
    "application/json;charset=utf-8",
    "text/html",
    "text/plain;charset=utf-8",
    "text/plain; charset=utf-8",
    "text/plain;",
    "text/plain;;",
    "text/plain ; a=b",
    "text/plain;a=\"b\"",
    "text/plain;a=(b)",
    "text/plain,application/json",
    "application/json,text/plain",
    "text/plain, text/plain",
    "text/plain/x",
    "text",
    "",
    " ",
    "text/ plain",
    "text /plain",
    "/plain",
    "text/",
    "*/*",
    "application/x-www-form-urlencoded;charset=utf-8",
    "multipart/form-data; boundary=x",
    "multipart/form-data;boundary=\"x y\"",
    "text/plain;{",
    "text/plain\u{e9}",
    "text/plain;a=\u{e9}",
    "application/csp-report",
    "application/grpc",
    "text/plain;a=b;c",
    "text/plain;charset",
    "text/xml",
    "application/octet-stream",
    "\"text/plain\"",
    "text/plain\u{1}",
];

const RANGES: &[&str] = &[
    "bytes=0-1",
    "bytes=0-",
    "bytes=-5",
    "bytes=5-1",
    "bytes=0-1,3-4",
    "BYTES=0-1",
    "bytes = 0-1",
    "bytes=0 -1",
    "bytes= 0-1",
    "bytes=00-01",
    "bytes=",
    "bytes=-",
    "bytes=a-b",
    "bytes",
    "bytes=0-1 ",
    "items=0-1",
    "",
    "bytes=0-1;",
    "bytes=+0-1",
    "bytes=0-18446744073709551616",
    "bytes=0\t-1",
    "bytes=1-1",
];

const LANGUAGES: &[&str] = &[
    "de",
    "de, en;q=0.5",
    "*",
    "",
    "de_DE",
    "de\u{e9}",
    "de(x)",
    "de=1",
    "de;q=\"1\"",
    "de:en",
    "a/b",
    "de'x",
    "de!",
];

const ACCEPTS: &[&str] = &[
    "*/*",
    "application/json",
    "text/html;q=0.5",
    "",
    "a\"b",
    "a(b",
    "a:b",
    "a<b",
    "a?b",
    "a@b",
    "a[b",
    "a\\b",
    "a]b",
    "a{b",
    "a}b",
    "a\tb",
    "a\u{1}b",
    "a\u{7f}b",
    "a\u{80}b",
    "a\u{e9}b",
    "\u{ff}",
    "a'b",
    "a/b",
    "a=b",
];

/// Names that need leave, or that nobody may set.
const OTHERS: &[(u32, &str)] = &[
    (20, "X-A"),
    (10, "x-b"),
    (6, "X-Custom-Header"),
    (12, "Authorization"),
    (3, "X-Requested-With"),
    (2, "DNT"),
    (2, "Cookie"),
    (1, "Host"),
    (1, "Origin"),
    (2, "Referer"),
    (1, "Sec-Fetch-Site"),
    (1, "Sec-Anything"),
    (1, "Proxy-Authorization"),
    (1, "Proxy"),
    (2, "Access-Control-Request-Method"),
    (2, "Access-Control-Request-Headers"),
    (1, "Access-Control-Request-Private-Network"),
    (2, "Access-Control-Allow-Origin"),
    (2, "X-HTTP-Method-Override"),
    (1, "X-Method-Override"),
    (1, "X-HTTP-Method"),
    (2, "If-None-Match"),
    (2, "If-Modified-Since"),
    (2, "Cache-Control"),
    (2, "Pragma"),
    (1, "Accept-Encoding"),
    (1, "Accept-Charset"),
    (1, "Content-Length"),
    (1, "Content-Encoding"),
    (1, "Content-Disposition"),
    (1, "Date"),
    (1, "Expect"),
    (1, "Keep-Alive"),
    (1, "Connection"),
    (1, "TE"),
    (1, "Trailer"),
    (1, "Transfer-Encoding"),
    (1, "Upgrade"),
    (1, "Via"),
    (1, "Set-Cookie"),
    (2, "User-Agent"),
    (1, "DPR"),
    (1, "Save-Data"),
    (1, "Viewport-Width"),
    (1, "Width"),
    (1, "Device-Memory"),
    (1, "RTT"),
    (1, "Downlink"),
    (1, "ECT"),
    (1, "Content-Location"),
    (1, "Last-Event-ID"),
    (1, "Traceparent"),
    (1, "Priority"),
    (1, "X-\u{e9}"),
    (1, "X Y"),
    (1, "*"),
    (1, "Purpose"),
    (1, "Range-Unit"),
    (1, "If-Range"),
    (1, "Upgrade-Insecure-Requests"),
    (1, "Service-Worker"),
    (1, "Intervention"),
];

const VALUES: &[(u32, &str)] = &[
    (40, "1"),
    (6, ""),
    (4, " 1 "),
    (2, "\t1"),
    (2, "a, b"),
    (2, "\u{e9}"),
    (1, "a\nb"),
    (1, "1\r\n"),
    (1, "a\u{0}b"),
    (4, "Bearer abc"),
    (2, "TRACE"),
    (2, "PUT"),
    (1, "connect, GET"),
    (2, "on"),
    (2, "2.0"),
    (1, "3g"),
    (1, "x\u{7f}"),
];

/// The method of a call.
pub(super) fn method(dice: &mut Dice) -> Option<String> {
    let method = dice.weighted(METHODS);
    (method != "GET" || dice.percent(20)).then(|| method.to_owned())
}

/// The headers of a call.
pub(super) fn headers(dice: &mut Dice) -> Vec<(String, Text)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    if dice.percent(4) {
        near_the_sum(dice, &mut headers);
    }
    for _ in 0..dice.weighted(&[(38, 0), (32, 1), (18, 2), (8, 3), (4, 5)]) {
        let header = header(dice);
        if dice.percent(6) {
            headers.push((dice.odd_case(&header.0), header.1.clone()));
        }
        headers.push(header);
    }
    headers.into_iter().map(|(name, value)| (name, Text::Plain(value))).collect()
}

fn header(dice: &mut Dice) -> (String, String) {
    let (name, value) = match dice.weighted(&[(14, 0), (8, 1), (6, 2), (24, 3), (10, 4), (38, 5)]) {
        0 => ("Accept", value_of(dice, ACCEPTS)),
        1 => ("Accept-Language", value_of(dice, LANGUAGES)),
        2 => ("Content-Language", value_of(dice, LANGUAGES)),
        3 => ("Content-Type", content_type(dice)),
        4 => ("Range", dice.pick(RANGES).to_owned()),
        _ => (dice.weighted(OTHERS), dice.weighted(VALUES).to_owned()),
    };
    let name = if dice.percent(12) { dice.odd_case(name) } else { name.to_owned() };
    let value = match dice.below(30) {
        0 => format!(" {value}"),
        1 => format!("{value}\t"),
        _ => value,
    };
    (name, value)
}

/// One of the list, or one that is nearly too long.
fn value_of(dice: &mut Dice, list: &[&str]) -> String {
    if dice.percent(18) { "a".repeat(126 + dice.below(5)) } else { dice.pick(list).to_owned() }
}

fn content_type(dice: &mut Dice) -> String {
    match dice.below(10) {
        0 => {
            let parameter = "text/plain;a=";
            format!("{parameter}{}", "b".repeat(127 + dice.below(4) - parameter.len()))
        }
        1..=3 => dice.pick(SAFE_TYPES).to_owned(),
        _ => dice.pick(TYPES).to_owned(),
    }
}

/// Safe headers whose values come to about 1,024 bytes together.
fn near_the_sum(dice: &mut Dice, headers: &mut Vec<(String, String)>) {
    let names = ["Accept", "Accept-Language", "Content-Language"];
    let target = 1020 + dice.below(9);
    let mut sum = 0;
    while sum < target {
        let length = (target - sum).min(128);
        headers.push((names[headers.len() % names.len()].to_owned(), "a".repeat(length)));
        sum += length;
    }
}

/// The body of a call.
pub(super) fn body(dice: &mut Dice, call: &CallData) -> Option<BodyData> {
    let method = call.method.as_deref().unwrap_or("GET").to_ascii_uppercase();
    let is_usual = !matches!(method.as_str(), "GET" | "HEAD");
    if !dice.percent(if is_usual { 55 } else { 3 }) {
        return None;
    }
    let types = ["", "text/plain", "application/json", "TEXT/plain", "text/plain;a=b", "image/png"];
    Some(match dice.below(5) {
        0 => BodyData::Text("hello".into()),
        1 => BodyData::UrlEncoded("a=1&b=2".into()),
        2 => BodyData::Multipart(vec![("a".into(), "1".into())]),
        3 => BodyData::Blob { content_type: dice.pick(&types).to_owned(), text: "{}".into() },
        _ => BodyData::Bytes("\u{0}\u{ff}".into()),
    })
}
