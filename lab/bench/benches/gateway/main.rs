//! What the gateway costs beside nginx and HAProxy: `cargo xtask lab gateway`.
//!
//! All of them proxy to the same upstream, on one core, under the same policy, and are asked in turn; `--soak` asks
//! Corsac alone, for long. Prints, and asserts no time, for machines differ and are busy. Started by `cargo test` it is a
//! short look at whether everything can still be measured.

#[cfg(target_os = "linux")]
mod bodies;
#[cfg(target_os = "linux")]
mod cases;
#[cfg(target_os = "linux")]
mod contest;
#[cfg(target_os = "linux")]
mod cores;
#[cfg(target_os = "linux")]
mod head;
#[cfg(target_os = "linux")]
mod idle;
#[cfg(target_os = "linux")]
mod options;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod proxy;
#[cfg(target_os = "linux")]
mod reactor;
#[cfg(target_os = "linux")]
mod soak;
#[cfg(target_os = "linux")]
mod socket;
#[cfg(target_os = "linux")]
mod table;
#[cfg(target_os = "linux")]
mod upstream;

use std::io::Write as _;
use std::process::ExitCode;

/// What stops a measurement.
#[cfg(target_os = "linux")]
type Error = Box<dyn std::error::Error>;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_benchmark = arguments.iter().any(|argument| argument == "--bench");
    arguments.retain(|argument| argument != "--bench");
    if !is_benchmark {
        return smoke::run();
    }
    let options = match options::Options::parse(arguments) {
        Ok(options) => options,
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

/// Processes are looked at through `/proc`, and sockets through epoll.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    say("the gateway is measured on Linux only");
    ExitCode::SUCCESS
}

/// What `cargo test` sees of it.
#[cfg(target_os = "linux")]
mod smoke {
    use std::process::ExitCode;

    use libtest_mimic::{Arguments, Trial};

    use crate::contest;
    use crate::options::Options;
    use crate::process::can_be_measured;

    pub(crate) fn run() -> ExitCode {
        let trial = Trial::test("the gateway is measured beside whoever is here", || {
            contest::run(&Options::smoke()).map_err(|error| error.to_string().into())
        });
        let trial = trial.with_ignored_flag(!can_be_measured());
        libtest_mimic::run(&Arguments::from_args(), vec![trial]).exit_code()
    }
}

/// A line of the result. Whoever closed the pipe has read enough.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
