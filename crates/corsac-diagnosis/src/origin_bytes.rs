//! Where two spellings of an origin part, byte for byte.
//!
//! Compares texts, piece by piece; what a difference means is told in [`difference`](crate::difference).

use std::ops::Range;

/// The bytes of each text that the other does not have. An empty range is a place where something is missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Parting {
    pub(crate) written: Vec<Range<usize>>,
    pub(crate) sent: Vec<Range<usize>>,
}

impl Parting {
    fn add(&mut self, written: Range<usize>, sent: Range<usize>) {
        self.written.push(written);
        self.sent.push(sent);
    }
}

/// Compares what the server wrote with the origin that was sent.
pub(crate) fn parting(written: &str, sent: &str) -> Parting {
    let mut parting = Parting::default();
    if written.contains('*') {
        let stars = written.match_indices('*').map(|(at, _)| at..at + 1);
        return Parting { written: stars.collect(), sent: Vec::new() };
    }
    let (here, there) = (Pieces::of(written), Pieces::of(sent));
    if written[here.scheme.clone()] != sent[there.scheme.clone()] {
        let name = |scheme: &Range<usize>| scheme.start..scheme.end.saturating_sub("://".len());
        match (here.scheme.is_empty(), there.scheme.is_empty()) {
            (false, false) => spelled(written, name(&here.scheme), sent, name(&there.scheme), &mut parting),
            _ => parting.add(here.scheme.clone(), there.scheme.clone()),
        }
    }
    host(written, here.host.clone(), sent, there.host.clone(), &mut parting);
    if written[here.port.clone()] != sent[there.port.clone()] {
        // Of two ports the numbers differ; of one, the colon is too much as well.
        let skipped = usize::from(!here.port.is_empty() && !there.port.is_empty());
        parting.add(here.port.start + skipped..here.port.end, there.port.start + skipped..there.port.end);
    }
    if written[here.rest.clone()] != sent[there.rest.clone()] {
        parting.add(here.rest, there.rest);
    }
    parting
}

/// The pieces of an origin as a text, with what may stand behind it.
struct Pieces {
    scheme: Range<usize>,
    host: Range<usize>,
    port: Range<usize>,
    rest: Range<usize>,
}

impl Pieces {
    fn of(text: &str) -> Self {
        let scheme = text.find("://").map_or(0, |at| at + "://".len());
        let rest = text[scheme..].find(['/', '?', '#']).map_or(text.len(), |at| scheme + at);
        let authority = &text[scheme..rest];
        // The colons of an IPv6 address stand in brackets.
        let behind = authority.rfind(']').unwrap_or(0);
        let port = authority[behind..].rfind(':').map_or(rest, |at| scheme + behind + at);
        Self { scheme: 0..scheme, host: scheme..port, port: port..rest, rest: rest..text.len() }
    }
}

/// Where hosts part: at labels, so that a missing `www.` is no difference of everything behind it.
fn host(written: &str, here: Range<usize>, sent: &str, there: Range<usize>, parting: &mut Parting) {
    let (one, two) = (&written[here.clone()], &sent[there.clone()]);
    if one == two {
        return;
    }
    let is_address = |host: &str| host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    if one.eq_ignore_ascii_case(two) || is_address(one) || is_address(two) {
        return spelled(written, here, sent, there, parting);
    }
    let (ones, twos): (Vec<&str>, Vec<&str>) = (one.split('.').collect(), two.split('.').collect());
    let most = ones.len().min(twos.len());
    let behind = (0..most)
        .take_while(|back| ones[ones.len() - 1 - back].eq_ignore_ascii_case(twos[twos.len() - 1 - back]))
        .count();
    let before = (0..most - behind).take_while(|at| ones[*at].eq_ignore_ascii_case(twos[*at])).count();
    // Labels that only one of them has go with a dot: the one behind them, or at the end the one before.
    let range = |labels: &[&str], base: usize, other_is_empty: bool| {
        let start: usize = labels[..before].iter().map(|label| label.len() + 1).sum();
        let between = &labels[before..labels.len() - behind];
        let end = start + between.join(".").len();
        match (between.is_empty(), behind > 0) {
            (true, false) => base + start.saturating_sub(1)..base + start.saturating_sub(1),
            (false, true) if other_is_empty => base + start..base + end + 1,
            (false, false) if other_is_empty => base + start.saturating_sub(1)..base + end,
            _ => base + start..base + end,
        }
    };
    let is_empty = |labels: &[&str]| labels.len() == before + behind;
    let (here, there) =
        (range(&ones, here.start, is_empty(&twos)), range(&twos, there.start, is_empty(&ones)));
    spelled(written, here, sent, there, parting);
}

