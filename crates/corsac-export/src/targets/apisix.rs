//! APISIX: the cors plugin, in a file for its standalone mode.
//!
//! A single origin would go out to everybody, and a list takes no patterns, so that anything but a list of several is
//! expressions, with anchors of their own, since APISIX has none. Then `allow_origins` allows nobody, and alone decides whether
//! there is a `Vary`. The application's own headers are taken away by a second plugin that is told to come first.

use std::fmt::Write as _;

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::{Step, excerpt};
use crate::target::{Context, Proof, Target};

use super::{REFLECTION, limits};

pub(super) struct Apisix;

/// Beside expressions, by which alone origins are then allowed.
const NOBODY: &str = "https://see-allow-origins-by-regex.invalid";

impl Target for Apisix {
    fn name(&self) -> &'static str {
        "apisix"
    }

    fn title(&self) -> &'static str {
        "APISIX 3"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::RefuseDisallowed => {
                Can::No("the plugin passes on what it does not allow; the handler would run")
            }
            Feature::RefusedPreflight => Can::Otherwise("it is answered 200 without any of the headers"),
            Feature::OwnOptions => {
                Can::Otherwise("every OPTIONS is answered 200 by APISIX, and none reaches the application")
            }
            Feature::AnyMethodWithCredentials => {
                Can::Otherwise("the nine methods that APISIX knows are listed; others are refused")
            }
            Feature::AnyHeaderWithCredentials => {
                Can::Otherwise("what was asked for is repeated, whatever it is")
            }
            Feature::InnerHeaders => {
                Can::Otherwise("the seven that browsers read; others that begin so stay")
            }
            Feature::Vary => {
                Can::Otherwise("it is a line of its own beside the application's, which means the same")
            }
            Feature::ErrorResponses => Can::Otherwise("not on a 404 of no route"),
            Feature::BeforeAuthentication
            | Feature::Subdomains
            | Feature::AnyPort
            | Feature::AnyOrigin
            | Feature::NullOrigin
            | Feature::Credentials
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
        "An apisix.yaml for the standalone mode; elsewhere, the plugins of a route."
    }

    fn extension(&self) -> &'static str {
        "yaml"
    }

    fn proof(&self) -> Proof {
        Proof::StandIn(
            "a reading of its plugin's source (the plugins' schemas, written down from APISIX's, read it first)",
        )
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/apisix.toml")
    }

    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String> {
        let name = quote::dns_label("cors", &context.name);
        let mut keys = String::new();
        let mut key = |name: &str, value: &str| {
            let _ = writeln!(keys, "        {name}: {value}");
        };
        match &policy.origins {
            Origins::Any => key("allow_origins", "'*'"),
            Origins::Listed(patterns) if patterns.len() > 1 && patterns.iter().all(is_listable) => {
                let texts: Vec<&str> = patterns.iter().map(|pattern| &*pattern.text).collect();
                key("allow_origins", &quote::yaml(&texts.join(",")));
            }
            Origins::Listed(patterns) => {
                let expressions: Vec<String> = patterns.iter().map(|pattern| pattern.anchored()).collect();
                key("allow_origins", &quote::yaml(NOBODY));
                key("allow_origins_by_regex", &quote::yaml_list(&expressions));
            }
        }
        // Two stars with credentials: all that it knows, and whatever was asked.
        let methods = match (policy.any_method, policy.credentials) {
            (true, true) => "**".to_owned(),
            _ => limits::methods_or_safelisted(policy).join(","),
        };
        let headers = match (policy.any_header, policy.credentials) {
            (true, true) => "**".to_owned(),
            _ => limits::headers_or_safelisted(policy).join(","),
        };
        key("allow_methods", &quote::yaml(&methods));
        key("allow_headers", &quote::yaml(&headers));
        key("expose_headers", &quote::yaml(&limits::expose_or_safelisted(policy).join(",")));
        // Without a max-age browsers take 5 seconds, and so does APISIX.
        key("max_age", &policy.max_age.unwrap_or(5).to_string());
        key("allow_credential", &policy.credentials.to_string());
        let removed = quote::yaml_list(&super::CORS_HEADERS);
        let upstream = quote::yaml(&context.upstream);
        Ok(format!(
            "routes:
  - id: '{name}'
    uri: /*
    plugins:
      {STRIPPING}
      response-rewrite:
        _meta:
          priority: 4001
        headers:
          remove: {removed}
      cors:
{keys}    upstream:
      type: roundrobin
      nodes:
        {upstream}: 1
#END
"
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![Step::put(
            "Under `plugins` of the route, in place of its cors plugin",
            &excerpt(&self.write(policy, context)?, STRIPPING, "upstream:"),
        )])
    }
}

/// Whether it may stand in a list of origins: `\\w+://[^,]+` is all that the schema takes.
fn is_listable(pattern: &crate::pattern::Pattern) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    pattern.is_exact() && pattern.text.split_once("://").is_some_and(|(scheme, _)| scheme.bytes().all(word))
}

const STRIPPING: &str = "# The application's own headers, before the plugin below sets any.";
