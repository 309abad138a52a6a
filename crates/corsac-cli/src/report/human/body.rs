//! What is to be said of a body that is not whole, and of what reading it in the page comes to.

use corsac_browser::WireResponse;
use corsac_probe::BodyProblem;

/// The words; none where nothing is wrong, or only less was read than there is.
pub(super) fn of_the_body(problem: Option<BodyProblem>, response: &WireResponse) -> Option<String> {
    let is_event_stream = response.headers.get_text("content-type").is_some_and(|value| {
        value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/event-stream")
    });
    match problem? {
        BodyProblem::OverLimit => None,
        BodyProblem::TimedOut if is_event_stream => Some(
            "the body: an event stream, which goes on, so only its beginning was read; a page reads it event by event"
                .to_owned(),
        ),
        problem @ BodyProblem::TimedOut => Some(format!(
            "the body: {problem}; a page that reads it as a stream gets what comes, and json() or text() waits for its end"
        )),
        problem => Some(format!("the body: {problem}; reading it would fail in the page too")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(problem: BodyProblem, content_type: &str) -> String {
        let mut response = WireResponse { status: 200, headers: corsac_browser::HeaderList::new() };
        response.headers.append("Content-Type", content_type);
        of_the_body(Some(problem), &response).unwrap_or_default()
    }

    #[test]
    fn a_body_that_goes_on_fails_no_page_that_reads_it_as_it_comes() {
        let stream = said(BodyProblem::TimedOut, "text/event-stream; charset=utf-8");
        assert!(stream.contains("event by event") && !stream.contains("fail"), "{stream}");
        let slow = said(BodyProblem::TimedOut, "application/json");
        assert!(slow.contains("json() or text() waits") && !slow.contains("fail"), "{slow}");
    }

    #[test]
    fn a_body_that_breaks_off_fails_in_the_page_too() {
        for problem in [BodyProblem::Truncated, BodyProblem::Malformed] {
            assert!(said(problem, "application/json").contains("reading it would fail in the page too"));
        }
        assert_eq!(said(BodyProblem::OverLimit, "application/json"), "");
    }
}