/// One piece in two spellings: what is too much at an end, the letters that are in another case, or all of it.
fn spelled(written: &str, here: Range<usize>, sent: &str, there: Range<usize>, parting: &mut Parting) {
    let (one, two) = (&written[here.clone()], &sent[there.clone()]);
    if one.eq_ignore_ascii_case(two) {
        let differs = |at: &usize| one.as_bytes()[*at] != two.as_bytes()[*at];
        for at in joined((0..one.len()).filter(differs)) {
            parting.add(
                here.start + at.start..here.start + at.end,
                there.start + at.start..there.start + at.end,
            );
        }
    } else if one.is_empty() || two.is_empty() {
        parting.add(here, there);
    } else if one.starts_with(two) || two.starts_with(one) {
        let same = one.len().min(two.len());
        parting.add(here.start + same..here.end, there.start + same..there.end);
    } else if one.ends_with(two) || two.ends_with(one) {
        let same = one.len().min(two.len());
        parting.add(here.start..here.end - same, there.start..there.end - same);
    } else {
        parting.add(here, there);
    }
}

/// Places beside each other as ranges.
fn joined(places: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for at in places {
        match ranges.last_mut() {
            Some(last) if last.end == at => last.end = at + 1,
            _ => ranges.push(at..at + 1),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes as marks below the text.
    fn marked(text: &str, ranges: &[Range<usize>]) -> String {
        (0..=text.len())
            .map(|at| {
                let is_in =
                    |range: &Range<usize>| range.contains(&at) || (range.is_empty() && range.start == at);
                if ranges.iter().any(is_in) { '^' } else { ' ' }
            })
            .collect::<String>()
            .trim_end()
            .to_owned()
    }

    #[test]
    fn the_marks_are_under_what_differs() {
        for (written, marks, sent, beside) in [
            ("https://app.example/", "                   ^", "https://app.example", "                   ^"),
            ("https://app.example/a", "                   ^^", "https://app.example", "                   ^"),
            ("https://App.Example", "        ^   ^", "https://app.example", "        ^   ^"),
            ("app.example", "^", "https://app.example", "^^^^^^^^"),
            ("http://app.example", "    ^", "https://app.example", "    ^"),
            (
                "https://app.example:443",
                "                   ^^^^",
                "https://app.example",
                "                   ^",
            ),
            (
                "http://localhost:3000",
                "                 ^^^^",
                "http://localhost:5173",
                "                 ^^^^",
            ),
            ("http://localhost:3000", "       ^^^^^^^^^", "http://127.0.0.1:3000", "       ^^^^^^^^^"),
            ("http://[::1]:3000", "       ^^^^^", "http://localhost:3000", "       ^^^^^^^^^"),
            ("https://app.example", "        ^", "https://www.app.example", "        ^^^^"),
            ("https://api.example", "        ^^^", "https://app.example", "        ^^^"),
            ("https://a.b.example", "        ^^^", "https://c.example", "        ^"),
            ("https://app.example.", "                   ^", "https://app.example", "                   ^"),
            ("https://app.examples", "                   ^", "https://app.example", "                   ^"),
            ("https://*.example", "        ^", "https://app.example", ""),
            ("", "^", "https://app.example", "^^^^^^^^^^^^^^^^^^^"),
        ] {
            let parting = parting(written, sent);
            assert_eq!(marked(written, &parting.written), marks, "{written} beside {sent}");
            assert_eq!(marked(sent, &parting.sent), beside, "{written} beside {sent}");
        }
    }

    #[test]
    fn nothing_is_marked_where_nothing_differs() {
        assert_eq!(parting("https://app.example", "https://app.example"), Parting::default());
    }

    #[test]
    fn marks_stand_on_whole_letters() {
        for written in
            ["https://äpp.exämple\u{200b}", "ä", "://ä", "https://[ä", "ä:ö/ü", "https://App.ex\u{200b}ample"]
        {
            for sent in ["https://app.example", "null", "https://app.example:8443"] {
                let parting = parting(written, sent);
                for (text, ranges) in [(written, &parting.written), (sent, &parting.sent)] {
                    assert!(ranges.iter().all(|range| text.get(range.clone()).is_some()), "{written} {sent}");
                }
            }
        }
    }
}
