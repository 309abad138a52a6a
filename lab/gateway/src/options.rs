//! What a run is asked to do, as arguments.
//!
//! Parses; does nothing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cases::Case;

/// How the program is called.
pub(crate) const HELP: &str = "\
Usage: cargo xtask lab gateway [WORD]... [--corsac PATH]... [--without NAME]... [--quick] [--soak TIME]

  WORD            only the cases with that word in their names (`GET`, `64`, `POST`, `preflight`, `idle`)
  --corsac PATH   measures that binary, and not the one of this checkout; several are told apart as A, B, …;
                  relative to the folder of the repository
  --without NAME  leaves out nginx, haproxy or corsac
  --rounds N      how often each is measured; 7 without it
  --seconds N     how long each time; 3 without it
  --connections N how many clients ask at once; 32 without it
  --quick         3 rounds of half a second
  --soak TIME     Corsac alone, under a mixed load and reloads, for `30s`, `10m` or `2h`; fails where a request does
                  or something leaks

Exits with 0, or with 1 where something could not be measured or a soak failed, or with 2 if this was not understood.";

/// What paths are relative to, since Cargo starts benchmarks in the folders of their packages.
const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What to run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Options {
    pub(crate) cases: Vec<Case>,
    /// With how many idle connections memory is looked at.
    pub(crate) idle: Vec<usize>,
    /// The binaries; none for that of this checkout.
    pub(crate) corsac: Vec<PathBuf>,
    pub(crate) without: Vec<String>,
    pub(crate) rounds: usize,
    pub(crate) each: Duration,
    pub(crate) connections: usize,
    pub(crate) soak: Option<Duration>,
}

impl Options {
    fn thorough() -> Self {
        Self {
            cases: Case::ALL.to_vec(),
            idle: vec![1_000, 10_000],
            corsac: Vec::new(),
            without: Vec::new(),
            rounds: 7,
            each: Duration::from_secs(3),
            connections: 32,
            soak: None,
        }
    }

    /// As little as shows that it can be measured.
    pub(crate) fn smoke() -> Self {
        let each = Duration::from_millis(100);
        Self { idle: vec![50], rounds: 1, each, connections: 4, ..Self::thorough() }
    }

    /// Reads the arguments, or says what was not understood.
    pub(crate) fn parse(arguments: Vec<String>) -> Result<Self, String> {
        let mut options = Self::thorough();
        let mut words: Vec<String> = Vec::new();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value =
                || arguments.next().ok_or_else(|| format!("`{argument}` needs a value\n\n{HELP}"));
            match argument.as_str() {
                "--help" | "-h" => return Err(HELP.to_owned()),
                "--quick" => (options.rounds, options.each) = (3, Duration::from_millis(500)),
                "--corsac" => {
                    let path = value()?;
                    let found = Path::new(REPOSITORY).join(&path).canonicalize();
                    options.corsac.push(found.map_err(|error| format!("{path}: {error}"))?);
                }
                "--without" => options.without.push(value()?),
                "--rounds" => options.rounds = number(&value()?)?,
                "--seconds" => options.each = time(&format!("{}s", value()?))?,
                "--connections" => options.connections = number(&value()?)?,
                "--soak" => options.soak = Some(time(&value()?)?),
                word if !word.starts_with('-') => words.push(word.to_lowercase()),
                _ => return Err(format!("`{argument}` is not understood\n\n{HELP}")),
            }
        }
        if !words.is_empty() {
            let is_meant = |name: &str| words.iter().any(|word| name.to_lowercase().contains(word.as_str()));
            options.cases.retain(|case| is_meant(case.name()));
            if !is_meant("idle") {
                options.idle.clear();
            }
            if options.cases.is_empty() && options.idle.is_empty() {
                return Err(format!("no case has any of these in its name: {words:?}"));
            }
        }
        Ok(options)
    }
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| format!("`{text}` is no number that fits"))
}

fn time(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(format!("`{text}` is no length of time: `30s`, `10m`, `2h`")),
    };
    let count: f64 = digits.parse().map_err(|_| format!("`{text}` is no length of time"))?;
    Duration::try_from_secs_f64(count * unit).map_err(|_| format!("`{text}` is no length of time"))
}
