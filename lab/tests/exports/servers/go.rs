//! Go: one program, a package for each text, compiled without asking anybody for anything.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use corsac_lab::Part;
use libtest_mimic::Failed;

use super::{Folder, Server, frames};

pub(crate) struct RsCors;

impl Server for RsCors {
    fn target(&self) -> &'static str {
        "rs-cors"
    }

    fn part(&self) -> Part {
        Part::RsCors
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn version(&self) -> Option<Command> {
        // The package has no word on its version; Debian has.
        let mut command = Command::new("dpkg-query");
        command.args(["--show", "--showformat", "${Version}", "golang-github-rs-cors-dev"]);
        Some(command)
    }

    fn command(&self, served: &Folder<'_>) -> Result<Command, Failed> {
        let program = served.path.join("src/lab");
        let (mut imports, mut policies) = (String::new(), String::new());
        for number in served.numbers {
            let package = program.join(format!("policy_{number}"));
            fs::create_dir_all(&package)?;
            fs::rename(served.path.join(format!("policy_{number}.go")), package.join("corspolicy.go"))?;
            writeln!(imports, "\tpolicy{number} \"lab/policy_{number}\"")?;
            writeln!(policies, "\t\"{number}\": policy{number}.Wrap,")?;
        }
        let list = format!(
            "package main\n\nimport (\n\t\"net/http\"\n\n{imports})\n\n\
             var policies = map[string]func(http.Handler) http.Handler{{\n{policies}}}\n"
        );
        fs::write(program.join("policies.go"), list)?;
        fs::copy(frames().join("go_application.go"), program.join("main.go"))?;
        let built = Command::new(self.part().program()?)
            .args(["build", "-o", "application", "lab"])
            .current_dir(served.path)
            .env("GO111MODULE", "off")
            .env("GOFLAGS", "")
            .env("GOPATH", format!("{}:/usr/share/gocode", served.path.display()))
            // What is compiled once stays so, beside what Cargo compiled.
            .env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go"))
            .output()?;
        if !built.status.success() {
            return Err(String::from_utf8_lossy(&built.stderr).into_owned().into());
        }
        let mut command = Command::new(served.path.join("application"));
        command.arg(format!("127.0.0.1:{}", served.port()));
        Ok(command)
    }
}
