//! Scenarios from a seed, most of them near misses.
//!
//! Each has chance of its own, so that one can be made again without the others. They are cases as those of
//! `vectors/browser` are; what is right about them, the engine says.

mod answer;
mod dice;
mod request;

use crate::scenario::{Frame, Scenario};
use crate::vector::{CallData, Case, Expect, StepData, Then};
use answer::Asked;
use dice::Dice;

/// How long the wait for a preflight cache's default five seconds is, in seconds.
const EXPIRY: f64 = 5.4;

const PAGES: &[(u32, (&str, Frame))] = &[
    (86, ("https://app.example", Frame::Page)),
    (6, ("null", Frame::Sandboxed)),
    (4, ("null", Frame::Data)),
    (4, ("http://localhost:3000", Frame::Page)),
];

/// The scenario of a seed and a number.
#[must_use]
pub fn scenario(seed: u64, number: usize) -> Scenario {
    let dice = &mut Dice::of(seed, number);
    let (page, frame) = dice.weighted(PAGES);
    let mut call = call(dice, page, frame);
    let hops = hops(dice, page, &call);
    call.url.clone_from(&hops[0]);
    let exchange = exchange(dice, page, &call, &hops);
    let mut case = Case {
        id: format!("g{number}"),
        page: (page != crate::vector::DEFAULT_PAGE).then(|| page.to_owned()),
        call,
        exchange,
        then: Vec::new(),
    };
    if dice.percent(16) {
        again(dice, &mut case);
    }
    Scenario { case, frame }
}

/// The number of a generated scenario; nothing where the name is not one's.
#[must_use]
pub fn number_of(id: &str) -> Option<usize> {
    id.strip_prefix('g')?.trim_end_matches("@data").parse().ok()
}

/// The call, but for its URL.
fn call(dice: &mut Dice, page: &str, frame: Frame) -> CallData {
    let is_xhr = dice.percent(10);
    let mut call =
        CallData { method: request::method(dice), headers: request::headers(dice), ..CallData::default() };
    let word = |word: &str| (!word.is_empty()).then(|| word.to_owned());
    if is_xhr {
        call.initiator = Some("xhr".into());
        call.credentials = word(dice.weighted(&[(65, ""), (35, "include")]));
        call.upload_listener = dice.percent(25);
    } else {
        call.mode = word(dice.weighted(&[(84, ""), (11, "no-cors"), (5, "same-origin")]));
        call.credentials = word(dice.weighted(&[(55, ""), (33, "include"), (12, "omit")]));
        call.redirect = word(dice.weighted(&[(90, ""), (5, "error"), (5, "manual")]));
    }
    call.body = request::body(dice, &call);
    if frame == Frame::Page && page.starts_with("https:") && dice.percent(20) {
        call.cookies = Some("a=1; b=2".into());
    }
    call
}

/// Where the call goes, and where redirects send it on.
fn hops(dice: &mut Dice, page: &str, call: &CallData) -> Vec<String> {
    let own = if page == "null" { "https://app.example" } else { page };
    // Cookies that are marked secure do not go where anybody could read them.
    let plain = if call.cookies.is_some() { "https://b.example" } else { "http://a.example" };
    let origins = [
        (50, "https://api.example"),
        (14, own),
        (12, "https://a.example"),
        (12, "https://b.example"),
        (5, "https://app.example:8443"),
        (4, "https://api.example:8443"),
        (3, plain),
    ];
    let first = [
        (77, "https://api.example"),
        (14, own),
        (5, "https://app.example:8443"),
        (3, plain),
        (1, "https://api.example:6667"),
    ];
    let count = dice.weighted(&[(72, 0), (18, 1), (8, 2), (2, 3)]);
    let mut hops =
        vec![format!("{}/v1/0{}", dice.weighted(&first), dice.weighted(&[(90, ""), (5, "?q=1"), (5, "#f")]))];
    for number in 1..=count {
        let origin = dice.weighted(&origins);
        hops.push(format!("{origin}/v1/{number}"));
    }
    hops
}

