//! "Did you mean": the nearest of a few names.
//!
//! Knows nothing of what the names stand for.

/// The candidate that was probably meant, if one is near enough to say so.
#[must_use]
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(written);
    candidates
        .into_iter()
        .filter_map(|candidate| distance(&folded, &fold(candidate)).map(|distance| (distance, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How far apart two names are; `None` where nobody would confuse them.
fn distance(written: &str, candidate: &str) -> Option<usize> {
    let distance = strsim::damerau_levenshtein(written, candidate);
    let near = distance <= (candidate.len() / 3).max(1);
    // `origins` is short for `allow_origins`, however many letters are missing.
    let part = written.len() >= 4 && (candidate.contains(written) || written.contains(candidate));
    (near || part).then_some(distance)
}

fn fold(name: &str) -> String {
    name.to_lowercase().replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let keys = ["allow_origins", "allow_methods", "max_age"];
        assert_eq!(nearest("allow_orgins", keys), Some("allow_origins"));
        assert_eq!(nearest("Allow-Origins", keys), Some("allow_origins"));
        assert_eq!(nearest("origins", keys), Some("allow_origins"));
        assert_eq!(nearest("max-age", keys), Some("max_age"));
        assert_eq!(nearest("colour", keys), None);
    }
}
