//! The date of a response, written once a second.

use std::cell::Cell;
use std::time::{Duration, SystemTime};

use httpdate::HttpDate;

/// How many letters a date has: `Sun, 06 Nov 1994 08:49:37 GMT`.
const LENGTH: usize = 29;

thread_local! {
    static WRITTEN: Cell<(u64, [u8; LENGTH])> = const { Cell::new((0, [b' '; LENGTH])) };
}

/// The date.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>
pub(super) fn now() -> [u8; LENGTH] {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let (second, written) = WRITTEN.get();
    if second == now.as_secs() {
        return written;
    }
    let written = write(now);
    WRITTEN.set((now.as_secs(), written));
    written
}

fn write(now: Duration) -> [u8; LENGTH] {
    let text = HttpDate::from(SystemTime::UNIX_EPOCH + now).to_string();
    text.as_bytes().try_into().unwrap_or([b' '; LENGTH])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    #[test]
    fn a_date_is_written_as_http_wants_it() {
        assert_eq!(&super::write(Duration::from_secs(784_111_777)), b"Sun, 06 Nov 1994 08:49:37 GMT");
        assert!(super::now().ends_with(b" GMT"));
    }
}
