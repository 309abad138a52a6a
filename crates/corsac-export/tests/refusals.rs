//! Never wider, never silent: what is refused, and that what is written means the policy.

use corsac::{Policy, PolicyConfig};
use corsac_export::{Can, Context, Export, Feature, Refusal, export, target, targets};

fn policy(toml: &str) -> Policy {
    toml::from_str::<PolicyConfig>(toml).expect("keys of a policy").into_policy().expect("a sound policy")
}

fn export_to(name: &str, toml: &str) -> Result<Export, Refusal> {
    export(target(name).expect("a target"), &policy(toml), &Context::default())
}

/// A policy that asks for each thing, and for as little beside it as can be.
const ASKING: &[(Feature, &str)] = &[
    (Feature::Subdomains, "allow_origins = 'https://*.app.example'"),
    (Feature::AnyPort, "allow_origins = 'http://localhost:*'"),
    (Feature::AnyOrigin, "allow_origins = '*'"),
    (
        Feature::AnyOriginWithCredentials,
        "allow_origins = '*'\nallow_credentials = true\ndangerously_allow_any_origin_with_credentials = true",
    ),
    (Feature::NullOrigin, "allow_origins = 'https://app.example'\ndangerously_allow_null_origin = true"),
    (Feature::Credentials, "allow_origins = 'https://app.example'\nallow_credentials = true"),
    (Feature::AnyMethod, "allow_origins = 'https://app.example'\nallow_methods = '*'"),
    (
        Feature::AnyMethodWithCredentials,
        "allow_origins = 'https://app.example'\nallow_credentials = true\nallow_methods = '*'",
    ),
    (Feature::AnyHeader, "allow_origins = 'https://app.example'\nallow_headers = '*'"),
    (
        Feature::AnyHeaderAndAuthorization,
        "allow_origins = 'https://app.example'\nallow_headers = ['*', 'Authorization']",
    ),
    (
        Feature::AnyHeaderWithCredentials,
        "allow_origins = 'https://app.example'\nallow_credentials = true\nallow_headers = '*'",
    ),
    (Feature::NoContentType, "allow_origins = 'https://app.example'"),
    (Feature::ExposeAny, "allow_origins = 'https://app.example'\nexpose_headers = '*'"),
    (Feature::MaxAgeZero, "allow_origins = 'https://app.example'\nmax_age = 0"),
    (Feature::RefuseDisallowed, "allow_origins = 'https://app.example'\nrefuse_disallowed = true"),
];

#[test]
fn what_the_ledger_refuses_is_refused_and_what_it_warns_of_is_warned_of() {
    let asked: Vec<Feature> = ASKING.iter().map(|(feature, _)| *feature).collect();
    assert_eq!(asked, Feature::OF_POLICIES, "every feature has a policy that asks for it");
    for target in targets() {
        for (feature, toml) in ASKING {
            let exported = export(*target, &policy(toml), &Context::default());
            let place = format!("{}, {}", target.name(), feature.title());
            match target.can(*feature) {
                Can::No(_) => match exported {
                    Err(Refusal::Unable { lacks, .. }) => {
                        assert!(
                            lacks.iter().any(|lack| lack.feature == Some(*feature)),
                            "{place}: {lacks:?}"
                        );
                    }
                    other => panic!("{place}: {other:?}"),
                },
                Can::Placed(_) | Can::Otherwise(_) => {
                    if let Ok(exported) = exported {
                        assert!(
                            exported.warnings.iter().any(|lack| lack.feature == Some(*feature)),
                            "{place}"
                        );
                    }
                }
                Can::Yes => {
                    let warned = exported.map(|exported| exported.warnings).unwrap_or_default();
                    assert!(warned.iter().all(|lack| lack.feature != Some(*feature)), "{place}: {warned:?}");
                }
            }
        }
    }
}

#[test]
fn what_depends_on_the_place_of_the_lines_alone_is_told_from_what_is_lacking() {
    for target in targets() {
        for (title, can) in target.row() {
            let says_so = |reason: &str| reason.starts_with("only where");
            let is_told = match can {
                Can::Yes => true,
                Can::Placed(reason) => says_so(reason),
                Can::Otherwise(reason) | Can::No(reason) => !says_so(reason),
            };
            assert!(is_told, "{}, {title}: {can:?}", target.name());
        }
    }
}

