//! What a gateway alone has trouble with is refused, under its own name; and what one would misread is written otherwise.

use corsac::PolicyConfig;
use corsac_export::{Context, Refusal, export, target};

fn text(name: &str, toml: &str) -> Result<String, Refusal> {
    let config: PolicyConfig = toml::from_str(toml).expect("keys of a policy");
    let policy = config.into_policy().expect("a sound policy");
    export(target(name).expect("a target"), &policy, &Context::default()).map(|exported| exported.text)
}

/// A policy for each trouble of each gateway, in the order in which it tells them.
fn asking() -> Vec<(&'static str, Vec<String>)> {
    let origin = |origin: &str| format!("allow_origins = '{origin}'\nallow_headers = 'Content-Type'");
    let with =
        |more: &str| format!("{}\n{more}", origin("https://app.example").replace("Content-Type", "X-A"));
    let methods = with("allow_methods = 'QUERY'");
    let many: Vec<String> = (0..65).map(|number| format!("'https://a{number}.example'")).collect();
    let many = format!("allow_origins = [{}]\nallow_headers = 'Content-Type'", many.join(", "));
    let names = with("expose_headers = 'X-$a'");
    let address = origin("http://[::1]:3000");
    let own = origin("tauri://localhost");
    let letters = with("allow_methods = 'M-SEARCH'");
    vec![
        ("kong", vec![methods.clone(), address.clone()]),
        ("gateway-api", vec![methods.clone(), own.clone(), many]),
        ("istio", vec![methods]),
        ("ingress-nginx", vec![address, own, letters, names]),
    ]
}

#[test]
fn what_a_gateway_alone_has_trouble_with_is_refused_under_its_name() {
    for (name, policies) in asking() {
        let own = target(name).expect("a target").peculiarities();
        for (peculiarity, toml) in own.iter().zip(&policies) {
            match text(name, toml) {
                Err(Refusal::Unable { lacks, .. }) => {
                    let titles: Vec<&str> = lacks.iter().map(|lack| lack.title).collect();
                    assert_eq!(titles, [peculiarity.title], "{name}: {toml}");
                }
                other => panic!("{name}, {}: {other:?}", peculiarity.title),
            }
        }
        assert_eq!(policies.len(), own.len(), "{name}: a policy for each");
    }
}

#[test]
fn kong_has_no_single_origin_that_everybody_is_told() {
    let one = "allow_origins = 'https://app.example'";
    assert!(text("kong", one).expect("it can").contains(r"origins: ['^https://app\.example$']"));
    let null = "allow_origins = []\ndangerously_allow_null_origin = true";
    assert!(text("kong", null).expect("it can").contains("origins: ['^null(?!:)$']"));
    // An underscore makes an expression of a text, in which a dot is any letter.
    let two = "allow_origins = ['https://a_b.example', 'https://app.example']";
    let text = text("kong", two).expect("it can");
    assert!(text.contains(r"origins: ['^https://a_b\.example$', 'https://app.example']"), "{text}");
}

#[test]
fn nothing_is_left_to_a_gateways_own_defaults() {
    let least = "allow_origins = 'https://app.example'";
    for (name, line) in [
        ("kong", "methods: ['GET', 'HEAD', 'POST']"),
        ("kong", "headers: ['Accept']"),
        ("apisix", "allow_methods: 'GET,HEAD,POST'"),
        ("apisix", "allow_headers: 'Accept'"),
        ("apisix", "max_age: 5"),
        ("ingress-nginx", "cors-allow-methods: 'GET, HEAD, POST'"),
        ("ingress-nginx", "cors-allow-headers: 'Accept'"),
        ("ingress-nginx", "cors-allow-credentials: 'false'"),
        ("ingress-nginx", "cors-max-age: '5'"),
    ] {
        let text = text(name, least).expect("it can");
        assert!(text.contains(line), "{name}: {line}\n{text}");
    }
}

#[test]
fn a_star_is_not_for_authorization_where_envoy_would_repeat_it() {
    let any = "allow_origins = 'https://app.example'\nallow_headers = '*'";
    assert!(text("envoy", any).expect("it can").contains("allow_headers: '*, Accept'"));
    assert!(text("istio", any).expect("it can").contains("allowHeaders: ['*', 'Accept']"));
    let with_credentials = format!("{any}\nallow_credentials = true");
    assert!(text("envoy", &with_credentials).expect("it can").contains("allow_headers: '*'"));
}
