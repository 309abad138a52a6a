//! nginx: `map`s for the values, every header on one level, and the application's own taken away.
//!
//! A server-level `if` with nothing but `return` runs before a location is chosen and keeps the server's `add_header`s:
//! so preflights come before authentication and before redirects. A map's keys that are texts are compared without case,
//! so that origins are expressions here.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Peculiarity, Proof, Target};

use super::REFLECTION;

pub(super) struct Nginx;

impl Target for Nginx {
    fn name(&self) -> &'static str {
        "nginx"
    }

    fn title(&self) -> &'static str {
        "nginx"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::ErrorResponses => Can::Otherwise(
                "a location with an add_header of its own drops all of these; it has to repeat them",
            ),
            Feature::Vary => {
                Can::Otherwise("it is a line of its own beside the application's, which means the same")
            }
            Feature::Subdomains
            | Feature::AnyPort
            | Feature::AnyOrigin
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::AnyMethod
            | Feature::AnyMethodWithCredentials
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::AnyHeaderWithCredentials
            | Feature::NoContentType
            | Feature::MaxAgeZero
            | Feature::ExposeAny
            | Feature::RefuseDisallowed
            | Feature::RefusedPreflight
            | Feature::OwnOptions
            | Feature::InnerHeaders
            | Feature::BeforeAuthentication => Can::Yes,
        }
    }

    fn peculiarities(&self) -> &'static [Peculiarity] {
        &[Peculiarity {
            title: "names of more than 4000 letters together",
            can: Can::No("it reads no longer values, and would not start"),
            is_asked_by: |policy| {
                let lists = [policy.methods_with_star(), policy.headers_with_star(), policy.expose.clone()];
                lists.iter().any(|names| names.join(", ").len() > 4_000)
            },
        }]
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "Include it in http { }; its server { } is yours to complete."
    }

    fn extension(&self) -> &'static str {
        "conf"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/nginx.toml")
    }

    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String> {
        Ok(Lines::of(policy, context)?.finish(context))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        let lines = Lines::of(policy, context)?;
        let headers: Vec<&str> =
            lines.server.iter().map(String::as_str).filter(|line| line.starts_with("add_header ")).collect();
        Ok(vec![
            Step::put(
                "Above server { }, in the same file or anywhere else in http { }",
                &lines.maps.concat(),
            ),
            Step::put(
                "In server { }, in place of every add_header Access-Control-* and of every `if` that answers OPTIONS, \
                 those of its locations included",
                &format!("{}\n\n{THE_APPLICATIONS_OWN}\n{}", lines.server.join("\n"), hidden().join("\n")),
            ),
            Step::put(
                "In every location { } that keeps an add_header of its own (Cache-Control, say), beside it, since it \
                 inherits none of those above; where no location has one, nowhere",
                &headers.join("\n"),
            ),
        ])
    }
}

/// The two levels of the text, as they grow.
struct Lines {
    /// What every variable's name begins with, so that several policies fit in one file.
    prefix: String,
    maps: Vec<String>,
    server: Vec<String>,
}

impl Lines {
    fn of(policy: &Parts, context: &Context) -> Result<Self, String> {
        let prefix = format!("cors_{}", quote::identifier(&context.name));
        let mut lines = Self { prefix, maps: Vec::new(), server: Vec::new() };
        match &policy.origins {
            Origins::Any => lines.any_origin(policy)?,
            Origins::Listed(_) => lines.listed_origins(policy)?,
        }
        Ok(lines)
    }

    fn map(&mut self, from: &str, to: &str, rows: &[(String, String)]) {
        let mut map = format!("map {from} ${}_{to} {{\n", self.prefix);
        for (key, value) in rows {
            map.push_str(&format!("    {key} {value};\n"));
        }
        self.maps.push(map + "}\n");
    }

    /// A variable that has a value where the key matches, and is empty elsewhere; an empty header is not sent.
    fn value_where(&mut self, from: &str, to: &str, key: &str, value: &str) {
        let rows = [("default".to_owned(), "\"\"".to_owned()), (key.to_owned(), value.to_owned())];
        self.map(from, to, &rows);
    }

    fn header(&mut self, name: &str, value: &str) {
        self.server.push(format!("add_header {name} {value} always;"));
    }

    /// Which requests are preflights: all three parts of the question are there.
    fn preflight(&mut self) {
        let rows = [
            ("default".to_owned(), "0".to_owned()),
            ("\"~^OPTIONS [^ ].* [^ ]\"".to_owned(), "1".to_owned()),
        ];
        self.map("\"$request_method $http_origin $http_access_control_request_method\"", "preflight", &rows);
    }

    fn any_origin(&mut self, policy: &Parts) -> Result<(), String> {
        self.preflight();
        let preflight = format!("${}_preflight", self.prefix);
        self.header("Access-Control-Allow-Origin", "\"*\"");
        // Exposed headers belong on everything but preflights.
        if !policy.expose.is_empty() {
            self.value_where(&preflight, "expose", "0", &text(&policy.expose.join(", "))?);
            self.header("Access-Control-Expose-Headers", &format!("${}_expose", self.prefix));
        }
        self.permissions(policy, &preflight, "1")?;
        self.server.push(format!("if ({preflight}) {{ return 204; }}"));
        Ok(())
    }

