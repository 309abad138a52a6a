//! Caddy: matchers, and one `route` whose order is that of its lines.
//!
//! Outside of a `route` Caddy sorts directives by itself, and puts authentication and redirects before `respond`. Headers are
//! set before the application is asked, not deferred: what is deferred is lost where an error comes up.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::REFLECTION;

pub(super) struct Caddy;

/// What a preflight has, in the words of a matcher.
const PREFLIGHT: &str = "method OPTIONS\nheader Origin *\nheader Access-Control-Request-Method *";

impl Target for Caddy {
    fn name(&self) -> &'static str {
        "caddy"
    }

    fn title(&self) -> &'static str {
        "Caddy 2"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyMethodWithCredentials | Feature::AnyHeaderWithCredentials => {
                Can::No("lines that repeat the question are not written for it yet; list the names")
            }
            Feature::InnerHeaders => Can::Otherwise(
                "reverse_proxy takes them away; a handler of another kind, such as php_fastcgi, needs the same line",
            ),
            Feature::Vary => {
                Can::Otherwise("it is a line of its own beside the application's, which means the same")
            }
            Feature::BeforeAuthentication => Can::Placed("only where these lines stand first in the route"),
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
            | Feature::RefusedPreflight => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "A site for your Caddyfile; its address and what else is in its route are yours to complete."
    }

    fn extension(&self) -> &'static str {
        "Caddyfile"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/caddy.toml")
    }

    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String> {
        let lines = Lines::of(policy)?;
        let Context { listen, upstream, .. } = context;
        let listen = if listen.contains(':') { format!("http://{listen}") } else { format!(":{listen}") };
        let indented: String = lines.0.lines().map(|line| format!("\t\t{line}\n")).collect();
        Ok(format!(
            "{listen} {{\n\troute {{\n{indented}\n\t\treverse_proxy {upstream} {{\n\t\t\t{STRIP}\n\t\t}}\n\t}}\n}}\n"
        ))
    }

    fn steps(&self, policy: &Parts, _: &Context) -> Result<Vec<Step>, String> {
        let indented: String = Lines::of(policy)?.0.lines().map(|line| format!("\t{line}\n")).collect();
        Ok(vec![
            Step::put(
                "In the site's block, around all that answers requests there (not around tls, log or bind), in place of \
                 every `header` about Access-Control-* and of what answers OPTIONS",
                &format!("route {{\n{indented}\n\t{WHAT_IS_THERE}\n}}\n"),
            ),
            Step::put("In every reverse_proxy of that route, in braces after its upstream", STRIP),
        ])
    }
}

const WHAT_IS_THERE: &str = "# Here, in the order in which it is to run, stands what was in the block.";

/// Takes the application's own headers away.
const STRIP: &str = "header_down -Access-Control-*";

/// The lines of the route, as they grow.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn of(policy: &Parts) -> Result<Self, String> {
        let mut lines = Self::default();
        lines.matcher("cors_preflight", PREFLIGHT);
        match &policy.origins {
            Origins::Any => lines.any_origin(policy)?,
            Origins::Listed(_) => lines.listed_origins(policy)?,
        }
        Ok(lines)
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn matcher(&mut self, name: &str, conditions: &str) {
        self.line(&format!("@{name} {{"));
        for condition in conditions.lines() {
            self.line(&format!("\t{condition}"));
        }
        self.line("}");
    }

    fn header(&mut self, matcher: &str, name: &str, value: &str) -> Result<(), String> {
        let value = quote::caddy(value).ok_or_else(|| value.to_owned())?;
        self.line(&format!("header {matcher}{name} {value}"));
        Ok(())
    }

    fn any_origin(&mut self, policy: &Parts) -> Result<(), String> {
        self.header("", "Access-Control-Allow-Origin", "*")?;
        if !policy.expose.is_empty() {
            self.matcher("cors_answer", &format!("not {{\n\t{}\n}}", PREFLIGHT.replace('\n', "\n\t")));
            self.header("@cors_answer ", "Access-Control-Expose-Headers", &policy.expose.join(", "))?;
        }
        self.permissions(policy, "@cors_preflight ")?;
        self.line("respond @cors_preflight 204");
        Ok(())
    }

    fn listed_origins(&mut self, policy: &Parts) -> Result<(), String> {
        let expressions: Vec<String> = policy.listed().iter().map(|pattern| pattern.expression()).collect();
        let expression = format!("^({})$", expressions.join("|"));
        let allowed = format!("header_regexp Origin {}", quote::caddy_raw(&expression).ok_or(expression)?);
        self.matcher("cors_allowed", &allowed);
        self.matcher("cors_granted", &format!("{PREFLIGHT}\n{allowed}"));
        let refused = if policy.refuse_disallowed { "header Origin *" } else { PREFLIGHT };
        self.matcher("cors_refused", &format!("{refused}\nnot {allowed}"));
        self.line("header +Vary Origin");
        self.line("header @cors_allowed Access-Control-Allow-Origin {http.request.header.Origin}");
        if policy.credentials {
            self.header("@cors_allowed ", "Access-Control-Allow-Credentials", "true")?;
        }
        if !policy.expose.is_empty() {
            let answer = format!("not {{\n\t{}\n}}\n{allowed}", PREFLIGHT.replace('\n', "\n\t"));
            self.matcher("cors_answer", &answer);
            self.header("@cors_answer ", "Access-Control-Expose-Headers", &policy.expose.join(", "))?;
        }
        self.permissions(policy, "@cors_granted ")?;
        self.line("respond @cors_refused 403");
        self.line("respond @cors_preflight 204");
        Ok(())
    }

    /// What a preflight is granted.
    fn permissions(&mut self, policy: &Parts, matcher: &str) -> Result<(), String> {
        let max_age: Vec<String> = policy.max_age.iter().map(ToString::to_string).collect();
        for (name, values) in [
            ("Access-Control-Allow-Methods", policy.methods_with_star()),
            ("Access-Control-Allow-Headers", policy.headers_with_star()),
            ("Access-Control-Max-Age", max_age),
        ] {
            if !values.is_empty() {
                self.header(matcher, name, &values.join(", "))?;
            }
        }
        Ok(())
    }
}
