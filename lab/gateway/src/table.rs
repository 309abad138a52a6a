//! Figures as text.
//!
//! Knows what the columns mean, and not where they come from.

/// One contestant in one case.
pub(crate) struct Row {
    pub(crate) name: String,
    /// Microseconds of processor time a request, and half of what the middle half of the rounds differ by.
    pub(crate) processor: f64,
    pub(crate) spread: f64,
    pub(crate) per_second: f64,
    /// Microseconds.
    pub(crate) p99: f64,
    pub(crate) busy: f64,
}

/// What a column is compared with.
const BASE: &str = "nginx";

pub(crate) fn heading() -> String {
    format!(
        "{:<16}{:<10}{:>9} {:>6} {:>7} {:>11} {:>7} {:>8} {:>7} {:>5}",
        "", "", "µs of CPU", "±", "ratio", "requests/s", "ratio", "p99 µs", "ratio", "busy"
    )
}

pub(crate) fn rows(case: &str, rows: &[Row]) -> Vec<String> {
    let base = rows.iter().find(|row| row.name == BASE);
    let line = |(at, row): (usize, &Row)| {
        let ratio = |of: fn(&Row) -> f64| ratio(of(row), base.map(of));
        format!(
            "{:<16}{:<10}{:>9.2} {:>6.2} {:>7} {:>11.0} {:>7} {:>8.0} {:>7} {:>4.0}%",
            if at == 0 { case } else { "" },
            row.name,
            row.processor,
            row.spread,
            ratio(|row| row.processor),
            row.per_second,
            ratio(|row| row.per_second),
            row.p99,
            ratio(|row| row.p99),
            row.busy * 100.0,
        )
    };
    rows.iter().enumerate().map(line).collect()
}

/// How it compares; a dash where there is nothing to compare with.
pub(crate) fn ratio(value: f64, base: Option<f64>) -> String {
    base.map_or_else(|| "-".to_owned(), |base| format!("{:.2}", value / base))
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Half of what the middle half of them differ by.
pub(crate) fn spread(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        count => (values[(count - 1) * 3 / 4] - values[count / 4]).abs() / 2.0,
    }
}
