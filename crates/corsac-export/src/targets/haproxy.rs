//! HAProxy: variables for the decision, `http-after-response` for the headers.
//!
//! Only that rule set sees the answers that HAProxy makes itself, those to preflights included.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::REFLECTION;

pub(super) struct HaProxy;

impl Target for HaProxy {
    fn name(&self) -> &'static str {
        "haproxy"
    }

    fn title(&self) -> &'static str {
        "HAProxy 2.6"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyMethodWithCredentials | Feature::AnyHeaderWithCredentials => {
                Can::No("lines that repeat the question are not written for it yet; list the names")
            }
            Feature::Vary => {
                Can::Otherwise("it is a line of its own beside the application's, which means the same")
            }
            Feature::BeforeAuthentication => Can::Placed("only where these rules stand before yours"),
            Feature::ErrorResponses
            | Feature::OwnOptions
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
            | Feature::ExposeAny
            | Feature::RefuseDisallowed
            | Feature::RefusedPreflight
            | Feature::InnerHeaders => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "A frontend and its backend, after your `defaults`; put rules of your own below these."
    }

    fn extension(&self) -> &'static str {
        "cfg"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/haproxy.toml")
    }

    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String> {
        let rules: String = self.rules(policy)?.iter().map(|rule| format!("    {rule}\n")).collect();
        let name = quote::identifier(&context.name);
        let Context { listen, upstream, .. } = context;
        let listen = if listen.contains(':') { listen.clone() } else { format!(":{listen}") };
        Ok(format!(
            "frontend cors_{name}\n    mode http\n    bind {listen}\n\n{rules}\n    default_backend cors_{name}_application\n\n\
             backend cors_{name}_application\n    mode http\n    server application {upstream}\n"
        ))
    }

    fn steps(&self, policy: &Parts, _: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![Step::put(
            "In the frontend (mode http), above every other http-request rule, in place of every rule that sets \
             Access-Control-* or answers OPTIONS",
            &self.rules(policy)?.join("\n"),
        )])
    }
}

impl HaProxy {
    /// What stands in the frontend.
    fn rules(&self, policy: &Parts) -> Result<Vec<String>, String> {
        let mut rules = Vec::new();
        let refused = self.decide(policy, &mut rules)?;
        for condition in refused {
            rules.push(format!("http-request return status 403 if {condition}"));
        }
        rules.push("http-request return status 204 if { var(txn.cors_preflight) -m bool }".to_owned());
        rules.push("http-after-response del-header Access-Control- -m beg".to_owned());
        self.grant(policy, &mut rules)?;
        Ok(rules)
    }

    /// Sets the variables: what is allowed, and whether it is a preflight. Gives the conditions that are answered 403.
    fn decide(&self, policy: &Parts, rules: &mut Vec<String>) -> Result<Vec<&'static str>, String> {
        let mut refused = Vec::new();
        if let Origins::Listed(patterns) = &policy.origins {
            for pattern in patterns {
                let (how, value) = match pattern.is_exact() {
                    true => ("str", pattern.text.clone()),
                    false => ("reg", pattern.anchored()),
                };
                let value = quote::haproxy(&value).ok_or(value)?;
                rules.push(format!("acl cors_allowed req.fhdr(Origin) -m {how} {value}"));
            }
            rules.push(
                "http-request set-var(txn.cors_origin) req.fhdr(Origin) if cors_allowed { req.fhdr_cnt(Origin) eq 1 }"
                    .to_owned(),
            );
            refused.push(match policy.refuse_disallowed {
                true => "{ req.fhdr(Origin) -m found } !{ var(txn.cors_origin) -m found }",
                false => "{ var(txn.cors_preflight) -m bool } !{ var(txn.cors_origin) -m found }",
            });
        }
        rules.push(
            "http-request set-var(txn.cors_preflight) bool(true) if { method OPTIONS } { req.fhdr(Origin) -m found } \
             { req.fhdr(Access-Control-Request-Method) -m found }"
                .to_owned(),
        );
        Ok(refused)
    }

    /// The headers, each under its condition.
    fn grant(&self, policy: &Parts, rules: &mut Vec<String>) -> Result<(), String> {
        const PREFLIGHT: &str = "{ var(txn.cors_preflight) -m bool }";
        let listed = matches!(policy.origins, Origins::Listed(_));
        let origin = if listed { "{ var(txn.cors_origin) -m found }" } else { "" };
        let mut set = |name: &str, value: String, conditions: &[&str]| {
            let conditions: Vec<&str> = conditions.iter().copied().filter(|text| !text.is_empty()).collect();
            let condition =
                if conditions.is_empty() { String::new() } else { format!(" if {}", conditions.join(" ")) };
            rules.push(format!("http-after-response set-header {name} {value}{condition}"));
        };
        let allow_origin = if listed { "%[var(txn.cors_origin)]" } else { "*" };
        set("Access-Control-Allow-Origin", format!("'{allow_origin}'"), &[origin]);
        if policy.credentials {
            set("Access-Control-Allow-Credentials", "'true'".to_owned(), &[origin]);
        }
        let not_preflight = format!("!{PREFLIGHT}");
        let max_age: Vec<String> = policy.max_age.iter().map(ToString::to_string).collect();
        for (name, values, when) in [
            ("Access-Control-Expose-Headers", &policy.expose, &*not_preflight),
            ("Access-Control-Allow-Methods", &policy.methods_with_star(), PREFLIGHT),
            ("Access-Control-Allow-Headers", &policy.headers_with_star(), PREFLIGHT),
            ("Access-Control-Max-Age", &max_age, PREFLIGHT),
        ] {
            if !values.is_empty() {
                let value = values.join(", ");
                set(name, quote::haproxy_format(&value).ok_or(value)?, &[origin, when]);
            }
        }
        if listed {
            rules.push("http-after-response add-header Vary 'Origin'".to_owned());
        }
        Ok(())
    }
}
