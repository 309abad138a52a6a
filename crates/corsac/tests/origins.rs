//! Origins as the URL standard has them, case by case.

use corsac::Origin;
use corsac_vectors::assert_none;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    url: Vec<UrlCase>,
    pair: Vec<Pair>,
    typed: Vec<Typed>,
}

#[derive(Deserialize)]
struct UrlCase {
    url: String,
    origin: String,
}

#[derive(Deserialize)]
struct Pair {
    one: String,
    two: String,
    same_origin: bool,
    same_site: bool,
}

#[derive(Deserialize)]
struct Typed {
    text: String,
    origin: Option<String>,
    remedy: Option<String>,
}

fn file() -> File {
    corsac_vectors::read("config/origins.toml".as_ref())
}

#[test]
fn every_url_has_the_origin_that_is_written() {
    let mut differences = Vec::new();
    for UrlCase { url, origin } in file().url {
        let found = Origin::of_url(&url.parse().expect("a URL")).to_string();
        if found != origin {
            differences.push(format!("{url}: {found} instead of {origin}"));
        }
    }
    assert_none(&differences);
}

#[test]
fn every_pair_relates_as_it_is_written_in_both_directions() {
    let mut differences = Vec::new();
    for pair in file().pair {
        let one: Origin = pair.one.parse().expect("an origin");
        let two: Origin = pair.two.parse().expect("an origin");
        for (left, right) in [(&one, &two), (&two, &one)] {
            let found = (left.is_same_origin(right), left.is_same_site(right));
            if found != (pair.same_origin, pair.same_site) {
                differences.push(format!("{left} and {right}: {found:?}"));
            }
        }
    }
    assert_none(&differences);
}

#[test]
fn what_is_typed_is_read_or_answered_with_what_was_meant() {
    let mut differences = Vec::new();
    for Typed { text, origin, remedy } in file().typed {
        let found = match text.parse::<Origin>() {
            Ok(found) => (Some(found.to_string()), None),
            Err(error) => (None, Some(error.remedy())),
        };
        if found != (origin, remedy) {
            differences.push(format!("{text:?}: {found:?}"));
        }
    }
    assert_none(&differences);
}
