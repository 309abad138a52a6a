//! `cargo xtask lab gateway`: see the library, which does all of it.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    corsac_lab_gateway::run(std::env::args().skip(1).collect())
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    use std::io::Write as _;

    let _ = writeln!(std::io::stderr(), "the gateway is measured on Linux only");
    ExitCode::FAILURE
}
