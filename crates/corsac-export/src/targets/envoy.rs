//! Envoy: its CORS filter, and around it what the filter leaves out.
//!
//! The filter alone answers preflights before authentication, and governs whatever routes are added below, so it is used as
//! people expect it. But it never says `Vary`, repeats the origin where `*` is meant, leaves the application's own headers to
//! refused origins, and tells a refused preflight all the lists. So a header mutation stands before it, which sees every
//! response, Envoy's own included; the virtual host takes the application's headers away, which is done in the router and
//! hence before the filter sets its own; and a first route answers refused preflights, on which the filter says nothing.
//!
//! The filter is never asked about routes without a cluster (`direct_response`, `redirect`): neither about their preflights,
//! nor about what they answer. So a second route takes all other preflights, before any route of that kind can.
//!
//! In the filter `*` means whatever was asked, `Authorization` too; where the policy does not mean that, the star is
//! written in a list, which goes out as it is. An origin is allowed where an entry matches the text `*`: no entry may.

use std::fmt::Write as _;

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::pattern::Pattern;
use crate::quote;
use crate::step::{Step, excerpt};
use crate::target::{Context, Proof, Target};

use super::{CORS_HEADERS, REFLECTION};

pub(super) struct Envoy;

const TYPE: &str = "type.googleapis.com/envoy.extensions.filters";

