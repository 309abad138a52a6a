//! An error with all of its causes, as one line of a log.

use std::error::Error;
use std::fmt;
use std::io;

/// An error with all of its causes, on one line.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = String::new();
        for (index, cause) in causes(self.0).enumerate() {
            let text = cause.to_string();
            // Some errors repeat the text of their cause.
            if index > 0 && last.ends_with(&text) {
                continue;
            }
            write!(formatter, "{}{text}", if index > 0 { ": " } else { "" })?;
            last = text;
        }
        Ok(())
    }
}

/// An error and its causes, those that an IO error wraps included.
pub(crate) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error: &&'a (dyn Error + 'static)| {
        match error.downcast_ref::<io::Error>() {
            Some(error) => error.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

/// The first of an error and its causes that is of this type.
pub(crate) fn find<'a, Wanted: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a Wanted> {
    causes(error).find_map(|cause| cause.downcast_ref())
}
