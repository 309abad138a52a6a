//! The page that runs scenarios, and its frames without an origin.
//!
//! Text only: `runner.js` makes the calls and says what it can read; `host.js` hands them to a frame.

const RUNNER: &str = include_str!("runner.js");
const HOST: &str = include_str!("host.js");

/// The page. Its script has `corsac.run(frame, scenarios, width)` and `corsac.warmUp(urls)`.
#[must_use]
pub fn html() -> String {
    document("Corsac's lab", &format!("{RUNNER}\n{HOST}"))
}

/// What a frame of the page holds.
#[must_use]
pub fn frame() -> String {
    document("A frame", &format!("{RUNNER}\nansweringTheParent();"))
}

fn document(title: &str, script: &str) -> String {
    format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<script>\n{script}\n</script>\n"
    )
}
