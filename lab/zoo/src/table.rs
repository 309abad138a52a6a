//! What came of the cases, as a table: for `cargo xtask lab zoo`, and for `docs/zoo.md`.
//!
//! Only what was observed gets into it.

use std::fmt::Write as _;

use crate::case::{Case, cases};
use crate::check::Concluded;
use crate::matrix;

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// `STACK/NAME`.
    pub case: String,
    /// The mistake in a sentence.
    pub what: String,
    /// What the page got in Chromium.
    pub sees: String,
    /// The failure that the command named; a dash for none.
    pub failure: String,
    /// The cause that it named; a dash for none.
    pub cause: String,
    /// How sure it was of it.
    pub confidence: String,
    /// What the page gets once the server is mended, where configuration mends it.
    pub mended: Option<String>,
    /// Whose lines mended it.
    pub mended_by: Option<String>,
}

impl Row {
    pub(crate) fn new(case: &Case, concluded: &Concluded) -> Self {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
        Self {
            case: case.to_string(),
            what: case.what.clone(),
            sees: case.sees.clone(),
            failure: or_dash(&concluded.failure),
            cause: or_dash(&concluded.cause),
            confidence: concluded
                .cause
                .as_ref()
                .map_or_else(|| "–".to_owned(), |_| or_dash(&concluded.confidence)),
            mended: case.mended.clone().or_else(|| case.page_mended.clone()),
            mended_by: None,
        }
    }
}

/// The rows, in the order of the ledger.
#[derive(Debug, Clone, Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// Of the cases that were observed, in any order.
    #[must_use]
    pub fn new(mut rows: Vec<Row>) -> Self {
        rows.sort_by_key(|row| cases().iter().position(|case| case.to_string() == row.case));
        Self(rows)
    }

    /// Whether no case is missing.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.0.len() == cases().len()
    }

    /// Whether nothing was observed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As Markdown, which people can read as it is.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = vec![
            ["case", "the page gets", "failure", "cause", "sure", "mended, it gets"].map(str::to_owned),
            ["---"; 6].map(str::to_owned),
        ];
        for row in &self.0 {
            let mended = match (&row.mended, &row.mended_by) {
                (Some(mended), Some(by)) if by == "page" => format!("{mended} (the page)"),
                (Some(mended), Some(by)) if by == "corsac" => format!("{mended} (gateway)"),
                (Some(mended), Some(by)) if by == "http" => format!("{mended} (http)"),
                (Some(mended), Some(_)) => mended.clone(),
                (Some(_), None) => "not mended".to_owned(),
                (None, _) => "–".to_owned(),
            };
            lines.push([
                format!("`{}`", row.case),
                row.sees.clone(),
                row.failure.clone(),
                row.cause.clone(),
                row.confidence.clone(),
                mended,
            ]);
        }
        let widths: [usize; 6] = std::array::from_fn(|column| {
            lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()
        });
        let mut text = String::new();
        for (index, line) in lines.iter().enumerate() {
            for (cell, width) in line.iter().zip(widths) {
                let _ = match index {
                    1 => write!(text, "| {} ", "-".repeat(width)),
                    _ => write!(text, "| {cell:<width$} "),
                };
            }
            text.push_str("|\n");
        }
        text
    }

    /// How many of what, in a sentence.
    #[must_use]
    pub fn sum(&self) -> String {
        let controls = cases().iter().filter(|case| case.is_control()).map(ToString::to_string);
        let controls: Vec<String> = controls.collect();
        let healthy = self.0.iter().filter(|row| controls.contains(&row.case)).count();
        let mended = self.0.iter().filter(|row| row.mended_by.is_some()).count();
        let mut stacks: Vec<&str> = self.0.iter().filter_map(|row| row.case.split('/').next()).collect();
        stacks.sort_unstable();
        stacks.dedup();
        format!(
            "{} on {}: {} broken, {mended} of them mended by the printed lines; {healthy} healthy, none \
             accused.",
            counted(self.0.len(), "case"),
            counted(stacks.len(), "stack"),
            self.0.len() - healthy,
        )
    }

    /// The page of the documentation.
    #[must_use]
    pub fn page(&self) -> String {
        let (by_hand, alone): (Vec<Row>, Vec<Row>) =
            self.0.iter().cloned().partition(|row| row.case.contains(matrix::BY_HAND));
        let alone = Self(alone);
        let mut page = format!("{HEAD}{}\n\n{}\n## What each case is\n\n", self.sum(), alone.text());
        for row in &alone.0 {
            let _ = writeln!(page, "- `{}`: {}", row.case, row.what);
        }
        let mended = |case: &str| by_hand.iter().any(|row| row.case == case && row.mended_by.is_some());
        page + MATRIX + &matrix::markdown(mended)
    }
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

const MATRIX: &str = "
## The matrix: every cause, by hand, on every stack

Some write the headers without any package. Here each stack has one server that does, and each cause one mistake that is written into
it: the page fails, the command names the cause, the printed lines stand in place of the lines by hand, and the page gets its
answer, all as above. Each is a case `STACK/by-hand/CAUSE` (`cargo xtask lab zoo --case nginx/by-hand/origin-misspelled`). A number
is the reason why a stack cannot make a mistake. In front of `cached-without-vary` stands a shared cache (nginx's), which another page
has asked before; it gives out its old copy in front of the mended server as well, until it is emptied as the printed text says.

";

const HEAD: &str = "\
# The zoo of broken APIs

Broken APIs, written as people write them, and healthy ones beside them. Of each a page in a real Chromium makes its call, and
`corsac check` is asked about the same call. Where configuration can mend the cause, the lines that the command prints are put
where they say, untouched; then the same call passes in the same Chromium, the command finds nothing more, and a page of another
origin still fails. This page is what came of it. It is printed by

```
cargo xtask lab zoo
cargo xtask lab zoo --stack nginx
cargo xtask lab zoo --case express/www-vs-apex
```

and a test fails where the page says otherwise. The cases are data, in [`lab/zoo/cases`](../lab/zoo/README.md).

- *the page gets*: what the script gets of its call: the status and the headers it reads, `opaque`, or `fails` (a TypeError)
- *failure*: what the browser concluded, by `corsac check`
- *cause*: why; a dash where nothing is to be accused, or nothing is broken
- *sure*: whether the exchange shows the cause, or it is the likeliest reading of it
- *mended, it gets*: the same, of the mended server; `(the page)` where the printed lines are for the page's own code, `(gateway)` where
  nobody knows the server, and the printed gateway stands in front of it, `(http)` where the lines are HTTP's own words, for the cache
  in front or what it keeps; a dash where no lines mend it

";
