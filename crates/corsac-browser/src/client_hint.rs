//! Client hints in Chromium, headers that tell of the device: which are safelisted, by name and by value, and which do not
//! outlive a redirect.
//!
//! Only names a script can set are here; `Sec-CH-*` it cannot.

/// What a redirect to an origin other than the page's takes from the request.
pub(crate) const NOT_FOR_OTHERS: &[&str] =
    &["Device-Memory", "DPR", "Downlink", "ECT", "RTT", "Viewport-Width", "Width"];

/// Whether the header may go without leave. The name is in lower case.
pub(crate) fn is_safelisted(name: &str, value: &[u8]) -> bool {
    match name {
        "device-memory" | "dpr" | "downlink" => is_decimal(value),
        "width" | "viewport-width" | "rtt" => is_digits(value),
        "save-data" => value.eq_ignore_ascii_case(b"on"),
        "ect" => matches!(value, b"slow-2g" | b"2g" | b"3g" | b"4g"),
        "intervention" => true,
        _ => false,
    }
}

fn is_digits(value: &[u8]) -> bool {
    !value.is_empty() && value.iter().all(u8::is_ascii_digit)
}

/// Digits, and perhaps a point with more digits after it.
fn is_decimal(value: &[u8]) -> bool {
    match value.iter().position(|byte| *byte == b'.') {
        Some(point) => is_digits(&value[..point]) && is_digits(&value[point + 1..]),
        None => is_digits(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_checked() {
        for (name, value, safe) in [
            ("dpr", "1", true),
            ("dpr", "1.5", true),
            ("dpr", "1.", false),
            ("dpr", ".5", false),
            ("dpr", "", false),
            ("width", "100", true),
            ("width", "1.5", false),
            ("save-data", "On", true),
            ("save-data", "off", false),
            ("ect", "4g", true),
            ("ect", "5g", false),
            ("x-dpr", "1", false),
        ] {
            assert_eq!(is_safelisted(name, value.as_bytes()), safe, "{name}: {value}");
        }
    }
}
