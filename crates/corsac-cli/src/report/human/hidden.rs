//! Headers that came, and that the page's script cannot read.

use corsac_browser::Verdict;

use crate::printer::Printer;

/// Headers that came and that the page may miss; those that no script asks for are left out.
pub(super) fn hidden(verdict: &Verdict, printer: &Printer) {
    let Some(readable) = verdict.readable().filter(|_| verdict.is_cors()) else { return };
    let dull = [
        "connection",
        "date",
        "etag",
        "keep-alive",
        "server",
        "transfer-encoding",
        "vary",
        "via",
        "x-powered-by",
    ];
    let missed: Vec<&str> = readable
        .hidden
        .iter()
        .map(String::as_str)
        .filter(|name| {
            !name.starts_with("access-control-") && !name.starts_with("set-cookie") && !dull.contains(name)
        })
        .collect();
    if !missed.is_empty() {
        printer.gap();
        let names = missed.join(", ");
        printer.paragraph(
            "hidden",
            &format!("the page cannot read {names}: Access-Control-Expose-Headers can name them"),
        );
    }
}
