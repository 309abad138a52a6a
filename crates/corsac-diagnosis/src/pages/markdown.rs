//! `docs/explain.md`: every page, from the same ledger as `corsac explain`.
//!
//! A test holds the file against it; `CORSAC_BLESS=1` writes it anew.

use std::fmt::Write as _;

use super::{Family, Page, all};

/// The whole file.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "# Identifiers\n\n\
         What Corsac says has a name that never changes: *failures* (what a browser concluded), *causes* (why), *faults* and\n\
         *advice* (what is wrong or unwise in a policy). `corsac explain ID` prints what stands here, and `corsac explain\n\
         'console text'` names the failures that a browser's console speaks of.\n\n\
         Every example is true: a test plays each exchange through the browser's side and the diagnosis, and reads each\n\
         policy. `>` is what the browser sends, `<` what comes back.\n\n\
         This file is made from the ledger in `crates/corsac-diagnosis/src/pages`.\n",
    );
    for family in Family::ALL {
        let pages: Vec<&Page> = all().iter().filter(|page| page.family == family).collect();
        let _ = write!(text, "\n## {}: {}\n\n", title(family), family.title());
        for page in &pages {
            let _ = writeln!(text, "- [`{}`](#{}): {}", page.id, anchor(page), page.meaning);
        }
        for page in pages {
            section(page, &mut text);
        }
    }
    text
}

fn title(family: Family) -> &'static str {
    match family {
        Family::Failure => "Failures",
        Family::Cause => "Causes",
        Family::Fault => "Faults",
        Family::Advice => "Advice",
    }
}

/// Two pages can share a name, so the family is part of it.
fn anchor(page: &Page) -> String {
    format!("{}-{}", page.family.as_str(), page.id)
}

fn section(page: &Page, text: &mut String) {
    let (id, about) = (page.id, &page.about);
    let _ = write!(text, "\n<a id=\"{}\"></a>\n### {id}\n\n**{}** {about}\n", anchor(page), page.meaning);
    if let [story] = &page.example[..]
        && page.mended.is_empty()
    {
        let _ = write!(text, "\n{story}\n");
    } else if !page.example.is_empty() {
        code(page, &page.example, text);
    }
    for (browser, lines) in &page.consoles {
        let _ = write!(text, "\n{}:\n\n```text\n{lines}\n```\n", browser_name(*browser));
    }
    let _ = write!(text, "\n*What to do:* {}\n", page.fix);
    if !page.mended.is_empty() {
        code(page, &page.mended, text);
    }
    let mut links: Vec<String> = Vec::new();
    for id in &page.see {
        let other =
            all().iter().find(|other| other.id == id && (other.id, other.family) != (page.id, page.family));
        if let Some(other) = other {
            links.push(format!("[`{id}`](#{})", anchor(other)));
        }
    }
    if let Some(spec) = page.spec {
        links.push(format!("[the standard]({spec})"));
    }
    if !links.is_empty() {
        let _ = write!(text, "\nSee also {}.\n", links.join(", "));
    }
}

fn code(page: &Page, lines: &[String], text: &mut String) {
    let language = match page.family {
        Family::Failure | Family::Cause => "text",
        Family::Fault | Family::Advice => "toml",
    };
    let _ = write!(text, "\n```{language}\n{}\n```\n", lines.join("\n"));
}

fn browser_name(browser: corsac_browser::Browser) -> &'static str {
    match browser {
        corsac_browser::Browser::Chromium => "Chromium",
        corsac_browser::Browser::Firefox => "Firefox",
        corsac_browser::Browser::Webkit => "WebKit",
        corsac_browser::Browser::Standard => "The standard",
    }
}
