//! What a run is asked to do, as arguments.
//!
//! Parses; does nothing.

use corsac_browser::Browser;

/// How the program is called.
pub const HELP: &str = "\
Usage: cargo xtask lab browsers [--engine NAME]... [--handwritten] [--seed N] [--count N] [--case ID] [--out FILE]
                            [--console FILE]

  --engine NAME   chromium, firefox or webkit; all three without it
  --handwritten   the scenarios of vectors/browser, and no generated ones unless a seed is given
  --seed N        generated scenarios of that seed, and no hand-written ones unless they are asked for
  --count N       how many are generated; 500 without it
  --case ID       this one alone, with everything about it
  --out FILE      everything about every disagreement goes to that file
  --console FILE  what the console printed about calls that failed goes to that file, as vectors/console has it

Without any: the hand-written ones, and 500 of seed 1.
Exits with 0 if all agree; with anything else if some do not, or could not be run, or this was not understood.";

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// In which engines.
    pub engines: Vec<Browser>,
    /// Whether the hand-written scenarios are among them.
    pub hand_written: bool,
    /// The seed of the generated ones, if there are to be any.
    pub seed: Option<u64>,
    /// How many are generated.
    pub count: usize,
    /// The one scenario to look at.
    pub case: Option<String>,
    /// Where everything is written to.
    pub out: Option<String>,
    /// Where the lines of the console are written to.
    pub console: Option<String>,
}

/// The three engines.
pub const ENGINES: [Browser; 3] = [Browser::Chromium, Browser::Firefox, Browser::Webkit];

impl Options {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// What was not understood.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            engines: Vec::new(),
            hand_written: false,
            seed: None,
            count: 500,
            case: None,
            out: None,
            console: None,
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--engine" => {
                    let name = value()?;
                    let engine = ENGINES.into_iter().find(|engine| engine.as_str() == name);
                    options.engines.push(engine.ok_or_else(|| format!("`{name}` is no engine"))?);
                }
                "--help" | "-h" => return Err(HELP.to_owned()),
                "--handwritten" => options.hand_written = true,
                "--seed" => options.seed = Some(number(&value()?)?),
                "--count" => options.count = number(&value()?)?,
                "--case" => options.case = Some(value()?),
                "--out" => options.out = Some(value()?),
                "--console" => options.console = Some(value()?),
                _ => return Err(format!("`{argument}` is not understood")),
            }
        }
        if options.engines.is_empty() {
            options.engines = ENGINES.to_vec();
        }
        if !options.hand_written && options.seed.is_none() {
            options.hand_written = true;
            options.seed = options.case.is_none().then_some(1);
        }
        Ok(options)
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is no number that fits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn without_arguments_everything_is_run() {
        let options = parse("").expect("arguments");
        assert_eq!((options.hand_written, options.seed, options.count), (true, Some(1), 500));
        assert_eq!(options.engines, ENGINES);
    }

    #[test]
    fn a_seed_alone_generates_alone() {
        let options = parse("--engine webkit --seed 7 --count 10").expect("arguments");
        assert_eq!((options.hand_written, options.seed, options.count), (false, Some(7), 10));
        assert_eq!(options.engines, [Browser::Webkit]);
        assert!(parse("--handwritten --seed 7").expect("arguments").hand_written);
    }

    #[test]
    fn what_is_not_understood_is_said() {
        assert_eq!(parse("--engine lynx"), Err("`lynx` is no engine".into()));
        assert_eq!(parse("--engine standard"), Err("`standard` is no engine".into()));
        assert_eq!(parse("--seed"), Err("`--seed` needs a value".into()));
        assert_eq!(parse("--fast"), Err("`--fast` is not understood".into()));
    }
}
