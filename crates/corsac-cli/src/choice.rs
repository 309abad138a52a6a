//! A flag whose value is one of a few words: read by the rules of its type, and offered by completion.
//!
//! What a wrong word is told stays with the type.

use std::ffi::OsStr;
use std::marker::PhantomData;
use std::str::FromStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, Error};

/// Reads one of these words.
pub(crate) fn one_of<T>(words: &'static [&'static str]) -> OneOf<T> {
    OneOf { words, of: PhantomData }
}

/// See [`one_of`].
pub(crate) struct OneOf<T> {
    words: &'static [&'static str],
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for OneOf<T> {
    fn clone(&self) -> Self {
        one_of(self.words)
    }
}

impl<T> TypedValueParser for OneOf<T>
where
    T: FromStr + Clone + Send + Sync + 'static,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    type Value = T;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        T::from_str.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.words.iter().map(PossibleValue::new)))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use crate::args::Arguments;

    #[test]
    fn every_word_that_is_offered_is_read() {
        let mut command = Arguments::command();
        command.build();
        let check = command.find_subcommand("check").expect("it is a verb").clone();
        let mut offered = 0;
        for argument in check.get_arguments().filter(|argument| argument.get_action().takes_values()) {
            let Some(flag) = argument.get_long() else { continue };
            for word in argument.get_value_parser().possible_values().into_iter().flatten() {
                let typed = ["corsac", "check", "http://localhost/", &format!("--{flag}"), word.get_name()]
                    .map(str::to_owned);
                let read = command.try_get_matches_from_mut(typed);
                assert!(read.is_ok(), "--{flag} {}: {read:?}", word.get_name());
                offered += 1;
            }
        }
        assert!(offered > 40, "{offered} words are too few");
    }
}
