//! `cargo xtask lab har`: records the shop with real developer tools, and keeps what these export.

use std::fs;
use std::process::ExitCode;

use corsac_lab_browsers::har;
use corsac_lab_browsers::options::ENGINES;

const HELP: &str = "\
Usage: cargo xtask lab har [--engine NAME]...

Writes vectors/har anew, from the developer tools of Chromium, Firefox and WebKit; --engine takes one of them alone.";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut engines = Vec::new();
    for pair in arguments.chunks(2) {
        let engine =
            ENGINES.into_iter().find(|engine| pair.get(1).is_some_and(|name| engine.as_str() == name));
        match engine.filter(|_| pair[0] == "--engine") {
            Some(engine) => engines.push(engine),
            None => {
                say(HELP);
                return ExitCode::from(2);
            }
        }
    }
    if engines.is_empty() {
        engines = ENGINES.to_vec();
    }
    let mut outcome = ExitCode::SUCCESS;
    for engine in engines {
        let exports = match har::export(engine).await {
            Ok(exports) => exports,
            Err(error) => {
                say(&format!("{engine}: NOT RECORDED: {error}"));
                outcome = ExitCode::FAILURE;
                continue;
            }
        };
        for export in exports {
            let file = har::folder().join(format!("{}.har", export.name));
            match fs::write(&file, export.text) {
                Ok(()) => say(&format!("{engine}: {}", file.display())),
                Err(error) => {
                    say(&format!("{}: {error}", file.display()));
                    outcome = ExitCode::FAILURE;
                }
            }
        }
    }
    outcome
}

#[expect(clippy::print_stdout, reason = "this program exists to tell a person what it did")]
fn say(text: &str) {
    println!("{text}");
}
