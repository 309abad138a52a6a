//! Apache httpd: expressions over the request's own headers, so that error documents come to the same answer.
//!
//! `RewriteRule` on the level of the server runs before authentication. `Header always` is the one that errors get too; what
//! the application says is in another table, and is taken from that one.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::pattern::Pattern;
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Peculiarity, Proof, Target};

use super::REFLECTION;

pub(super) struct Apache;

/// What a preflight has, as an expression.
const PREFLIGHT: &str = "%{REQUEST_METHOD} == 'OPTIONS' && -n req_novary('Origin') && -n req_novary('Access-Control-Request-Method')";

impl Target for Apache {
    fn name(&self) -> &'static str {
        "apache"
    }

    fn title(&self) -> &'static str {
        "Apache httpd 2.4"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyMethodWithCredentials | Feature::AnyHeaderWithCredentials => {
                Can::No("lines that repeat the question are not written for it yet; list the names")
            }
            Feature::InnerHeaders => Can::Otherwise(
                "they are taken away by name, where they come from a proxied application or from `Header set`",
            ),
            Feature::Vary
            | Feature::BeforeAuthentication
            | Feature::ErrorResponses
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
            | Feature::RefusedPreflight => Can::Yes,
        }
    }

    fn peculiarities(&self) -> &'static [Peculiarity] {
        &[Peculiarity {
            title: "origins of more than 8000 letters together",
            can: Can::No("it reads no longer expressions, and would not start; write patterns for them"),
            is_asked_by: |policy| expression(policy.listed()).len() > 8_000,
        }]
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "It needs the modules headers, rewrite, proxy and proxy_http; the virtual host is yours to complete."
    }

    fn extension(&self) -> &'static str {
        "conf"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/apache.toml")
    }

    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String> {
        let lines: String = lines(policy)?.iter().map(|line| format!("    {line}\n")).collect();
        let Context { listen, upstream, .. } = context;
        let listen = if listen.contains(':') { listen.clone() } else { format!("*:{listen}") };
        Ok(format!(
            "<VirtualHost {listen}>\n{lines}\n    ProxyPass \"/\" \"http://{upstream}/\"\n</VirtualHost>\n"
        ))
    }

    fn steps(&self, policy: &Parts, _: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::put(
                "In a terminal, once (elsewhere than on Debian, load the modules headers and rewrite)",
                "a2enmod headers rewrite",
            ),
            Step::put(
                "In <VirtualHost>, above every other RewriteRule, in place of every Header line about \
                 Access-Control-*, those of <Directory>, <Location> and .htaccess included",
                &lines(policy)?.join("\n"),
            ),
        ])
    }
}

/// What stands in the virtual host.
fn lines(policy: &Parts) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    let names = corsac::CORS_RESPONSE_HEADERS.iter().copied();
    for name in names.chain(["access-control-allow-private-network"]) {
        lines.push(format!("Header onsuccess unset {}", quote::title_case(name)));
    }
    lines.push("RewriteEngine On".to_owned());
    match &policy.origins {
        Origins::Any => {
            lines.push("Header always set Access-Control-Allow-Origin \"*\"".to_owned());
            grant(policy, None, &mut lines)?;
        }
        Origins::Listed(patterns) => {
            let expression = expression(patterns);
            let expression = quote::apache_regex(&expression).ok_or(expression)?;
            let allowed = format!("req_novary('Origin') =~ {expression}");
            let refused = if policy.refuse_disallowed { "-n req_novary('Origin')" } else { PREFLIGHT };
            lines.push(format!("RewriteCond expr \"{refused} && !({allowed})\""));
            lines.push("RewriteRule ^ - [R=403,L]".to_owned());
            lines.push(format!(
                "Header always set Access-Control-Allow-Origin \"expr=%{{req_novary:Origin}}\" \"expr={allowed}\""
            ));
            grant(policy, Some(&allowed), &mut lines)?;
            lines.push("Header always merge Vary \"Origin\"".to_owned());
        }
    }
    lines.push(format!("RewriteCond expr \"{PREFLIGHT}\""));
    lines.push("RewriteRule ^ - [R=204,L]".to_owned());
    Ok(lines)
}

/// All origins at once.
fn expression(patterns: &[Pattern]) -> String {
    let expressions: Vec<String> = patterns.iter().map(|pattern| pattern.expression()).collect();
    format!("^({})$", expressions.join("|"))
}

/// The headers beside the origin, each under its condition.
fn grant(policy: &Parts, allowed: Option<&str>, lines: &mut Vec<String>) -> Result<(), String> {
    let credentials: Vec<String> = policy.credentials.then(|| "true".to_owned()).into_iter().collect();
    let max_age: Vec<String> = policy.max_age.iter().map(ToString::to_string).collect();
    let answer = format!("!({PREFLIGHT})");
    for (name, values, when) in [
        ("Access-Control-Allow-Credentials", &credentials, None),
        ("Access-Control-Expose-Headers", &policy.expose, Some(&*answer)),
        ("Access-Control-Allow-Methods", &policy.methods_with_star(), Some(PREFLIGHT)),
        ("Access-Control-Allow-Headers", &policy.headers_with_star(), Some(PREFLIGHT)),
        ("Access-Control-Max-Age", &max_age, Some(PREFLIGHT)),
    ] {
        if values.is_empty() {
            continue;
        }
        let value = values.join(", ");
        let value = quote::apache_format(&value).ok_or(value)?;
        let conditions: Vec<&str> = allowed.into_iter().chain(when).collect();
        let condition = match conditions.is_empty() {
            true => String::new(),
            false => format!(" \"expr={}\"", conditions.join(" && ")),
        };
        lines.push(format!("Header always set {name} {value}{condition}"));
    }
    Ok(())
}
