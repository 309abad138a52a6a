//! Configuration files and what is said about them, word for word.
//!
//! `tests/config/*.toml` with a `.err` beside it is refused with that text; without one it is accepted without a
//! warning. `CORSAC_BLESS=1` writes the texts anew, for a person to read.

use std::path::{Path, PathBuf};

use corsac::PolicyConfig;
use corsac_gateway::config::{Code, Severity};
use corsac_gateway::{Config, DevFlags, Flags, Target};

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
        "BAD_SIZE" => "secret",
        "DIST" => "dist",
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
fn what_a_variable_is_a_part_of_is_shown_as_it_was_written() {
    let config = parse(Path::new("tests/config/secrets.toml")).expect("a sound file");
    let shown: Vec<(&str, String)> = config
        .routes()
        .iter()
        .map(|route| match route.target() {
            Target::Upstream(upstream) => (route.shown_path(), upstream.to_string()),
            Target::Files(folder) => (route.shown_path(), folder.to_string()),
        })
        .collect();
    let expected = [
        ("/bot", "https://api.example/bot${SECRET_KEY}"),
        ("/${SECRET_KEY}/hook", "http://${SECRET_KEY}:80"),
        ("/dist", "tests/config/${DIST}"),
    ];
    assert_eq!(shown, expected.map(|(path, target)| (path, target.to_owned())));
    assert_eq!(config.routes()[1].path(), "/secret-key/hook");
}

#[test]
fn advice_about_one_entry_does_not_show_another_that_is_a_variable() {
    let text = "[policies.app]\nallow_origins = [\"${PATTERN}\", \"https://a.hidden.example\"]\n\
                [[routes]]\npath = \"/\"\nupstream = \"http://127.0.0.1:3000\"\npolicy = \"app\"\n";
    let environment = |name: &str| (name == "PATTERN").then(|| "https://*.hidden.example".to_owned());
    let config = Config::parse(Path::new("corsac.toml"), text, &environment).expect("a sound file");
    let [warning] = config.warnings() else { panic!("{:?}", config.warnings()) };
    assert_eq!(warning.help, "look at what PATTERN is set to");
}

#[test]
fn passwords_in_urls_are_never_shown() {
    let faults = parse(Path::new("tests/config/passwords.toml")).expect_err("passwords");
    assert!(!faults.contains("alice") && !faults.contains("hun"), "{faults}");
    for upstream in [
        "http://alice:hunter@x",
        "alice:hunter@x",
        "ftp://alice:hunter@x",
        "http://alice:hunter/ s@x",
        "//alice@x",
    ] {
        let policy =
            PolicyConfig { allow_origins: vec!["https://alice:hunter@x".into()], ..PolicyConfig::default() };
        let flags = Flags { upstream: upstream.into(), listen: None, policy };
        let faults = Config::from_flags(flags).expect_err("a password").to_string();
        assert!(!faults.contains("alice") && !faults.contains("hun"), "{faults}");
        assert!(faults.contains("…@x") && faults.contains("use a configuration file with"), "{faults}");
    }
}

#[test]
fn what_is_listened_on_can_be_said_beside_a_file() {
    let load = |listen: &str| {
        Config::load_listening(Path::new("tests/config/listens.toml"), Some(listen))
            .map_err(|it| it.to_string())
    };
    let config = load("localhost:8081").expect("an address");
    assert_eq!(config.listen().to_string(), "127.0.0.1:8081");
    let faults = load(":8080").expect_err("no address");
    let expected = "\
error[address-invalid]: `:8080` is not an address to listen on.
  --> --listen :8080
   = help: pass --listen 127.0.0.1:8080 for this machine alone, --listen 0.0.0.0:8080 for everyone";
    assert_eq!(faults, expected);
    // What the flag says is what counts.
    let faults = load("127.0.0.1:3000").expect_err("a loop");
    assert!(faults.contains("error[upstream-is-gateway]"), "{faults}");
    let faults =
        Config::load_listening(Path::new("nothing.toml"), Some("x")).expect_err("no file, no address");
    let codes: Vec<&str> = faults.findings().iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["address-invalid", "file-unreadable"]);
}

