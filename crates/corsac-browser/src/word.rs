//! Enums whose variants are words of the standard, or of this crate.
//!
//! Knows how such a word is written and read back; knows nothing of what the words mean.

use std::fmt;

/// A text that should have been one of a few words.
///
/// ```
/// use corsac_browser::Mode;
///
/// let error = "nocors".parse::<Mode>().unwrap_err();
/// assert_eq!(error.to_string(), "`nocors` is not a mode: write cors, no-cors or same-origin");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    pub(crate) kind: &'static str,
    pub(crate) word: String,
    pub(crate) known: &'static [&'static str],
}

impl UnknownWord {
    /// The text that was given.
    #[must_use]
    pub fn word(&self) -> &str {
        &self.word
    }

    /// Every word that would have done.
    #[must_use]
    pub fn known(&self) -> &'static [&'static str] {
        self.known
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is not a {}: write ", self.word, self.kind)?;
        match self.known {
            [before @ .., last] if !before.is_empty() => write!(formatter, "{} or {last}", before.join(", ")),
            words => formatter.write_str(&words.join(", ")),
        }
    }
}

impl std::error::Error for UnknownWord {}

/// Makes an enum with `ALL`, `as_str`, `Display` and `FromStr` from one list of variants and words.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident is a $kind:literal {
        $($(#[$doc:meta])* $variant:ident = $word:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// Every variant, in the order of this page.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word for it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::word::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::word::UnknownWord { kind: $kind, word: word.into(), known: &[$($word,)+] }),
                }
            }
        }
    };
}

pub(crate) use words;
