//! A number of bytes that is not exceeded: `"10MB"`, `"64KiB"`, `4096`, or `"unlimited"`.
//!
//! Knows how it is written and shown; what is measured by it is elsewhere.

use std::fmt;

use toml::de::DeValue;

use super::code::Code;
use super::problem::Problem;
use super::reader::{Reader, Value};

/// How many bytes there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(Option<u64>);

/// The units, the larger first of two that a number fits.
const UNITS: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1_000),
    ("B", 1),
];

/// The word for no limit.
const UNLIMITED: &str = "unlimited";

impl Size {
    /// As many as there are.
    pub const UNLIMITED: Self = Self(None);

    /// This many.
    #[must_use]
    pub const fn bytes(bytes: u64) -> Self {
        Self(Some(bytes))
    }

    /// How many; nothing where there is no limit.
    #[must_use]
    pub const fn limit(self) -> Option<u64> {
        self.0
    }

    /// Whether there may be this many.
    #[must_use]
    pub fn allows(self, bytes: u64) -> bool {
        self.0.is_none_or(|limit| bytes <= limit)
    }
}

/// As it can be written.
impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(bytes) = self.0 else { return formatter.write_str(UNLIMITED) };
        let fitting = UNITS.iter().find(|(_, unit)| bytes >= *unit && bytes % unit == 0);
        let (name, unit) = fitting.copied().unwrap_or(("B", 1));
        write!(formatter, "{}{name}", bytes / unit)
    }
}

/// Reads one; nothing where it cannot be read, which is reported.
pub(super) fn read(reader: &mut Reader<'_>, value: &Value<'_>, what: &str) -> Option<Size> {
    read_with(reader, value, what, "write \"10MB\", \"512KiB\", bytes as a number, or \"unlimited\"")
}

/// The same for what cannot be without a limit.
pub(super) fn read_finite(reader: &mut Reader<'_>, value: &Value<'_>, what: &str) -> Option<u64> {
    let help = "write \"64MB\", \"512KiB\", or bytes as a number";
    let size = read_with(reader, value, what, help)?;
    if size.limit().is_none() {
        let message = format!("{what} has an end, as memory has.");
        reader.fault(&value.span(), Problem::new(Code::SizeInvalid, message, help));
    }
    size.limit()
}

fn read_with(reader: &mut Reader<'_>, value: &Value<'_>, what: &str, help: &str) -> Option<Size> {
    let problem = || Problem::new(Code::SizeInvalid, format!("{what} is not a number of bytes."), help);
    if let DeValue::Integer(number) = value.get_ref() {
        let bytes = u64::from_str_radix(number.as_str(), number.radix()).ok().filter(|bytes| *bytes > 0);
        if bytes.is_none() {
            reader.fault(&value.span(), problem());
        }
        return bytes.map(Size::bytes);
    }
    let text = reader.text(value, what, "a number of bytes, such as \"10MB\" or \"512KiB\"")?;
    let size = parse(&text.value);
    if size.is_none() {
        reader.fault_in(&text, problem());
    }
    size
}

fn parse(text: &str) -> Option<Size> {
    let text = text.trim();
    if text == UNLIMITED {
        return Some(Size::UNLIMITED);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim() {
        "" => 1,
        unit => UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1,
    };
    let bytes = number.parse::<u64>().ok()?.checked_mul(unit)?;
    (bytes > 0).then_some(Size::bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::{Size, parse};

    #[test]
    fn sizes_have_units_and_are_shown_as_they_can_be_written() {
        for (written, bytes, shown) in [
            ("10MB", 10_000_000, "10MB"),
            ("1 MiB", 1_048_576, "1MiB"),
            ("64kib", 65_536, "64KiB"),
            ("2kB", 2_000, "2kB"),
            ("1GB", 1_000_000_000, "1GB"),
            ("3GiB", 3 << 30, "3GiB"),
            ("1500", 1_500, "1500B"),
            ("7 B", 7, "7B"),
            ("2048MiB", 2 << 30, "2GiB"),
        ] {
            let size = parse(written).unwrap_or_else(|| panic!("{written}"));
            assert_eq!((size, size.to_string().as_str()), (Size::bytes(bytes), shown), "{written}");
            assert_eq!(parse(shown), Some(size), "{shown}");
        }
        assert_eq!(parse("unlimited"), Some(Size::UNLIMITED));
        for wrong in [
            "",
            "0",
            "0MB",
            "-1",
            "1.5MB",
            "10m",
            "MB",
            "10 parsecs",
            "99999999999999999999",
            "99999999999GiB",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_size_allows_what_is_not_above_it() {
        assert!(Size::bytes(3).allows(3) && !Size::bytes(3).allows(4));
        assert!(Size::UNLIMITED.allows(u64::MAX));
    }
}