#[test]
fn help_for_flags_names_flags() {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
    let mut seen = std::collections::BTreeSet::new();
    for origins in [
        &["*"][..],
        &["*", "https://app.example"],
        &["null", "http://a.example", "https://*.github.io", "https://*", "https://*a.example", "", "* "],
        &[
            "https://app.example:443",
            "https://app.example/x",
            "HTTPS://app.example",
            "https://a,b",
            "file:///x",
        ],
        &[
            "https://app.example",
            "https://app.example",
            "ht*p://x",
            "http*://x",
            "https://a.example:x",
            "a b",
        ],
        &[],
    ] {
        for allow_credentials in [false, true] {
            for (methods, headers) in [
                (
                    &["put, delete", "TRACE", "patch", "*"][..],
                    &["a, b", "Cookie", "Access-Control-Max-Age"][..],
                ),
                (&["*", "PUT"], &["*"]),
            ] {
                let policy = PolicyConfig {
                    allow_origins: texts(origins),
                    allow_credentials,
                    allow_methods: texts(methods),
                    allow_headers: texts(headers),
                    expose_headers: texts(&["*", "a b", "Set-Cookie", "Origin", "Cache-Control"]),
                    max_age: Some(corsac::MaxAgeConfig::Text("long".into())),
                    ..PolicyConfig::default()
                };
                let flags = Flags { upstream: "x".into(), listen: Some("y".into()), policy };
                let faults = Config::from_flags(flags).expect_err("faults");
                for finding in faults.findings() {
                    let (code, help) = (finding.code, &finding.help);
                    seen.insert(code);
                    assert!(!help.is_empty(), "{code}");
                    let names_key = help.contains('_') || help.contains(" = ") || help.contains('[');
                    assert!(!names_key || help.contains("use a configuration file with"), "{code}: {help}");
                    assert!(!help.starts_with("write \"") && !help.contains("an entry"), "{code}: {help}");
                }
            }
        }
    }
    assert!(seen.len() > 25, "{seen:?}");
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
    assert!(matches!(pages.target(), Target::Files(folder) if folder.path().ends_with("tests/config/dist")));
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
   = help: pass --listen 127.0.0.1:8080 for this machine alone, --listen 0.0.0.0:8080 for everyone

error[upstream-scheme]: `localhost:3000` has no scheme.
  --> --upstream localhost:3000
   = help: pass --upstream http://localhost:3000

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

#[test]
fn flags_of_a_dev_server_are_checked_like_a_file() {
    let faults = |front: &str, apis: &[&str], listen: Option<&str>| {
        let apis = apis.iter().map(|&api| api.to_owned()).collect();
        let listen = listen.map(str::to_owned);
        let flags = DevFlags { front: front.to_owned(), apis, listen, ..DevFlags::default() };
        Config::from_dev_flags(flags).map_err(|faults| faults.to_string())
    };
    let all = faults(
        "localhost:5173",
        &["localhost:3000", "api=http://h", "/a=h:1", "/b=http://h", "/b/=http://i", "/=http://h"],
        Some("8080"),
    );
    let expected = "\
error[address-invalid]: `8080` is not an address to listen on.
  --> --listen 8080
   = help: pass --listen 127.0.0.1:8080 for this machine alone, --listen 0.0.0.0:8080 for everyone

error[upstream-scheme]: `localhost:5173` has no scheme.
  --> --front localhost:5173
   = help: pass --front http://localhost:5173

error[api-without-path]: An API is a path and where its requests go, with `=` between them.
  --> --api localhost:3000
   = help: pass --api /api=http://localhost:3000

error[route-path-invalid]: `api` is not a path: it starts with a slash.
  --> --api api=http://h
   = help: pass --api /api=http://h

error[upstream-scheme]: `h:1` has no scheme.
  --> --api /a=h:1
   = help: pass --api /a=https://h:1

error[route-overlap]: `/b/` is taken: `--api /b=http://h` has it.
  --> --api /b/=http://i
   = help: leave one of them out, or give it another path; a slash at the end makes no difference

error[route-overlap]: `/` is taken: --front has every path that no --api has.
  --> --api /=http://h
   = help: leave one of them out, or give it another path; a slash at the end makes no difference";
    assert_eq!(all.expect_err("seven faults"), expected);
    for (api, code, help) in [
        ("http://localhost:3000", "api-without-path", "pass --api /api=http://localhost:3000"),
        ("/users", "api-without-path", "pass --api /users=http://localhost:3000"),
        ("/api/*=http://h", "route-path-invalid", "pass --api /api/=http://h"),
        ("/api?x=http://h", "route-path-invalid", "pass --api /api=http://h"),
        ("/api=", "upstream-scheme", "pass a URL, such as --api /api=http://127.0.0.1:3000"),
        ("/api=http://h?q", "upstream-with-query", "pass --api /api=http://h;"),
        ("/api=http://localhost:8080", "upstream-is-gateway", "pass --listen with another port"),
    ] {
        let said = faults("http://localhost:5173", &[api], None).expect_err(api);
        assert!(said.starts_with(&format!("error[{code}]")) && said.contains(help), "{said}");
    }
    let said = faults("http://h", &["/api=https://alice:hunter2@h"], None).expect_err("a password");
    assert!(!said.contains("hunter2") && said.contains("/api=https://…@h"), "{said}");
    for (host, help) in [
        ("https://Dev.App.Example/", "pass --allow-host dev.app.example"),
        ("dev.app.example:8080", "pass --allow-host dev.app.example"),
        ("127.0.0.1", "leave the flag out"),
        ("*.app.example", "pass a name"),
        ("", "pass a name"),
    ] {
        let hosts = vec!["app.test".to_owned(), host.to_owned()];
        let flags = DevFlags { front: "http://h".to_owned(), hosts, ..DevFlags::default() };
        let said = Config::from_dev_flags(flags).expect_err(host).to_string();
        assert!(said.starts_with("error[host-name-invalid]") && said.contains(help), "{said}");
    }
    assert!(faults("http://localhost:5173/", &["/api=http://h", "/api/v2=http://i/x"], None).is_ok());
}

#[test]
fn a_slip_of_punctuation_is_a_fault_of_syntax_and_of_nothing_else() {
    let path = Path::new("tests/config/breakable.toml");
    let text = std::fs::read_to_string(path).expect("a test file");
    for (at, mark) in text.char_indices().filter(|(_, character)| "[]{}\",=\n".contains(*character)) {
        let (before, after) = text.split_at(at);
        for changed in [format!("{before}{}", &after[1..]), format!("{before}{mark}{after}")] {
            if let Err(faults) = Config::parse(path, &changed, &environment) {
                let told = faults.findings().iter().all(|it| it.code == Code::TomlSyntax.as_str());
                assert!(told, "{mark:?} at {at}\n{faults}");
            }
        }
    }
}
