//! ingress-nginx: the annotations of an Ingress.
//!
//! What its checks do not take is not refused there but replaced by its defaults, which are wider: any origin, a dozen
//! methods, `Authorization`, credentials. So every annotation is written, and nothing goes into one that the check would not
//! take. Its expression for origins has no beginning and reads capitals as small letters; of http and https that lets nobody in whom
//! browsers know, of other schemes it might.

use std::fmt::Write as _;

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::{Step, excerpt};
use crate::target::{Context, Peculiarity, Proof, Target};

use super::{REFLECTION, limits};

pub(super) struct IngressNginx;

impl Target for IngressNginx {
    fn name(&self) -> &'static str {
        "ingress-nginx"
    }

    fn title(&self) -> &'static str {
        "ingress-nginx 1"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyPort => Can::No("a port cannot be left open; list the origins"),
            Feature::NullOrigin => Can::No(
                "its expression has no beginning, so that the origins of hosts named null would be allowed too",
            ),
            Feature::AnyMethod | Feature::AnyMethodWithCredentials => {
                Can::No("its annotation takes no star; list the methods")
            }
            Feature::AnyHeader | Feature::AnyHeaderAndAuthorization | Feature::AnyHeaderWithCredentials => {
                Can::No("its annotation takes no star; list the names")
            }
            Feature::RefuseDisallowed => Can::No("the handler would run"),
            Feature::Subdomains => Can::Otherwise(
                "one label only: https://a.app.example is allowed, https://a.b.app.example is refused",
            ),
            Feature::RefusedPreflight => Can::Otherwise("it is passed on to the application"),
            Feature::OwnOptions => {
                Can::Otherwise("every OPTIONS of an allowed origin is answered 204 by the controller")
            }
            Feature::Vary => Can::Otherwise(
                "there is none: let the application say Vary: Origin, or caches give one origin the answer to another, who is then refused",
            ),
            Feature::ErrorResponses => Can::Otherwise("not on those of custom-http-errors"),
            Feature::InnerHeaders => Can::Otherwise(
                "they are left to refused origins, and credentials and exposed headers to all: take Access-Control-* out of the application",
            ),
            Feature::BeforeAuthentication
            | Feature::AnyOrigin
            | Feature::Credentials
            | Feature::NoContentType
            | Feature::MaxAgeZero
            | Feature::ExposeAny => Can::Yes,
        }
    }

    fn peculiarities(&self) -> &'static [Peculiarity] {
        &[
            Peculiarity {
                title: "origins with an IPv6 address or an underscore",
                can: Can::No("its check takes none, and would allow any origin instead"),
                is_asked_by: |policy| {
                    limits::has_addresses_of_ipv6(policy) || limits::has_underscores(policy)
                },
            },
            Peculiarity {
                title: "origins with a scheme of their own",
                can: Can::No(
                    "its expression has no beginning, so that schemes that end so would be allowed too",
                ),
                is_asked_by: limits::has_other_schemes,
            },
            Peculiarity {
                title: "methods with anything but letters in them",
                can: Can::No("its check takes none, and would allow its default methods instead"),
                is_asked_by: |policy| {
                    !policy.methods.iter().all(|name| is_of(name, |byte| byte.is_ascii_alphabetic()))
                },
            },
            Peculiarity {
                title: "header names with anything but letters, digits, `-` and `_` in them",
                can: Can::No("its check takes none, and would allow its default headers instead"),
                is_asked_by: |policy| {
                    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
                    let mut names =
                        policy.headers.iter().chain(policy.expose.iter().filter(|name| *name != "*"));
                    !names.all(|name| is_of(name, plain))
                },
            },
        ]
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "An Ingress; its host and its service are yours to complete. The controller is no longer maintained: see gateway-api."
    }

    fn extension(&self) -> &'static str {
        "yaml"
    }

    fn proof(&self) -> Proof {
        Proof::StandIn(
            "a reading of its template's source (the checks of its annotations, written down from the controller's, read it first)",
        )
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/ingress-nginx.toml")
    }

    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String> {
        let name = quote::dns_label("cors", &context.name);
        let origins = match &policy.origins {
            Origins::Any => "*".to_owned(),
            Origins::Listed(patterns) => {
                patterns.iter().map(|pattern| &*pattern.text).collect::<Vec<_>>().join(", ")
            }
        };
        // Without a max-age browsers take 5 seconds; the controller would say 20 days.
        let max_age = policy.max_age.unwrap_or(5).to_string();
        let mut keys = String::new();
        for (key, value) in [
            ("enable-cors", "true".to_owned()),
            ("cors-allow-origin", origins),
            ("cors-allow-credentials", policy.credentials.to_string()),
            ("cors-allow-methods", limits::methods_or_safelisted(policy).join(", ")),
            ("cors-allow-headers", limits::headers_or_safelisted(policy).join(", ")),
            ("cors-expose-headers", policy.expose.join(", ")),
            ("cors-max-age", max_age),
        ] {
            if !value.is_empty() {
                let _ = writeln!(keys, "    nginx.ingress.kubernetes.io/{key}: {}", quote::yaml(&value));
            }
        }
        let port = super::port(&context.upstream)?;
        Ok(format!(
            "apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: '{name}'
  annotations:
{keys}spec:
  ingressClassName: nginx
  rules:
    - http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: application
                port:
                  number: {port}
"
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        let first = "nginx.ingress.kubernetes.io/enable-cors: 'true'";
        Ok(vec![Step::put(
            "In the Ingress, under metadata.annotations, in place of every other annotation with cors in its name",
            &excerpt(&self.write(policy, context)?, first, "spec:"),
        )])
    }
}

fn is_of(name: &str, letters: impl Fn(u8) -> bool) -> bool {
    name.bytes().all(letters)
}
