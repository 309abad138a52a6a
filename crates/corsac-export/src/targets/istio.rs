//! Istio: a VirtualService with a `corsPolicy`, which Envoy's filter carries out.
//!
//! What the filter leaves out is done where Istio has a key for it: the application's own headers are taken away and `Vary` is
//! added by the route. Istio joins lists by commas, and in the filter `*` alone means whatever was asked, so that a safelisted
//! name stands beside a star that does not mean `Authorization`. An entry that matches the text `*` allows everybody.

use std::fmt::Write as _;

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::{Step, excerpt};
use crate::target::{Context, Peculiarity, Proof, Target};

use super::{REFLECTION, limits};

pub(super) struct Istio;

impl Target for Istio {
    fn name(&self) -> &'static str {
        "istio"
    }

    fn title(&self) -> &'static str {
        "Istio 1.23"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::MaxAgeZero => Can::No("one millisecond is the least"),
            Feature::RefuseDisallowed => {
                Can::No("the filter passes on what it does not allow; the handler would run")
            }
            Feature::AnyOrigin => {
                Can::Otherwise("the origin is repeated in place of `*`, where there is one")
            }
            Feature::AnyHeaderWithCredentials => {
                Can::Otherwise("what was asked for is repeated, whatever it is")
            }
            Feature::RefusedPreflight => {
                Can::Otherwise("it is answered 200 with the lists, and without Access-Control-Allow-Origin")
            }
            Feature::InnerHeaders => {
                Can::Otherwise("the seven that browsers read; others that begin so stay")
            }
            Feature::Vary => Can::Otherwise("not on answers to preflights, which no cache keeps"),
            Feature::ErrorResponses => Can::Otherwise(
                "not on those of authentication and authorization, which come before the filter",
            ),
            Feature::BeforeAuthentication => Can::Otherwise(
                "RequestAuthentication and AuthorizationPolicy come before the filter: let OPTIONS through there",
            ),
            Feature::OwnOptions
            | Feature::Subdomains
            | Feature::AnyPort
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::AnyMethod
            | Feature::AnyMethodWithCredentials
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::NoContentType
            | Feature::ExposeAny => Can::Yes,
        }
    }

    fn peculiarities(&self) -> &'static [Peculiarity] {
        &[Peculiarity {
            title: "methods beyond the nine it knows",
            can: Can::No("its validation takes no others"),
            is_asked_by: limits::has_other_methods,
        }]
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "A VirtualService; its gateways, its hosts and its service are yours to complete."
    }

    fn extension(&self) -> &'static str {
        "yaml"
    }

    fn proof(&self) -> Proof {
        Proof::StandIn(
            "the real Envoy, with what Istio's source makes of it (the schema of its VirtualService resource reads it first)",
        )
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/istio.toml")
    }

    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String> {
        let name = quote::dns_label("cors", &context.name);
        let mut keys = String::from("        allowOrigins:\n");
        match &policy.origins {
            Origins::Any => keys.push_str("          - regex: '.*'\n"),
            Origins::Listed(patterns) => {
                for pattern in patterns {
                    let _ = match pattern.is_exact() {
                        true => writeln!(keys, "          - exact: {}", quote::yaml(&pattern.text)),
                        false => writeln!(keys, "          - regex: {}", quote::yaml(&pattern.anchored())),
                    };
                }
            }
        }
        for (key, texts) in [
            ("allowMethods", methods(policy)),
            ("allowHeaders", headers(policy)),
            ("exposeHeaders", policy.expose.clone()),
        ] {
            if !texts.is_empty() {
                let _ = writeln!(keys, "        {key}: {}", quote::yaml_list(&texts));
            }
        }
        if let Some(seconds) = policy.max_age {
            let _ = writeln!(keys, "        maxAge: {seconds}s");
        }
        let _ = writeln!(keys, "        allowCredentials: {}", policy.credentials);
        let removed = quote::yaml_list(&super::CORS_HEADERS);
        let port = super::port(&context.upstream)?;
        Ok(format!(
            "apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: '{name}'
spec:
  gateways: [gateway]
  hosts: ['*']
  http:
    - corsPolicy:
{keys}        unmatchedPreflights: IGNORE
      headers:
        response:
          remove: {removed}
          add:
            vary: 'Origin'
      route:
        - destination:
            host: application
            port:
              number: {port}
"
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        let lines = self.write(policy, context)?.replacen("- corsPolicy:", "  corsPolicy:", 1);
        Ok(vec![Step::put(
            "In the VirtualService, in every entry under `http`, beside its `route`, in place of its corsPolicy",
            &excerpt(&lines, "corsPolicy:", "route:"),
        )])
    }
}

/// A star alone is what was asked for, which is right with credentials only.
fn methods(policy: &Parts) -> Vec<String> {
    let star = policy.any_method && !policy.credentials;
    policy.methods_with_star().into_iter().chain(star.then(|| "GET".to_owned())).collect()
}

fn headers(policy: &Parts) -> Vec<String> {
    match (policy.any_header, policy.credentials) {
        (true, true) => vec!["*".to_owned()],
        (true, false) if policy.headers.is_empty() => vec!["*".to_owned(), "Accept".to_owned()],
        _ => policy.headers_with_star(),
    }
}
