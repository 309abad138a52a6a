//! The `corsac` binary: reads what was typed, runs one verb, and leaves with its exit code.
//!
//! Parses and prints; every rule lives in the libraries.

mod args;
mod choice;
mod commands;
mod complaint;
mod exit;
mod input;
mod log;
mod printer;
mod report;
#[cfg(test)]
mod schema;

use std::panic::AssertUnwindSafe;

use clap::Parser as _;

use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::Printer;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let arguments = args::Arguments::parse();
    let printer = Printer::new();
    // A fault of our own is told apart from everything a person or a server can cause.
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| commands::run(arguments.verb, &printer)));
    match outcome {
        Ok(Ok(_)) if printer.has_failed() => Exit::Internal,
        Ok(Ok(exit)) => exit,
        Ok(Err(complaint)) => {
            printer.complain(&complaint);
            Exit::Usage
        }
        Err(_) => {
            printer.complain(&Complaint::new(
                "this is a fault in Corsac, not in what you typed",
                "please report it",
            ));
            Exit::Internal
        }
    }
    .into()
}
