//! The table: a line for each call. What is long comes last, so that nothing has to be cut.

use corsac_browser::Browser;
use corsac_diagnosis::har::{Conclusion, JudgedCall, Kind, Recording};

use super::{Row, entries};
use crate::printer::{Printer, Tone, plain};
use crate::report::shown_url;

/// Prints it.
pub(crate) fn table(
    file: &str,
    recording: &Recording,
    calls: &[JudgedCall],
    rows: &[Row<'_>],
    printer: &Printer,
) {
    let by = recorder(recording).map(|recorder| format!(", recorded by {recorder}")).unwrap_or_default();
    let page = only_page(rows);
    printer.indented("", &format!("{file}: {}{by}", entries(recording.len())));
    for line in summary(calls, page.as_deref()) {
        printer.indented("", &line);
    }
    if rows.is_empty() {
        return;
    }
    printer.line("");
    let number = rows.iter().map(|row| row.call.number.to_string().len()).max().unwrap_or(1).max(1);
    let why = rows.iter().map(|row| why(row.call).len()).max().unwrap_or(3).max(3);
    printer.line(
        Tone::Quiet
            .paint(format!("{:>number$}  {:<11}  {:<why$}  {:<8}  call", "#", "verdict", "why", "sure")),
    );
    for row in rows {
        let call = row.call;
        let word = call.conclusion.as_str();
        let (word, tone) = match call.conclusion {
            Conclusion::Blocked | Conclusion::Unreachable => (word.to_ascii_uppercase(), Tone::Bad),
            Conclusion::Unclear => (word.to_owned(), Tone::Hint),
            Conclusion::Allowed => (word.to_owned(), Tone::Good),
            Conclusion::NotCors => (word.to_owned(), Tone::Quiet),
        };
        let from = match (&call.origin, &page) {
            (Some(origin), None) => format!("  from {origin}"),
            (None, _) => "  from an unknown page".to_owned(),
            _ => String::new(),
        };
        let times = if row.count() > 1 { format!("  ({} times)", row.count()) } else { String::new() };
        let line = format!("{} {}{from}{times}", call.method, address(row));
        printer.line(format!(
            "{:>number$}  {}  {:<why$}  {:<8}  {}",
            call.number,
            tone.paint(format!("{word:<11}")),
            self::why(call),
            call.grade.as_str(),
            plain(&line)
        ));
    }
    let worst = rows.iter().map(|row| row.call).find(|call| call.conclusion != Conclusion::Allowed);
    if let Some(call) = worst {
        printer.note(format!("--entry {} tells all about that call", call.number));
    }
}

/// The URL; where calls differ in their query alone, without it.
fn address(row: &Row<'_>) -> String {
    let mut url = shown_url(&row.call.url);
    if row.again.iter().all(|call| call.url.query() == row.call.url.query()) {
        return url.to_string();
    }
    url.set_query(None);
    format!("{url}?…")
}

/// The cause; where there is none, what the browser concluded, or why CORS has no say.
fn why(call: &JudgedCall) -> &'static str {
    match (call.conclusion, call.kind) {
        (Conclusion::NotCors, Kind::Call) => "same-origin",
        (Conclusion::NotCors, kind) => kind.as_str(),
        _ => call
            .cause
            .map(|cause| cause.as_str())
            .or_else(|| call.failure.map(|failure| failure.as_str()))
            .unwrap_or("-"),
    }
}

/// The page, where all calls come from the same one.
fn only_page(rows: &[Row<'_>]) -> Option<String> {
    let mut pages = rows.iter().filter_map(|row| row.call.origin.as_ref().map(ToString::to_string));
    let first = pages.next()?;
    pages.all(|page| page == first).then_some(first)
}

/// The program that wrote the file; Chromium's goes by an old name of WebKit's.
fn recorder(recording: &Recording) -> Option<String> {
    let creator = recording.creator.as_deref()?;
    let is_old_name = recording.engine == Some(Browser::Chromium) && creator.starts_with("WebInspector");
    Some(if is_old_name { "Chromium".to_owned() } else { creator.to_owned() })
}

/// How many calls came to what, and how many others there are.
fn summary(calls: &[JudgedCall], page: Option<&str>) -> Vec<String> {
    let of = |conclusion| calls.iter().filter(|call| call.conclusion == conclusion).count();
    let counted = [
        (of(Conclusion::Blocked), "blocked"),
        (of(Conclusion::Unreachable), "unreachable"),
        (of(Conclusion::Unclear), "unclear"),
        (of(Conclusion::Allowed), "allowed"),
    ];
    let total: usize = counted.iter().map(|(count, _)| count).sum();
    let parts: Vec<String> = counted
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let from = page.map(|page| format!(" from {page}")).unwrap_or_default();
    let calls = match total {
        0 => "no calls to other origins".to_owned(),
        1 => format!("1 call to another origin{from}: {}", parts.join(", ")),
        total => format!("{total} calls to other origins{from}: {}", parts.join(", ")),
    };
    let others = match of(Conclusion::NotCors) {
        0 => None,
        1 => Some("1 request more, in which CORS has no say (--all shows it)".to_owned()),
        others => Some(format!("{others} requests more, in which CORS has no say (--all shows them)")),
    };
    std::iter::once(calls).chain(others).collect()
}