impl Target for Envoy {
    fn name(&self) -> &'static str {
        "envoy"
    }

    fn title(&self) -> &'static str {
        "Envoy 1.40"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyHeaderWithCredentials => Can::Otherwise(
                "what was asked for is repeated, whatever it is; nothing asked is an empty list",
            ),
            Feature::BeforeAuthentication => {
                Can::Placed("only where these filters and routes stand before yours")
            }
            Feature::InnerHeaders => {
                Can::Otherwise("the seven that browsers read; others that begin so stay")
            }
            Feature::ErrorResponses => {
                Can::Otherwise("what a route without a cluster answers (direct_response, redirect) has none")
            }
            Feature::OwnOptions
            | Feature::Vary
            | Feature::Subdomains
            | Feature::AnyPort
            | Feature::AnyOrigin
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::AnyMethod
            | Feature::AnyMethodWithCredentials
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::NoContentType
            | Feature::MaxAgeZero
            | Feature::ExposeAny
            | Feature::RefuseDisallowed
            | Feature::RefusedPreflight => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "A whole envoy.yaml; put filters and routes of your own below these."
    }

    fn extension(&self) -> &'static str {
        "yaml"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/envoy.toml")
    }

    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String> {
        let name = format!("cors_{}", quote::identifier(&context.name));
        let listen = if context.listen.contains(':') {
            context.listen.clone()
        } else {
            format!("0.0.0.0:{}", context.listen)
        };
        let (filters, host) = (filters(policy), virtual_host(policy, &name));
        let (listen, upstream) = (socket(&listen)?, socket(&context.upstream)?);
        Ok(format!(
            "static_resources:
  listeners:
    - name: {name}
      address: {listen}
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                '@type': {TYPE}.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: {name}
                http_filters:
{filters}                  - name: envoy.filters.http.router
                    typed_config:
                      '@type': {TYPE}.http.router.v3.Router
                route_config:
                  virtual_hosts:
{host}  clusters:
    - name: {name}
      type: STRICT_DNS
      load_assignment:
        cluster_name: {name}
        endpoints:
          - lb_endpoints:
              - endpoint:
                  address: {upstream}
"
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        let whole = self.write(policy, context)?;
        let router = "- name: envoy.filters.http.router";
        Ok(vec![
            Step::put(
                "Under http_filters, first of all, in place of envoy.filters.http.cors",
                &excerpt(&whole, "- name: envoy.filters.http.header_mutation", router),
            ),
            Step::put(
                "In the virtual host, beside its routes, in place of every CorsPolicy there and in its routes",
                &excerpt(&whole, "typed_per_filter_config:", "routes:"),
            ),
            Step::put(
                "Under its routes, first of all, in place of every route that answers OPTIONS by itself",
                &routes(policy),
            ),
        ])
    }
}

/// The header mutation and the filter itself, which both must come first.
fn filters(policy: &Parts) -> String {
    let (name, value, action) = match policy.origins {
        // The filter repeats the origin; whoever asks is told the same.
        Origins::Any => ("access-control-allow-origin", "'*'", "OVERWRITE_IF_EXISTS_OR_ADD"),
        Origins::Listed(_) => ("vary", "'Origin'", "APPEND_IF_EXISTS_OR_ADD"),
    };
    indented(
        18,
        &format!(
            "- name: envoy.filters.http.header_mutation
  typed_config:
    '@type': {TYPE}.http.header_mutation.v3.HeaderMutation
    mutations:
      response_mutations:
        - append:
            header: {{ key: {name}, value: {value} }}
            append_action: {action}
- name: envoy.filters.http.cors
  typed_config:
    '@type': {TYPE}.http.cors.v3.Cors
"
        ),
    )
}

/// The policy for the filter, the removal of the application's own headers, and the routes.
fn virtual_host(policy: &Parts, name: &str) -> String {
    let mut lines = format!(
        "- name: {name}
  domains: ['*']
  typed_per_filter_config:
    envoy.filters.http.cors:
      '@type': {TYPE}.http.cors.v3.CorsPolicy
      allow_origin_string_match:
"
    );
    match &policy.origins {
        Origins::Any => lines.push_str("        - safe_regex: { regex: '.*' }\n"),
        Origins::Listed(patterns) => {
            for pattern in patterns {
                let _ = writeln!(lines, "        - {}", matcher(pattern));
            }
        }
    }
    let any = matches!(policy.origins, Origins::Any);
    let expose = policy.expose.join(", ");
    for (key, value) in [
        ("allow_methods", methods(policy)),
        ("allow_headers", headers(policy)),
        ("expose_headers", if any { String::new() } else { expose.clone() }),
        ("max_age", policy.max_age.map(|seconds| seconds.to_string()).unwrap_or_default()),
    ] {
        if !value.is_empty() {
            let _ = writeln!(lines, "      {key}: {}", quote::yaml(&value));
        }
    }
    let _ = writeln!(lines, "      allow_credentials: {}", policy.credentials);
    lines.push_str("      forward_not_matching_preflights: false\n");
    lines.push_str("  response_headers_to_remove:\n");
    for header in CORS_HEADERS {
        let _ = writeln!(lines, "    - {header}");
    }
    if any && !expose.is_empty() {
        // In this place, and in no other, a per cent sign begins a variable.
        let value = quote::yaml(&expose.replace('%', "%%"));
        lines.push_str("  response_headers_to_add:\n");
        let _ = writeln!(lines, "    - header: {{ key: access-control-expose-headers, value: {value} }}");
    }
    lines.push_str("  routes:\n");
    lines.push_str(&indented(4, &routes(policy)));
    let _ = writeln!(lines, "    - match: {{ prefix: / }}\n      route: {{ cluster: {name} }}");
    indented(20, &lines)
}

/// The routes before all others: of what is refused, and of the preflights that the filter answers.
fn routes(policy: &Parts) -> String {
    match policy.origins {
        Origins::Any => FOR_THE_FILTER.to_owned(),
        Origins::Listed(_) => refusal(policy) + FOR_THE_FILTER,
    }
}

/// Leads nowhere, and need not: the filter answers before the router is asked. To the filter, what is empty is not there.
const FOR_THE_FILTER: &str = "\
- match:
    prefix: /
    headers:
      - name: ':method'
        string_match: { exact: OPTIONS }
      - name: access-control-request-method
        string_match: { safe_regex: { regex: '.+' } }
      - name: origin
        string_match: { safe_regex: { regex: '.+' } }
  non_forwarding_action: {}
";

/// The route of what is answered 403.
fn refusal(policy: &Parts) -> String {
    let mut lines = "- match:\n    prefix: /\n    headers:\n".to_owned();
    if !policy.refuse_disallowed {
        lines.push_str("      - name: ':method'\n        string_match: { exact: OPTIONS }\n");
        lines.push_str("      - name: access-control-request-method\n        present_match: true\n");
    }
    lines.push_str("      - name: origin\n        present_match: true\n");
    for pattern in policy.listed() {
        let _ = writeln!(
            lines,
            "      - name: origin\n        string_match: {{ {} }}\n        invert_match: true",
            matcher(pattern)
        );
    }
    lines + "  direct_response: { status: 403 }\n"
}

/// Envoy matches whole texts, both ways.
fn matcher(pattern: &Pattern) -> String {
    match pattern.is_exact() {
        true => format!("exact: {}", quote::yaml(&pattern.text)),
        false => format!("safe_regex: {{ regex: {} }}", quote::yaml(&pattern.anchored())),
    }
}

/// `*` alone is what was asked for, which is right with credentials only.
fn methods(policy: &Parts) -> String {
    match (policy.any_method, policy.credentials) {
        (true, true) => "*".to_owned(),
        (true, false) => "*, GET".to_owned(),
        (false, _) => policy.methods.join(", "),
    }
}

/// The same for headers, where it is more than a star: without credentials a star is not for `Authorization`.
fn headers(policy: &Parts) -> String {
    match (policy.any_header, policy.credentials) {
        (true, true) => "*".to_owned(),
        (true, false) if policy.headers.is_empty() => "*, Accept".to_owned(),
        _ => policy.headers_with_star().join(", "),
    }
}

/// Host and port as Envoy takes them; brackets of IPv6 are not its own.
fn socket(address: &str) -> Result<String, String> {
    let (host, port) = address.rsplit_once(':').ok_or(address)?;
    let port: u16 = port.parse().map_err(|_| address)?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    Ok(format!("{{ socket_address: {{ address: {}, port_value: {port} }} }}", quote::yaml(host)))
}

fn indented(columns: usize, lines: &str) -> String {
    lines.lines().map(|line| format!("{:columns$}{line}\n", "")).collect()
}
