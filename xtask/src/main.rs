//! Set-up and checks as code: `cargo xtask test` passes everything on a fresh machine.
//!
//! It calls the tools that do the work, in order, and reports. It knows nothing about CORS.

mod command;
mod lab;
mod printer;
mod setup;
mod steps;
mod tally;
mod test;
mod tidy;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask VERB

  test    install what is missing, then run every check: formatting, clippy, docs, tidy, tests
  setup   only install what the tests need (Debian, npm and Python packages), and say what and why
  tidy    only check what the repository promises about its own files
  lab     lab browsers: real browsers against what Corsac predicts of them; `lab browsers --help` says more
          lab har: the recordings in vectors/har, made anew by the developer tools of real browsers
          lab peers: what tower-http and actix-cors answer to the cases, against what is written of it
          lab servers: exported policies on their real servers, and what was counted, against what is written of it
          lab zoo: broken APIs in a real browser, named, mended as printed, and what came of it; --case or --stack for a few
          lab gateway: what the gateway costs beside nginx and HAProxy, or whether it lasts; `lab gateway --help`
  help    this text

Exit codes: 0 all is well, 1 something failed, 2 not a verb.";

fn main() -> ExitCode {
    let root = repository();
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["test"] => test::everything(&root).exit_code(),
        ["setup"] => steps::run(vec![setup::step(&root)]).exit_code(),
        ["tidy"] => steps::run(vec![tidy::step(&root)]).exit_code(),
        ["lab", "browsers", ref arguments @ ..] => lab::browsers(&root, arguments),
        ["lab", "har", ref arguments @ ..] => lab::har(&root, arguments),
        ["lab", "peers"] => lab::peers(&root),
        ["lab", "servers"] => lab::servers(&root),
        ["lab", "zoo", ref arguments @ ..] => lab::zoo(&root, arguments),
        ["lab", "gateway", ref arguments @ ..] => lab::gateway(&root, arguments),
        [] | ["help" | "--help" | "-h"] => {
            printer::say(HELP);
            ExitCode::SUCCESS
        }
        _ => {
            printer::say(&format!("`{}` is no verb of xtask.\n\n{HELP}", arguments.join(" ")));
            ExitCode::from(2)
        }
    }
}

/// The folder of the workspace.
fn repository() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().expect("this crate is a folder of the workspace").to_owned()
}