    fn listed_origins(&mut self, policy: &Parts) -> Result<(), String> {
        let prefix = self.prefix.clone();
        let (origin, preflight) = (format!("${prefix}_origin"), format!("${prefix}_preflight"));
        let mut rows = vec![("default".to_owned(), "\"\"".to_owned())];
        for pattern in policy.listed() {
            let key = quote::nginx_regex(&pattern.anchored()).ok_or_else(|| pattern.text.clone())?;
            rows.push((key, "$http_origin".to_owned()));
        }
        self.map("$http_origin", "origin", &rows);
        self.preflight();
        self.header("Access-Control-Allow-Origin", &origin);
        if policy.credentials {
            self.value_where(&origin, "credentials", "\"~.\"", "\"true\"");
            self.header("Access-Control-Allow-Credentials", &format!("${prefix}_credentials"));
        }
        let both = format!("\"{preflight}:{origin}\"");
        if !policy.expose.is_empty() {
            self.value_where(&both, "expose", "\"~^0:.\"", &text(&policy.expose.join(", "))?);
            self.header("Access-Control-Expose-Headers", &format!("${prefix}_expose"));
        }
        self.permissions(policy, &both, "\"~^1:.\"")?;
        self.vary(policy, &both);
        let refused = if policy.refuse_disallowed {
            (format!("\"{origin}:$http_origin\""), "\"~^:.\"")
        } else {
            (both, "\"1:\"")
        };
        self.map(&refused.0, "refused", &[("default".into(), "0".into()), (refused.1.into(), "1".into())]);
        self.server.push(format!("if (${prefix}_refused) {{ return 403; }}"));
        self.server.push(format!("if ({preflight}) {{ return 204; }}"));
        Ok(())
    }

    /// What a preflight is granted.
    fn permissions(&mut self, policy: &Parts, from: &str, key: &str) -> Result<(), String> {
        let repeats = policy.credentials;
        let methods = match policy.methods_with_star() {
            _ if policy.any_method && repeats => Some("$http_access_control_request_method".to_owned()),
            methods if methods.is_empty() => None,
            methods => Some(text(&methods.join(", "))?),
        };
        let headers = match policy.headers_with_star() {
            _ if policy.any_header && repeats => Some("$http_access_control_request_headers".to_owned()),
            headers if headers.is_empty() => None,
            headers => Some(text(&headers.join(", "))?),
        };
        let max_age = policy.max_age.map(|seconds| format!("\"{seconds}\""));
        for (to, name, value) in [
            ("methods", "Access-Control-Allow-Methods", methods),
            ("headers", "Access-Control-Allow-Headers", headers),
            ("max_age", "Access-Control-Max-Age", max_age),
        ] {
            let Some(value) = value else { continue };
            self.value_where(from, to, key, &value);
            self.header(name, &format!("${}_{to}", self.prefix));
        }
        Ok(())
    }

    fn vary(&mut self, policy: &Parts, both: &str) {
        let mut names = "Origin".to_owned();
        if policy.credentials && policy.any_method {
            names.push_str(", Access-Control-Request-Method");
        }
        if policy.credentials && policy.any_header {
            names.push_str(", Access-Control-Request-Headers");
        }
        if names == "Origin" {
            self.header("Vary", "\"Origin\"");
            return;
        }
        let rows = [
            ("default".to_owned(), "\"Origin\"".to_owned()),
            ("\"~^1:.\"".to_owned(), format!("\"{names}\"")),
        ];
        self.map(both, "vary", &rows);
        self.header("Vary", &format!("${}_vary", self.prefix));
    }

    fn finish(self, context: &Context) -> String {
        let Context { listen, upstream, .. } = context;
        let indented =
            |lines: &[String]| -> String { lines.iter().map(|line| format!("    {line}\n")).collect() };
        format!(
            "{maps}\nserver {{\n    listen {listen};\n\n    {NO_OTHER}\n{server}\n    {THE_APPLICATIONS_OWN}\n{hidden}\n    \
             location / {{\n        proxy_pass http://{upstream};\n    }}\n}}\n",
            maps = self.maps.join(""),
            server = indented(&self.server),
            hidden = indented(&hidden()),
        )
    }
}

const NO_OTHER: &str = "# No add_header in any location: it would drop all of these.";

const THE_APPLICATIONS_OWN: &str =
    "# The application's own would be duplicates. With fastcgi_pass: fastcgi_hide_header.";

/// The lines that take the application's own headers away.
fn hidden() -> Vec<String> {
    let names = corsac::CORS_RESPONSE_HEADERS.iter().map(|name| quote::title_case(name));
    let names = names.chain(["Access-Control-Allow-Private-Network".to_owned()]);
    names.map(|name| format!("proxy_hide_header {name};")).collect()
}

fn text(value: &str) -> Result<String, String> {
    quote::nginx(value).ok_or_else(|| value.to_owned())
}
