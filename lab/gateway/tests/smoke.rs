//! That the gateway can still be measured beside whoever is on this machine. No figure is looked at.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    libtest_mimic::run(&Arguments::from_args(), trials()).exit_code()
}

#[cfg(target_os = "linux")]
fn trials() -> Vec<Trial> {
    let trial = Trial::test("the gateway is measured beside whoever is here", || {
        corsac_lab_gateway::smoke().map_err(Into::into)
    });
    // Some systems look like Linux, and do not say of processes what is asked.
    vec![trial.with_ignored_flag(!corsac_lab_gateway::can_be_measured())]
}

#[cfg(not(target_os = "linux"))]
fn trials() -> Vec<Trial> {
    Vec::new()
}