/// An answer to everything that may be asked.
fn exchange(dice: &mut Dice, page: &str, call: &CallData, hops: &[String]) -> Vec<StepData> {
    let mut steps = Vec::new();
    let origin_of = |url: &str| url.split('/').take(3).collect::<Vec<_>>().join("/");
    let mut tainted = false;
    for (number, url) in hops.iter().enumerate() {
        if number > 1 {
            let before = origin_of(&hops[number - 1]);
            tainted |= before != origin_of(url) && before != page;
        } else if number == 1 {
            let before = origin_of(&hops[0]);
            tainted |= before != origin_of(url) && before != page;
        }
        let asked = Asked { page, tainted, call };
        let expect = |kind: &str| Expect { kind: kind.to_owned(), url: (number > 0).then(|| url.clone()) };
        steps.push(StepData { expect: expect("preflight"), answer: answer::preflight(dice, &asked) });
        let answer = match hops.get(number + 1) {
            Some(next) => {
                let location = location(dice, url, next);
                answer::redirect(dice, &asked, &location)
            }
            None => answer::last(dice, &asked),
        };
        steps.push(StepData { expect: expect("actual"), answer });
    }
    steps
}

/// A `Location` that leads from one URL to the next, or nearly so.
fn location(dice: &mut Dice, from: &str, to: &str) -> String {
    let path = to.splitn(4, '/').nth(3).unwrap_or_default();
    let same_origin = from.split('/').take(3).eq(to.split('/').take(3));
    let authority = to.split('/').nth(2).unwrap_or_default();
    match dice.below(50) {
        0 => to.replace("://", "://u:p@"),
        1 => to.replace("://", "://u@"),
        2 => to.replace("://", "://:@"),
        3 => dice
            .pick(&[
                "data:,x",
                "file:///etc/hosts",
                "https://[x/",
                "app-data://x",
                "ftp://b.example/x",
                "javascript:1",
                "wss://b.example/x",
                "blob:https://b.example/1",
            ])
            .to_owned(),
        4 => format!("{to}#x"),
        5 => format!("https://{authority}:6667/{path}"),
        6 if to.starts_with("https:") => format!("//{authority}/{path}"),
        7..=20 if same_origin => format!("/{path}"),
        _ => to.to_owned(),
    }
}

/// Further calls of the same page: whether a preflight is asked again.
fn again(dice: &mut Dice, case: &mut Case) {
    // Nothing but the preflight cache is to answer.
    for step in &mut case.exchange {
        if let crate::vector::AnswerData::Response { headers, .. } = &mut step.answer {
            headers
                .retain(|(name, _)| !["cache-control", "expires"].contains(&&name.to_ascii_lowercase()[..]));
            headers.push(("Cache-Control".into(), corsac_vectors::Text::Plain("no-store".into())));
        }
    }
    let waits = dice.percent(4);
    for _ in 0..=usize::from(dice.percent(30)) {
        let mut call = case.call.clone();
        match dice.below(12) {
            0 => call.method = request::method(dice),
            1 => call.headers = request::headers(dice),
            2 => call.credentials = None,
            3 if call.initiator.is_none() => call.credentials = Some("omit".into()),
            4 => call.credentials = Some("include".into()),
            5 => call.headers.truncate(1),
            _ => {}
        }
        case.then.push(Then { at: if waits { EXPIRY } else { 0.0 }, call, exchange: Vec::new() });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_and_a_number_make_the_same_scenario_again() {
        for number in 0..50 {
            let (one, two) = (scenario(7, number), scenario(7, number));
            assert_eq!(one.case.as_toml(), two.case.as_toml());
            assert_eq!(number_of(&one.id()), Some(number));
        }
    }

    #[test]
    fn scenarios_differ() {
        let texts: BTreeSet<_> = (0..500).map(|number| scenario(1, number).case.as_toml()).collect();
        assert!(texts.len() > 499, "{}", texts.len());
        assert_ne!(scenario(1, 0).case.as_toml(), scenario(2, 0).case.as_toml());
    }
}
