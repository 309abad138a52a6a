//! What the servers of a generated scenario answer: mostly right, and often just not.

use corsac_vectors::Text;

use super::dice::Dice;
use crate::vector::{AnswerData, CallData};

/// What an answer has to be right about.
pub(super) struct Asked<'a> {
    /// The page's origin, or `null`.
    pub(super) page: &'a str,
    /// Whether the request's origin may have been tainted.
    pub(super) tainted: bool,
    /// The call.
    pub(super) call: &'a CallData,
}

type Lines = Vec<(String, Text)>;

const METHOD_LISTS: &[&str] = &[
    "*",
    "",
    ",",
    "GET",
    "PUT",
    "GET, PUT",
    "get, put",
    "PUT, ",
    ", ,PUT,,",
    "GET,PUT,DELETE,PATCH,POST",
    "P UT",
    "PUT; DELETE",
    "\"PUT\"",
    "PUT\tDELETE",
    " PUT",
    "*, PUT",
    "* ",
    "PATCH, patch, CHICKEN, chicken",
    "PUT,\u{e9}",
    "POST",
    "\t,\tPUT\t",
    "/",
    "PUT DELETE",
];
const HEADER_LISTS: &[&str] = &[
    "*",
    "",
    ",",
    "X-A",
    "x-a, X-B",
    "content-type",
    "Content-Type, X-A,X-B, Authorization",
    "*, Authorization",
    "authorization",
    "X-A; X-B",
    "X A",
    "\"X-A\"",
    ",x-a,,content-type,",
    "X-A\t,\tContent-Type",
    "\u{e9}",
    "*,*",
    "content-type,x-a,x-b,authorization,range,accept,accept-language,content-language,user-agent,x-custom-header",
    "x-a x-b",
];
const EXPOSED: &[&str] = &[
    "*",
    "",
    "X-A",
    "x-a,x-b",
    "X-A, , ETag",
    "*, X-A",
    "X-A; X-B",
    "no no",
    "*, no no",
    "no no, *",
    "\"X-A\"",
    "Set-Cookie",
    "Set-Cookie, X-A",
    "X-A\t",
    ",",
    "**",
    "x-a x-b",
    "X-Absent",
    "Location, Date",
    "X-A,\u{e9}",
    "Authorization",
];
const AGES: &[&str] = &[
    "0",
    "600",
    "-1",
    "abc",
    "",
    "1.5",
    "100, 200",
    "+100",
    "600 ",
    "99999999999999999999",
    "0x10",
    "\"600\"",
    "86400",
];
const OTHER_STATUSES: &[u16] = &[
    200, 201, 202, 203, 204, 205, 206, 226, 299, 300, 304, 305, 306, 400, 401, 403, 404, 405, 410, 418, 429,
    500, 502, 503, 511, 599, 680,
];

/// `network-error`, now and then.
fn none(dice: &mut Dice) -> bool {
    dice.percent(1)
}

/// The answer to a preflight.
pub(super) fn preflight(dice: &mut Dice, asked: &Asked<'_>) -> AnswerData {
    if none(dice) {
        return AnswerData::Word("network-error".into());
    }
    let mut lines = Lines::new();
    origin(dice, asked, &mut lines);
    credentials(dice, asked, &mut lines);
    let method = asked.call.method.as_deref().unwrap_or("GET");
    list(dice, &mut lines, "Access-Control-Allow-Methods", METHOD_LISTS, &right_method(method));
    list(dice, &mut lines, "Access-Control-Allow-Headers", HEADER_LISTS, &right_headers(asked.call));
    if dice.percent(35) {
        push(&mut lines, "Access-Control-Max-Age", dice.pick(AGES));
        if dice.percent(8) {
            push(&mut lines, "Access-Control-Max-Age", dice.pick(AGES));
        }
    }
    let status = match dice.below(100) {
        0..=44 => 204,
        45..=87 => 200,
        88..=90 => dice.pick(&[301, 302, 303, 307, 308]),
        _ => dice.pick(OTHER_STATUSES),
    };
    if matches!(status, 300..=399) && dice.percent(70) {
        push(&mut lines, "Location", dice.pick(&["/elsewhere", "https://b.example/x", ""]));
    }
    AnswerData::Response { status, headers: lines }
}

/// The answer to an actual request that is not redirected.
pub(super) fn last(dice: &mut Dice, asked: &Asked<'_>) -> AnswerData {
    if none(dice) {
        return AnswerData::Word("network-error".into());
    }
    let mut lines = Lines::new();
    cors(dice, asked, &mut lines);
    for (name, values) in [
        ("X-A", &["1", "", "\u{e9}"][..]),
        ("x-b", &["2"]),
        ("ETag", &["\"1\""]),
        ("Content-Type", &["text/plain", "application/json", "text/html", "image/png", "x", ""]),
        ("Content-Language", &["de"]),
        ("Cache-Control", &["no-store", "no-cache, private"]),
        ("Pragma", &["no-cache"]),
        ("Expires", &["0", "Thu, 01 Jan 1970 00:00:00 GMT"]),
        ("Set-Cookie", &["c=3", "d=4"]),
        ("Set-Cookie2", &["c=3"]),
        ("Location", &["/elsewhere"]),
        ("Date", &["Thu, 01 Jan 1970 00:00:00 GMT"]),
        ("Vary", &["Origin", "*"]),
        ("Authorization", &["x"]),
        ("Accept", &["x"]),
        ("Access-Control-Allow-Methods", &["*"]),
        ("X-Content-Type-Options", &["x"]),
    ] {
        let chance = if name == "X-A" { 45 } else { 9 };
        if dice.percent(chance) {
            let name = if dice.percent(10) { dice.odd_case(name) } else { name.to_owned() };
            push(&mut lines, &name, dice.pick(values));
            if dice.percent(8) {
                push(&mut lines, &name, dice.pick(values));
            }
        }
    }
    if dice.percent(45) {
        push(&mut lines, "Access-Control-Expose-Headers", dice.pick(EXPOSED));
        if dice.percent(12) {
            push(&mut lines, "Access-Control-Expose-Headers", dice.pick(EXPOSED));
        }
    }
    let chance = if asked.call.mode.as_deref() == Some("no-cors") { 40 } else { 3 };
    if dice.percent(chance) {
        let policies =
            ["cross-origin", "same-origin", "same-site", "Same-Origin", "same-origin, same-origin", "x", ""];
        push(&mut lines, "Cross-Origin-Resource-Policy", dice.pick(&policies));
    }
    let status = if dice.percent(85) { 200 } else { dice.pick(OTHER_STATUSES) };
    AnswerData::Response { status, headers: lines }
}

