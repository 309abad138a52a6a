//! What the gateway costs beside nginx and HAProxy, and whether it lasts: `cargo xtask lab gateway`.
//!
//! All of them proxy to the same upstream, on one core, under the same policy, and are asked in turn; a soak asks Corsac
//! alone, for long. Prints, and judges no time, for machines differ and are busy. Linux only: processes are looked at
//! through `/proc`, and sockets through epoll.

#![cfg(target_os = "linux")]

mod bodies;
mod cases;
mod contest;
mod cores;
mod head;
mod idle;
mod options;
mod process;
mod proxy;
mod reactor;
mod soak;
mod socket;
mod table;
mod upstream;

use std::io::Write as _;
use std::process::ExitCode;

pub use process::can_be_measured;

use options::{HELP, Options};

/// What stops a measurement.
type Error = Box<dyn std::error::Error>;

/// Does what these arguments ask for, and prints what came of it.
#[must_use]
pub fn run(arguments: Vec<String>) -> ExitCode {
    let options = match Options::parse(arguments) {
        Ok(options) => options,
        Err(said) if said == HELP => {
            say(HELP);
            return ExitCode::SUCCESS;
        }
        Err(said) => {
            say(&said);
            return ExitCode::from(2);
        }
    };
    let outcome = match options.soak {
        Some(length) => soak::run(&options, length),
        None => contest::run(&options).map(|()| true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("it could not be measured: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// A short look at whether everything can still be measured; what it prints says nothing of the costs.
///
/// # Errors
///
/// What is in the way, for people.
pub fn smoke() -> Result<(), String> {
    contest::run(&Options::smoke()).map_err(|error| error.to_string())
}

/// A line of the result. Whoever closed the pipe has read enough.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
