//! What WebKit writes down of a call that it blocked: its own conclusion in place of the response.
//!
//! A conclusion is taken back to the plainest response that leads to it. What it leaves open is said beside it.

use corsac_browser::{HeaderList, RequestKind, WireResponse};

/// A response that leads to WebKit's conclusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recalled {
    /// Which of the two requests it was about, where the words tell.
    pub(super) kind: Option<RequestKind>,
    pub(super) response: WireResponse,
    /// Whether the words say that the call had credentials.
    pub(super) with_credentials: bool,
    /// The words.
    pub(super) words: String,
    /// What the response may have been, where it may have been one or another.
    pub(super) or_else: Option<&'static str>,
}

/// Reads the words; `origin` is what the request sent as its own.
pub(super) fn recall(words: &str, origin: &str) -> Option<Recalled> {
    const ORIGIN: &str = "access-control-allow-origin";
    let status = || {
        let (_, after) = words.split_once("Status code: ")?;
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok().filter(|status| (100..1000).contains(status))
    };
    let recalled = |kind, status, headers: &[(&str, &str)]| Recalled {
        kind,
        response: WireResponse { status, headers: headers.iter().copied().collect::<HeaderList>() },
        with_credentials: false,
        words: words.to_owned(),
        or_else: None,
    };
    let preflight = Some(RequestKind::Preflight);
    let allowed = [(ORIGIN, origin), ("access-control-allow-credentials", "true")];
    if words.contains("Preflight response is not successful") {
        return Some(recalled(preflight, status()?, &allowed));
    }
    if words.contains("is not allowed by Access-Control-Allow-Origin") {
        let or_else = "Access-Control-Allow-Origin is missing, or names another origin";
        // Older versions told no status.
        return Some(Recalled { or_else: Some(or_else), ..recalled(None, status().unwrap_or(200), &[]) });
    }
    if words.contains("Cannot use wildcard in Access-Control-Allow-Origin") {
        return Some(Recalled { with_credentials: true, ..recalled(None, 200, &[(ORIGIN, "*")]) });
    }
    if words.contains("Credentials flag is true, but") {
        let or_else = "Access-Control-Allow-Credentials is missing, or not `true` to the letter";
        let answer = recalled(None, 200, &[(ORIGIN, origin)]);
        return Some(Recalled { with_credentials: true, or_else: Some(or_else), ..answer });
    }
    if words.contains("cannot contain more than one origin") {
        let or_else = "Access-Control-Allow-Origin comes twice, or is a list";
        let twice = [(ORIGIN, origin), (ORIGIN, origin)];
        return Some(Recalled { or_else: Some(or_else), ..recalled(None, 200, &twice) });
    }
    let is_refused = (words.starts_with("Method ") && words.contains("Access-Control-Allow-Methods"))
        || (words.starts_with("Request header field ") && words.contains("Access-Control-Allow-Headers"));
    is_refused.then(|| recalled(preflight, 200, &allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://app.example";

    #[test]
    fn every_conclusion_is_taken_back_to_a_response() {
        let read = |words| recall(words, ORIGIN).expect("WebKit's words");
        let refused = read(
            "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 500",
        );
        assert_eq!((refused.response.status, refused.response.headers.len()), (500, 0));
        let guarded = read("Preflight response is not successful. Status code: 401");
        assert_eq!((guarded.kind, guarded.response.status), (Some(RequestKind::Preflight), 401));
        assert!(
            read("Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.")
                .with_credentials
        );
        assert!(recall("Could not connect to localhost: Connection refused", ORIGIN).is_none());
    }
}
