//! How long a browser may remember a preflight.
//!
//! Spec: <https://fetch.spec.whatwg.org/#http-access-control-max-age>

use crate::config::MaxAgeConfig;
use crate::fault::FaultCode;

/// The longest time any browser keeps a preflight: Firefox's cap.
pub(crate) const LONGEST: u32 = 24 * 60 * 60;

/// Chromium's cap, beyond which most users gain nothing.
pub(crate) const CHROMIUM_CAP: u32 = 2 * 60 * 60;

/// The seconds a person meant. Zero is a value of its own: browsers then remember nothing.
pub(crate) fn parse(written: &MaxAgeConfig) -> Result<u32, (FaultCode, String)> {
    let seconds = match written {
        MaxAgeConfig::Seconds(seconds) => u64::try_from(*seconds).ok(),
        MaxAgeConfig::Text(text) => parse_text(text.trim()),
    };
    let Some(seconds) = seconds else {
        return Err((
            FaultCode::MaxAgeInvalid,
            "write seconds (600) or a duration (\"10m\", \"24h\")".into(),
        ));
    };
    u32::try_from(seconds)
        .ok()
        .filter(|seconds| *seconds <= LONGEST)
        .ok_or_else(|| (FaultCode::MaxAgeTooLong, "write \"24h\" or less".into()))
}

fn parse_text(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let scale = match unit.trim() {
        "" | "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    if number.is_empty() {
        return None;
    }
    // A number beyond all numbers is too long, and not misspelled.
    Some(number.parse::<u64>().map_or(u64::MAX, |number| number.saturating_mul(scale)))
}
