//! The page's own code: one call of `fetch`, as its author wrote it, and the same with a printed fix in it.
//!
//! Knows no server.

use crate::apply::{NotApplied, Step};
use crate::case::Call;
use crate::names::Names;

/// The code of a call to that URL, with the value `answer`.
pub(crate) fn code(call: &Call, url: &str, names: &Names) -> String {
    let mut lines =
        vec![format!("const answer = await fetch({url:?}, {{"), format!("  method: {:?},", call.method)];
    if !call.headers.is_empty() {
        lines.push("  headers: {".to_owned());
        let header = |(name, value): &(String, String)| format!("    {name:?}: {:?},", names.fill_in(value));
        lines.extend(call.headers.iter().map(header));
        lines.push("  },".to_owned());
    }
    lines.push(format!("  credentials: '{}',", call.credentials));
    if call.mode != "cors" {
        lines.push(format!("  mode: '{}',", call.mode));
    }
    if let Some(body) = &call.body {
        lines.push(format!("  body: {body:?},"));
    }
    lines.push("});".to_owned());
    lines.join("\n") + "\n"
}

/// The code with the steps done to it: lines that are to be deleted are, and what stands in place of another is there.
pub(crate) fn mend(code: &str, steps: &[Step]) -> Result<String, NotApplied> {
    let mut code = code.to_owned();
    for step in steps {
        let not_applied = |why| NotApplied { why, place: step.place.clone() };
        if step.place.starts_with("In the") && step.place.ends_with(", delete") {
            for line in &step.lines {
                let kept: Vec<&str> = code.lines().filter(|own| own.trim() != line.trim()).collect();
                if kept.len() == code.lines().count() {
                    return Err(not_applied("the page has no such line"));
                }
                code = kept.join("\n") + "\n";
            }
        } else if let Some((_, old)) = step.place.split_once(", in place of ") {
            let old = old.trim_start_matches('`').split(['`', ' ']).next().unwrap_or_default();
            // The name of an option stands for the whole of it.
            let is_option = old.ends_with(':');
            let there = code.lines().find(|line| match is_option {
                true => line.trim_start().starts_with(old),
                false => line.contains(old),
            });
            let there = there.ok_or_else(|| not_applied("the page has no such line"))?.to_owned();
            let new = step.lines.join("\n");
            code = code.replace(&there, &if is_option { new } else { there.replace(old, &new) });
        } else {
            return Err(not_applied("nobody knows where this is in a page"));
        }
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "fetch(\"http://a/b\", {\n  credentials: 'omit',\n  mode: 'no-cors',\n});\n";

    fn step(place: &str, line: &str) -> Step {
        Step { place: place.into(), file: None, lines: vec![line.into()] }
    }

    #[test]
    fn a_line_is_deleted_or_replaced_as_the_step_says() {
        let steps = [
            step("In the page's call, delete", "mode: 'no-cors',"),
            step(
                "In the page's call, in place of `credentials: 'omit'`, if it is there",
                "credentials: 'include',",
            ),
            step("In the page, in place of http://a/b", "http://a/b/"),
        ];
        let mended = mend(CODE, &steps).expect("it has all of these");
        assert_eq!(mended, "fetch(\"http://a/b/\", {\ncredentials: 'include',\n});\n");
    }

    #[test]
    fn a_line_that_is_not_there_is_an_error() {
        let error = mend(CODE, &[step("In the page's call, delete", "mode: 'same-origin',")]);
        assert_eq!(error.expect_err("it is not there").why, "the page has no such line");
        assert_eq!(
            mend(CODE, &[step("Elsewhere", "x")]).expect_err("no place").why,
            "nobody knows where this is in a page"
        );
    }
}
