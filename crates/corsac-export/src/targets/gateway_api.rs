//! Gateway API: an HTTPRoute with the CORS filter.
//!
//! Only what the specification promises counts, not what some implementation does: where it leaves a choice, either must be
//! right. So `*` for request headers is taken only where repeating `Authorization` would be right too. `Vary` is not in the
//! specification, and is added by the filter for response headers.

use std::fmt::Write as _;

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::{Step, excerpt};
use crate::target::{Context, Peculiarity, Proof, Target};

use super::{REFLECTION, limits};

pub(super) struct GatewayApi;

impl Target for GatewayApi {
    fn name(&self) -> &'static str {
        "gateway-api"
    }

    fn title(&self) -> &'static str {
        "Gateway API 1.5"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyPort => Can::No("a port cannot be left open; list the origins"),
            Feature::NullOrigin => Can::No("its origins have a scheme and a host"),
            Feature::AnyHeader => Can::No(
                "an implementation may repeat the question in place of `*`, and so allow Authorization; list the names, or allow it too",
            ),
            Feature::AnyHeaderAndAuthorization => Can::Otherwise(
                "`*` stands alone there; an implementation that says just that allows all but Authorization",
            ),
            Feature::AnyMethod => Can::Otherwise("an implementation may repeat the question in place of `*`"),
            Feature::AnyOrigin => Can::Otherwise("an implementation may repeat the origin in place of `*`"),
            Feature::AnyMethodWithCredentials | Feature::AnyHeaderWithCredentials => {
                Can::Otherwise("what was asked for is repeated, whatever it is")
            }
            Feature::MaxAgeZero => Can::No("one second is the least"),
            Feature::RefuseDisallowed => Can::No("the handler would run"),
            Feature::RefusedPreflight => {
                Can::Otherwise("an implementation may answer 200 or 204 without the headers instead")
            }
            Feature::OwnOptions | Feature::ErrorResponses | Feature::BeforeAuthentication => {
                Can::Otherwise("the specification leaves it to the implementation")
            }
            Feature::InnerHeaders => Can::Otherwise(
                "the specification leaves it to the implementation: take Access-Control-* out of the application",
            ),
            Feature::Vary => {
                Can::Otherwise("added to what the application answers, whether or not it says so")
            }
            Feature::Subdomains | Feature::Credentials | Feature::NoContentType | Feature::ExposeAny => {
                Can::Yes
            }
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
                title: "origins with an IPv6 address, an underscore, a dot at the end or a scheme of their own",
                can: Can::No("its schema takes none"),
                is_asked_by: |policy| {
                    limits::has_addresses_of_ipv6(policy)
                        || limits::has_underscores(policy)
                        || limits::has_final_dots(policy)
                        || limits::has_other_schemes(policy)
                },
            },
            Peculiarity {
                title: "more than 64 origins, request headers or response headers, or an origin of more than 253 letters",
                can: Can::No("its schema takes no more"),
                is_asked_by: |policy| {
                    let too_long = policy.listed().iter().any(|pattern| pattern.text.len() > 253);
                    let lengths = [policy.listed().len(), policy.headers.len(), policy.expose.len()];
                    too_long || lengths.into_iter().any(|length| length > 64)
                },
            },
        ]
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "An HTTPRoute; its gateway, its hostnames and its service are yours to complete."
    }

    fn extension(&self) -> &'static str {
        "yaml"
    }

    fn proof(&self) -> Proof {
        Proof::StandIn(
            "a reading of its specification in which an implementation takes every liberty (the schema of its HTTPRoute resource reads it first)",
        )
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/gateway-api.toml")
    }

    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String> {
        let name = quote::dns_label("cors", &context.name);
        let mut keys = String::new();
        let mut list = |key: &str, texts: &[String]| {
            let _ = writeln!(keys, "            {key}:");
            for text in texts {
                let _ = writeln!(keys, "              - {}", quote::yaml(text));
            }
        };
        let star = || vec!["*".to_owned()];
        match &policy.origins {
            Origins::Any => list("allowOrigins", &star()),
            Origins::Listed(patterns) => {
                let texts: Vec<String> = patterns.iter().map(|pattern| pattern.text.clone()).collect();
                list("allowOrigins", &texts);
            }
        }
        list("allowMethods", &limits::methods_or_safelisted(policy));
        list("allowHeaders", &if policy.any_header { star() } else { limits::headers_or_safelisted(policy) });
        if !policy.expose.is_empty() {
            list("exposeHeaders", &policy.expose);
        }
        if let Some(seconds) = policy.max_age {
            let _ = writeln!(keys, "            maxAge: {seconds}");
        }
        let _ = writeln!(keys, "            allowCredentials: {}", policy.credentials);
        // Any origin too: an implementation may repeat it.
        keys.push_str("        - type: ResponseHeaderModifier\n          responseHeaderModifier:\n");
        keys.push_str("            add:\n              - name: Vary\n                value: 'Origin'\n");
        let port = super::port(&context.upstream)?;
        Ok(format!(
            "apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: '{name}'
spec:
  parentRefs:
    - name: gateway
  rules:
    - matches:
        - path: {{ type: PathPrefix, value: / }}
      filters:
        - type: CORS
          cors:
{keys}      backendRefs:
        - name: application
          port: {port}
"
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![Step::put(
            "In the HTTPRoute, under `filters` of every rule of the API, in place of its filter of type CORS",
            &excerpt(&self.write(policy, context)?, "- type: CORS", "backendRefs:"),
        )])
    }
}
