//! Traefik: the headers middleware, in a file for its file provider.
//!
//! It strips the response of what `customResponseHeaders` leaves empty before it sets its own, so that nothing of the
//! application's is left. Its expressions have no anchors of their own. It writes `Vary` only where it is told to, and says
//! credentials and exposed headers to everybody, which mean nothing without `Access-Control-Allow-Origin`.

use std::fmt::Write as _;

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::{Step, excerpt};
use crate::target::{Context, Proof, Target};

use super::REFLECTION;

pub(super) struct Traefik;

impl Target for Traefik {
    fn name(&self) -> &'static str {
        "traefik"
    }

    fn title(&self) -> &'static str {
        "Traefik 3"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::RefuseDisallowed => {
                Can::No("the middleware passes on what it does not allow; the handler would run")
            }
            Feature::RefusedPreflight => {
                Can::Otherwise("it is answered 200 with the lists, and without Access-Control-Allow-Origin")
            }
            Feature::Credentials => {
                Can::Otherwise("refused origins are told of them too, without Access-Control-Allow-Origin")
            }
            Feature::AnyMethodWithCredentials | Feature::AnyHeaderWithCredentials => Can::Otherwise(
                "what was asked for is repeated, whatever it is; older versions say the star itself, which is a mere name then",
            ),
            Feature::InnerHeaders => {
                Can::Otherwise("the seven that browsers read; others that begin so stay")
            }
            Feature::Vary => Can::Otherwise(
                "not on answers to preflights, which no cache keeps; of several lines of the application's the first is left",
            ),
            Feature::ErrorResponses => Can::Otherwise(
                "where this middleware stands outside of the one that errs; not on a 404 of no router",
            ),
            Feature::BeforeAuthentication => {
                Can::Placed("only where this middleware stands first in the router's list")
            }
            Feature::OwnOptions
            | Feature::Subdomains
            | Feature::AnyPort
            | Feature::AnyOrigin
            | Feature::NullOrigin
            | Feature::AnyMethod
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::NoContentType
            | Feature::MaxAgeZero
            | Feature::ExposeAny => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "A file of Traefik's dynamic configuration; the router's rule and what else is in it are yours to complete."
    }

    fn extension(&self) -> &'static str {
        "yaml"
    }

    fn proof(&self) -> Proof {
        Proof::StandIn(
            "a reading of its middleware's source (the schema of its Middleware resource reads it first)",
        )
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/traefik.toml")
    }

    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String> {
        let name = quote::dns_label("cors", &context.name);
        let mut keys = String::new();
        match &policy.origins {
            Origins::Any => keys.push_str("        accessControlAllowOriginList: ['*']\n"),
            Origins::Listed(patterns) => {
                let (exact, others): (Vec<_>, Vec<_>) =
                    patterns.iter().partition(|pattern| pattern.is_exact());
                let exact: Vec<String> = exact.iter().map(|pattern| pattern.text.clone()).collect();
                let others: Vec<String> = others.iter().map(|pattern| pattern.anchored()).collect();
                list(&mut keys, "accessControlAllowOriginList", &exact);
                list(&mut keys, "accessControlAllowOriginListRegex", &others);
            }
        }
        list(&mut keys, "accessControlAllowMethods", &policy.methods_with_star());
        list(&mut keys, "accessControlAllowHeaders", &policy.headers_with_star());
        list(&mut keys, "accessControlExposeHeaders", &policy.expose);
        if let Some(seconds) = policy.max_age {
            let _ = writeln!(keys, "        accessControlMaxAge: {seconds}");
        }
        let _ = writeln!(keys, "        accessControlAllowCredentials: {}", policy.credentials);
        let _ = writeln!(keys, "        addVaryHeader: {}", matches!(policy.origins, Origins::Listed(_)));
        keys.push_str("        # Taken from the application's responses, before the above are set.\n");
        keys.push_str("        customResponseHeaders:\n");
        for header in super::CORS_HEADERS {
            let _ = writeln!(keys, "          {}: ''", quote::title_case(header));
        }
        let upstream = quote::yaml(&format!("http://{}", context.upstream));
        Ok(format!(
            "http:
  middlewares:
    {name}:
      headers:
{keys}  routers:
    {name}:
      rule: 'PathPrefix(`/`)'
      middlewares: ['{name}']
      service: '{name}'
  services:
    {name}:
      loadBalancer:
        servers:
          - url: {upstream}
"
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        let whole = self.write(policy, context)?;
        let name = quote::dns_label("cors", &context.name);
        Ok(vec![
            Step::put(
                "In a file of the dynamic configuration, under http.middlewares",
                &excerpt(&whole, &format!("{name}:"), "routers:"),
            ),
            Step::put(
                "In the API's router (under http.routers), first in its list, in place of every other middleware with \
                 accessControl…",
                &format!("middlewares: ['{name}']"),
            ),
        ])
    }
}

fn list(keys: &mut String, key: &str, texts: &[String]) {
    if !texts.is_empty() {
        let _ = writeln!(keys, "        {key}: {}", quote::yaml_list(texts));
    }
}
