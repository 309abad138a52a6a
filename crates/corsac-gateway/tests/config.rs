//! Configuration files and what is said about them, word for word.
//!
//! `tests/config/*.toml` with a `.err` beside it is refused with that text; without one it is accepted without a
//! warning. `CORSAC_BLESS=1` writes the texts anew, for a person to read.

use std::path::{Path, PathBuf};

use corsac::PolicyConfig;
use corsac_gateway::config::{Code, Severity};
use corsac_gateway::{Config, Flags, Target};

/// Values have `secret` in them, so that one that is printed is noticed.
fn environment(name: &str) -> Option<String> {
    let value = match name {
        "SECRET_KEY" => "secret-key",
        "APP_ORIGIN" => "https://secret.example",
        "BAD_ADDRESS" => "secret:address",
        "BAD_ORIGIN" => "https://secret.example/path",
        "BAD_AGE" => "secret",
        "BAD_UPSTREAM" => "ftp://secret.example",
        "BAD_POLICY" => "secret",
        "BAD_KEY" => "secret\n",
        "EMPTY" => "",
        _ => return None,
    };
    Some(value.to_owned())
}

fn parse(path: &Path) -> Result<Config, String> {
    let text = std::fs::read_to_string(path).expect("a test file");
    Config::parse(path, &text, &environment).map_err(|faults| {
        assert!(faults.findings().iter().any(|finding| finding.severity == Severity::Error));
        faults.to_string()
    })
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir("tests/config")
        .expect("the folder of test files")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

#[test]
fn every_file_is_told_what_it_should_be() {
    let bless = std::env::var_os("CORSAC_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in files() {
        let golden = path.with_extension("err");
        let expected = std::fs::read_to_string(&golden).ok();
        let said = match parse(&path) {
            Ok(config) => {
                let warnings: Vec<String> = config.warnings().iter().map(ToString::to_string).collect();
                (!warnings.is_empty()).then(|| warnings.join("\n\n") + "\n")
            }
            Err(faults) => Some(faults + "\n"),
        };
        if said == expected {
            continue;
        }
        match &said {
            Some(said) if bless => std::fs::write(&golden, said).expect("the folder can be written"),
            None if bless => std::fs::remove_file(&golden).expect("the folder can be written"),
            _ => wrong.push(format!("{}\n{}", path.display(), said.unwrap_or_default())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn values_of_variables_are_never_shown() {
    for path in files() {
        let shown = match parse(&path) {
            Ok(config) => format!("{config:?}"),
            Err(faults) => faults,
        };
        assert!(!shown.contains("secret"), "{}\n{shown}", path.display());
    }
}

#[test]
fn no_text_makes_it_panic() {
    for path in files() {
        let text = std::fs::read_to_string(&path).expect("a test file");
        for cut in (0..text.len()).step_by(5).filter(|cut| text.is_char_boundary(*cut)) {
            let (before, after) = text.split_at(cut);
            let without_one: String = after.chars().skip(1).collect();
            for changed in [
                before.to_owned(),
                after.to_owned(),
                format!("{before}{without_one}"),
                format!("{before}[é{after}"),
            ] {
                if let Err(faults) = Config::parse(&path, &changed, &environment) {
                    assert!(!faults.to_string().is_empty());
                }
            }
        }
    }
}

#[test]
fn the_file_of_the_design_says_what_it_says() {
    let config = parse(Path::new("tests/config/design.toml")).expect("a sound file");
    assert_eq!(config.listen().to_string(), "0.0.0.0:8080");
    assert_eq!(config.admin().expect("an address").to_string(), "127.0.0.1:9180");
    let [api, weather, pages] = config.routes() else { panic!("{:?}", config.routes()) };
    assert_eq!((api.path(), api.policy_name()), ("/api/", Some("app")));
    assert!(api.policy().expect("a policy").allows_origin("http://localhost:5173"));
    let Target::Upstream(upstream) = weather.target() else { panic!("{weather:?}") };
    assert_eq!(upstream.to_string(), "https://external-api.example/weather");
    assert_eq!(upstream.set_request_headers().map(|name| name.as_str()).collect::<Vec<_>>(), ["x-api-key"]);
    assert!(matches!(pages.target(), Target::Files(folder) if folder.ends_with("tests/config/dist")));
}

#[test]
fn a_file_that_is_not_there_says_so() {
    let faults = Config::load(Path::new("tests/config/nothing.toml")).expect_err("there is no such file");
    assert_eq!(faults.findings()[0].code, Code::FileUnreadable.as_str());
    assert!(faults.to_string().contains("tests/config/nothing.toml"), "{faults}");
}

#[test]
fn codes_are_unique_and_have_their_shape() {
    let mut codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert!(codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Code::ALL.len());
}

#[test]
fn flags_are_checked_like_a_file_and_named_in_the_faults() {
    let faults = Config::from_flags(Flags {
        upstream: "localhost:3000".into(),
        listen: Some("8080".into()),
        policy: PolicyConfig {
            allow_origins: vec!["https://app.example/".into(), "http://shop.example".into()],
            allow_credentials: true,
            allow_methods: vec!["patch".into()],
            ..PolicyConfig::default()
        },
    })
    .expect_err("four faults");
    let expected = "\
error[address-invalid]: `8080` is not an address to listen on.
  --> --listen 8080
   = help: write \"127.0.0.1:8080\" for this machine alone, \"0.0.0.0:8080\" for everyone

error[upstream-scheme]: `localhost:3000` has no scheme.
  --> --upstream localhost:3000
   = help: write \"http://localhost:3000\"

error[origin-with-path]: An origin ends with its host or port; browsers never send a slash or path.
  --> --allow-origin https://app.example/
   = help: write https://app.example";
    assert!(faults.to_string().starts_with(expected), "{faults}");
    let codes: Vec<&str> = faults.findings().iter().map(|finding| finding.code).collect();
    assert_eq!(codes[2..], ["origin-with-path", "insecure-origin-with-credentials", "method-case"]);
}

#[test]
fn flags_without_an_origin_say_which_to_pass() {
    let flags = Flags { upstream: "http://localhost:8080".into(), ..Flags::default() };
    let faults = Config::from_flags(flags).expect_err("no origin, and a loop");
    let codes: Vec<&str> = faults.findings().iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["upstream-is-gateway", "origins-missing"]);
    assert!(faults.to_string().contains("pass --allow-origin https://app.example"), "{faults}");
}