/// The answer to an actual request that is redirected.
pub(super) fn redirect(dice: &mut Dice, asked: &Asked<'_>, location: &str) -> AnswerData {
    let mut lines = Lines::new();
    cors(dice, asked, &mut lines);
    match dice.below(40) {
        0 => {}
        1 => {
            push(&mut lines, "Location", location);
            push(&mut lines, "Location", location);
        }
        2 => push(&mut lines, "Location", &format!(" {location} ")),
        _ => push(&mut lines, "Location", location),
    }
    let status = dice.pick(&[301, 302, 302, 303, 307, 307, 308, 308]);
    AnswerData::Response { status, headers: lines }
}

fn cors(dice: &mut Dice, asked: &Asked<'_>, lines: &mut Lines) {
    origin(dice, asked, lines);
    credentials(dice, asked, lines);
}

/// `Access-Control-Allow-Origin`
fn origin(dice: &mut Dice, asked: &Asked<'_>, lines: &mut Lines) {
    const NAME: &str = "Access-Control-Allow-Origin";
    let page = asked.page;
    let includes = asked.call.credentials.as_deref() == Some("include");
    let right = match (includes, asked.tainted) {
        (true, true) => dice.weighted(&[(70, "null"), (30, page)]),
        (true, false) => page,
        (false, true) => dice.weighted(&[(50, "*"), (35, "null"), (15, page)]),
        (false, false) => dice.weighted(&[(55, "*"), (45, page)]),
    };
    let value = match dice.below(100) {
        0..=81 => right.to_owned(),
        82 | 83 => return,
        84 => "*".to_owned(),
        85 => "null".to_owned(),
        86 => page.to_owned(),
        87 => format!(" {right}\t"),
        88 => format!("{page}/"),
        89 => page.to_uppercase(),
        90 => page.replace("app.", "APP."),
        91 => page.replace("https:", "http:"),
        92 => format!("{page}:443"),
        93 => format!("{page}, {page}"),
        94 => format!("{page} https://b.example"),
        95 => {
            push(lines, NAME, right);
            dice.pick(&["*", "null", "", "https://b.example"]).to_owned()
        }
        96 => "https://b.example".to_owned(),
        97 => format!("\u{b}{right}"),
        98 => format!("{right},"),
        _ => dice
            .pick(&["", "**", "NULL", "*, *", "app.example", "https://*.example", "true", "\u{e9}"])
            .to_owned(),
    };
    push(lines, NAME, &value);
}

/// `Access-Control-Allow-Credentials`
fn credentials(dice: &mut Dice, asked: &Asked<'_>, lines: &mut Lines) {
    const NAME: &str = "Access-Control-Allow-Credentials";
    let includes = asked.call.credentials.as_deref() == Some("include");
    if !dice.percent(if includes { 94 } else { 15 }) {
        return;
    }
    let odd = ["True", "TRUE", "1", "true, true", " true ", "", "false", "yes", "true\u{b}", "\"true\""];
    let value = if dice.percent(90) { "true" } else { dice.pick(&odd) };
    push(lines, NAME, value);
    if dice.percent(2) {
        push(lines, NAME, "true");
    }
}

/// A list header: right, odd, in two lines, or not at all.
fn list(dice: &mut Dice, lines: &mut Lines, name: &str, odd: &[&str], right: &str) {
    match dice.below(100) {
        0..=59 => push(lines, name, right),
        60..=69 => push(lines, name, "*"),
        70..=76 => {}
        77..=82 => {
            push(lines, name, dice.pick(odd));
            push(lines, name, right);
        }
        83 => push(lines, name, &format!("{right}, {}", dice.pick(odd))),
        _ => push(lines, name, dice.pick(odd)),
    }
}

fn right_method(method: &str) -> String {
    let upper = method.to_ascii_uppercase();
    match upper.as_str() {
        "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "OPTIONS" => format!("GET, {upper}"),
        _ => method.to_owned(),
    }
}

fn right_headers(call: &CallData) -> String {
    let mut names: Vec<_> = call
        .headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .filter(|name| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
        .collect();
    names.push("content-type".into());
    names.dedup();
    names.join(", ")
}

fn push(lines: &mut Lines, name: &str, value: &str) {
    lines.push((name.to_owned(), Text::Plain(value.to_owned())));
}
