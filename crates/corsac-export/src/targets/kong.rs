//! Kong: the cors plugin, in a declarative file.
//!
//! A single origin that is no expression goes out to everybody, so that one is written as an expression. A text with any
//! letter but those of a plain host is an expression for Kong anyway, and one without a colon is held against the host alone,
//! so that `null` stands as text, or with a colon in it that matches nothing. Without methods or headers it would allow all.

use std::fmt::Write as _;

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::pattern::Pattern;
use crate::quote;
use crate::step::{Step, excerpt};
use crate::target::{Context, Peculiarity, Proof, Target};

use super::{REFLECTION, limits};

pub(super) struct Kong;

impl Target for Kong {
    fn name(&self) -> &'static str {
        "kong"
    }

    fn title(&self) -> &'static str {
        "Kong 3"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::RefuseDisallowed => {
                Can::No("the plugin passes on what it does not allow; the handler would run")
            }
            Feature::RefusedPreflight => {
                Can::Otherwise("it is answered 200 with the lists, and without Access-Control-Allow-Origin")
            }
            Feature::Credentials => {
                Can::Otherwise("refused origins are told of them too, without Access-Control-Allow-Origin")
            }
            Feature::AnyMethod | Feature::AnyMethodWithCredentials => {
                Can::Otherwise("the nine methods that Kong knows are listed; others are refused")
            }
            Feature::AnyHeaderWithCredentials => {
                Can::Otherwise("what was asked for is repeated, whatever it is")
            }
            Feature::InnerHeaders => Can::Otherwise(
                "Access-Control-Allow-Origin is overwritten or taken away, and so is what would grant more; the lists for preflights stay on other answers, where nobody reads them",
            ),
            Feature::Vary => {
                Can::Otherwise("it is a line of its own beside the application's, which means the same")
            }
            Feature::ErrorResponses => Can::Otherwise("not on a 404 of no route"),
            Feature::BeforeAuthentication
            | Feature::OwnOptions
            | Feature::Subdomains
            | Feature::AnyPort
            | Feature::AnyOrigin
            | Feature::NullOrigin
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::NoContentType
            | Feature::MaxAgeZero
            | Feature::ExposeAny => Can::Yes,
        }
    }

    fn peculiarities(&self) -> &'static [Peculiarity] {
        &[
            Peculiarity {
                title: "methods beyond the nine it knows",
                can: Can::No("its schema takes no others"),
                is_asked_by: limits::has_other_methods,
            },
            Peculiarity {
                title: "origins with an IPv6 address",
                can: Can::No(
                    "it answers with the address without its brackets, which is no origin of anybody",
                ),
                is_asked_by: limits::has_addresses_of_ipv6,
            },
        ]
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "A declarative kong.yml (or what deck reads); the route must not list methods without OPTIONS."
    }

    fn extension(&self) -> &'static str {
        "yml"
    }

    fn proof(&self) -> Proof {
        Proof::StandIn(
            "a reading of its plugin's source (the plugins' schemas, written down from Kong's, read it first)",
        )
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/kong.toml")
    }

    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String> {
        let name = quote::dns_label("cors", &context.name);
        let mut keys = String::new();
        let mut key = |name: &str, texts: &[String]| {
            let _ = writeln!(keys, "              {name}: {}", quote::yaml_list(texts));
        };
        key("origins", &origins(policy));
        let mut methods = limits::methods_or_safelisted(policy);
        if policy.any_method {
            methods = limits::METHODS.map(str::to_owned).to_vec();
        }
        key("methods", &methods);
        // Without this key the question is repeated, and only then.
        if !(policy.any_header && policy.credentials) {
            key("headers", &limits::headers_or_safelisted(policy));
        }
        if !policy.expose.is_empty() {
            key("exposed_headers", &policy.expose);
        }
        if let Some(seconds) = policy.max_age {
            let _ = writeln!(keys, "              max_age: {seconds}");
        }
        let _ = writeln!(keys, "              credentials: {}", policy.credentials);
        let not_set = [
            ("access-control-allow-credentials", policy.credentials),
            ("access-control-expose-headers", !policy.expose.is_empty()),
            ("access-control-allow-private-network", false),
        ];
        let not_set: Vec<&str> = not_set.iter().filter(|(_, set)| !set).map(|(name, _)| *name).collect();
        let removed = quote::yaml_list(&not_set);
        let upstream = quote::yaml(&format!("http://{}", context.upstream));
        Ok(format!(
            "_format_version: '3.0'
services:
  - name: '{name}'
    url: {upstream}
    routes:
      - name: '{name}'
        paths: ['/']
        strip_path: false
        plugins:
          - name: cors
            config:
{keys}          # What the application says itself, and the plugin above does not.
          - name: response-transformer
            config:
              remove:
                headers: {removed}
"
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![Step::put(
            "Under `plugins` of the route (which must not list methods without OPTIONS), in place of every other cors plugin, \
             the service's and the global one included",
            &excerpt(&self.write(policy, context)?, "- name: cors", ""),
        )])
    }
}

/// The origins in Kong's words. Kong takes `^` from an expression and anchors it itself; `$` stays.
fn origins(policy: &Parts) -> Vec<String> {
    let Origins::Listed(patterns) = &policy.origins else { return vec!["*".to_owned()] };
    let alone = patterns.len() == 1;
    let is_text =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:/-".contains(&byte));
    let one = |pattern: &Pattern| match &*pattern.text {
        "null" if alone => "^null(?!:)$".to_owned(),
        text if !alone && is_text(text) => text.to_owned(),
        _ => pattern.anchored(),
    };
    patterns.iter().map(one).collect()
}