#[test]
fn a_value_that_a_language_cannot_write_is_named() {
    let hostile = "allow_origins = 'https://app.example'\nallow_headers = ['Content-Type', 'x-$request_id']";
    let refusal = export_to("nginx", hostile).expect_err("a dollar begins a variable");
    assert_eq!(
        refusal.to_string(),
        "`Content-Type, x-$request_id` cannot be written in the language of nginx"
    );
    let haproxy = export_to("haproxy", "allow_origins = 'https://app.example'\nallow_headers = \"x-%it's\"");
    assert!(haproxy.expect("it can").text.contains(r"'x-%%it'\''s'"));
}

#[test]
fn a_policys_name_cannot_break_out() {
    let context = Context { name: "a\n}\"'; server_tokens on; ?> \u{2028}".into(), ..Context::default() };
    for target in targets() {
        let sound = policy("allow_origins = 'https://app.example'\nallow_headers = 'Content-Type'");
        let text = export(*target, &sound, &context).expect("every target can do this").text;
        let lines: Vec<&str> =
            text.split(['\n', '\r', '\u{2028}', '\u{2029}']).map(str::trim_start).collect();
        let escaped = |line: &&str| {
            let is_comment = line.starts_with(target.comment());
            // Corsac's own file names the policy, in a string.
            let is_name = line.starts_with("[policies.\"") || line.starts_with("policy = \"");
            line.contains("server_tokens") && !is_comment && !is_name
        };
        // As a variable's name the text is letters and underscores.
        let escaped = lines.iter().filter(|line| line.contains("server_tokens on")).any(escaped);
        assert!(!escaped, "{text}");
        // It ends PHP, in a comment too.
        assert!(target.extension() != "php" || !text.contains("?>"), "{text}");
    }
}

#[test]
fn a_package_that_is_careful_itself_is_told_what_is_meant_and_no_more() {
    let insecure = "DangerouslyTolerateInsecureOrigins: true";
    for (toml, told) in [
        ("allow_origins = ['https://app.example', 'http://localhost:*', 'http://[::1]:3000']", false),
        (
            "allow_origins = 'http://app.example'\ndangerously_allow_insecure_origins_with_credentials = true",
            true,
        ),
    ] {
        let text =
            export_to("jub0bs-cors", &format!("{toml}\nallow_credentials = true")).expect("it can").text;
        assert_eq!(text.contains(insecure), told, "{text}");
    }
}

#[test]
fn corsacs_own_words_make_the_same_policy() {
    for (_, toml) in ASKING {
        let policy = policy(toml);
        let text = export_to("corsac", toml).expect("Corsac can do everything").text;
        let file: toml::Table = text.parse().expect("TOML");
        let config: PolicyConfig = file["policies"]["app"].clone().try_into().expect("keys of a policy");
        let again = config.into_policy().expect("a sound policy");
        assert_eq!(again.to_config(), policy.to_config(), "{text}");
    }
}

#[test]
fn lists_that_a_server_cannot_read_are_refused_before_it_does_not_start() {
    let many = |count: usize, text: &str| -> String {
        let entries: Vec<String> =
            (0..count).map(|number| format!("'{}'", text.replace('N', &number.to_string()))).collect();
        format!("[{}]", entries.join(", "))
    };
    let origins = |count| format!("allow_origins = {}", many(count, "https://host-N.some-long-name.example"));
    let headers = |count| {
        format!("allow_origins = 'https://app.example'\nallow_headers = {}", many(count, "x-some-header-N"))
    };
    for (name, few, more) in [("apache", origins(150), origins(300)), ("nginx", headers(150), headers(300))] {
        assert!(export_to(name, &few).is_ok(), "{name}");
        let Err(Refusal::Unable { lacks, .. }) = export_to(name, &more) else {
            panic!("{name} takes them all")
        };
        assert!(lacks.iter().all(|lack| lack.reason.contains("would not start")), "{lacks:?}");
    }
}
