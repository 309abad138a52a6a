//! Go's rs/cors: its options, behind a guard.
//!
//! The package compares origins without regard to case, takes a star for any letters, and allows `OPTIONS` whether or not it
//! is listed. So origins are compared by a function here, and what the policy refuses never reaches the package.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::REFLECTION;

pub(super) struct RsCors;

impl Target for RsCors {
    fn name(&self) -> &'static str {
        "rs-cors"
    }

    fn title(&self) -> &'static str {
        "Go with rs/cors 1.7 and later"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyMethod | Feature::AnyMethodWithCredentials => {
                Can::Otherwise("it allows the methods of the HTTP standards, and no other")
            }
            Feature::ErrorResponses => {
                Can::Otherwise("a panic ends the connection, unless something inside of this recovers")
            }
            Feature::InnerHeaders => Can::Otherwise(
                "they stay: take Access-Control-* out of your handlers, or they speak beside the policy",
            ),
            Feature::Vary => {
                Can::Otherwise("a handler that sets Vary, and does not add to it, takes Origin out of it")
            }
            Feature::BeforeAuthentication => Can::Placed("only where it stands around authentication"),
            Feature::Subdomains
            | Feature::AnyPort
            | Feature::AnyOrigin
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::AnyHeaderWithCredentials
            | Feature::NoContentType
            | Feature::ExposeAny
            | Feature::MaxAgeZero
            | Feature::RefuseDisallowed
            | Feature::RefusedPreflight
            | Feature::OwnOptions => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as corspolicy/corspolicy.go; then http.ListenAndServe(address, corspolicy.Wrap(handler))."
    }

    fn extension(&self) -> &'static str {
        "go"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/rs-cors.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        // The package puts methods in capitals, where another name is another method.
        if let Some(name) =
            policy.methods.iter().find(|name| name.chars().any(|letter| letter.is_lowercase()))
        {
            return Err(name.clone());
        }
        let without_authorization = Feature::AnyHeader.is_asked_by(policy);
        let (origins, patterns, any) = match &policy.origins {
            Origins::Any => ("AllowedOrigins:   []string{\"*\"},".to_owned(), String::new(), true),
            Origins::Listed(_) => ("AllowOriginFunc:  isAllowed,".to_owned(), is_allowed(policy)?, false),
        };
        let methods = policy.methods_spelled_out();
        // Left out, the package allows names of its own; Accept needs no permission.
        let headers = match policy.any_header {
            true => vec!["*".to_owned()],
            false if policy.headers.is_empty() => vec!["Accept".to_owned()],
            false => policy.headers.clone(),
        };
        let max_age = match policy.max_age {
            Some(0) => -1,
            other => other.unwrap_or(0),
        };
        let mut imports = vec!["net/http"];
        imports.extend(patterns.contains("regexp.").then_some("regexp"));
        imports.push("strings");
        let imports: String = imports.iter().map(|name| format!("\t\"{name}\"\n")).collect();
        let (asks, unwanted) = match without_authorization {
            true => (
                ASKS_FOR_AUTHORIZATION,
                "(!isListed(strings.Join(asked, \", \")) || asksForAuthorization(request))",
            ),
            false => ("", "!isListed(strings.Join(asked, \", \"))"),
        };
        let unlisted = match (any, policy.refuse_disallowed) {
            (true, _) => for_any_origin(policy),
            (false, true) => for_other_origins("isCors"),
            (false, false) => for_other_origins("isPreflight"),
        };
        let origin_lines = if any { "_" } else { "origins" };
        Ok(format!(
            "package corspolicy\n\nimport (\n{imports}\n\t\"github.com/rs/cors\" // go get github.com/rs/cors\n)\n\n{patterns}\
             // isListed tells whether a page may ask for this method.\n\
             func isListed(method string) bool {{\n\tswitch method {{\n\tcase {}:\n\t\treturn true\n\t}}\n\treturn false\n}}\n\n{asks}\
             // Wrap puts the policy around a handler.\n\
             func Wrap(next http.Handler) http.Handler {{\n\
             \tgoverned := cors.New(cors.Options{{\n\
             \t\t{origins}\n\
             \t\tAllowedMethods:   {},\n\
             \t\tAllowedHeaders:   {},\n\
             \t\tExposedHeaders:   {},\n\
             \t\tAllowCredentials: {},\n\
             \t\tMaxAge:           {max_age},\n\
             \t}}).Handler(next)\n\n\
             \treturn http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {{\n\
             \t\t{origin_lines}, isCors := request.Header[\"Origin\"]\n\
             \t\tasked, isPreflight := request.Header[\"Access-Control-Request-Method\"]\n\
             \t\tisPreflight = isPreflight && isCors && request.Method == http.MethodOptions\n{unlisted}\
             \t\t// The package allows OPTIONS whether or not it is listed.\n\
             \t\tif isPreflight && {unwanted} {{\n\
             \t\t\tresponse.Header().Add(\"Vary\", \"Origin\")\n\
             \t\t\tresponse.WriteHeader(http.StatusForbidden)\n\
             \t\t\treturn\n\
             \t\t}}\n\
             \t\tgoverned.ServeHTTP(response, request)\n\
             \t}})\n}}\n",
            methods.iter().map(|name| quote::go_string(name)).collect::<Vec<_>>().join(", "),
            quote::go_list(&methods),
            quote::go_list(&headers),
            quote::go_list(&policy.expose),
            policy.credentials,
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::put("In a terminal, beside go.mod", "go get github.com/rs/cors"),
            Step::save("corspolicy/corspolicy.go", &self.write(policy, context)?),
            Step::put(
                "Among the imports of the file that starts the server (MODULE is your module, as the first line of go.mod names \
                 it)",
                "\"MODULE/corspolicy\"",
            ),
            Step::put(
                "Where the server is started, around the outermost handler, in place of every other CORS middleware",
                "http.ListenAndServe(address, corspolicy.Wrap(handler))",
            ),
        ])
    }
}

/// The lines for requests that the package must not see: other origins', and those without one. Several lines of `Origin`,
/// joined, are no origin of anybody.
fn for_other_origins(refused: &str) -> String {
    format!(
        "\t\tif !isCors || !isAllowed(strings.Join(origins, \", \")) {{\n\
         \t\t\tresponse.Header().Add(\"Vary\", \"Origin\")\n\
         \t\t\tif {refused} {{\n\
         \t\t\t\tresponse.WriteHeader(http.StatusForbidden)\n\
         \t\t\t\treturn\n\
         \t\t\t}}\n\
         \t\t\tnext.ServeHTTP(response, request)\n\
         \t\t\treturn\n\
         \t\t}}\n"
    )
}

/// The lines for requests without an origin where any is allowed: the same copy serves everybody.
fn for_any_origin(policy: &Parts) -> String {
    let expose = policy.expose.join(", ");
    let expose = match expose.is_empty() {
        true => String::new(),
        false => format!(
            "\t\t\tresponse.Header().Set(\"Access-Control-Expose-Headers\", {})\n",
            quote::go_string(&expose)
        ),
    };
    format!(
        "\t\tif !isCors {{\n\
         \t\t\t// A cache may give this answer to a page.\n\
         \t\t\tresponse.Header().Set(\"Access-Control-Allow-Origin\", \"*\")\n{expose}\
         \t\t\tnext.ServeHTTP(response, request)\n\
         \t\t\treturn\n\
         \t\t}}\n"
    )
}

/// The function that compares origins, and its expressions.
fn is_allowed(policy: &Parts) -> Result<String, String> {
    let (exact, others): (Vec<_>, Vec<_>) = policy.listed().iter().partition(|pattern| pattern.is_exact());
    let mut text = String::new();
    if !others.is_empty() {
        text.push_str("var patterns = []*regexp.Regexp{\n");
        for pattern in &others {
            let anchored = pattern.anchored();
            let quoted = quote::go_raw(&anchored).ok_or(anchored)?;
            text.push_str(&format!("\tregexp.MustCompile({quoted}),\n"));
        }
        text.push_str("}\n\n");
    }
    text.push_str(
        "// isAllowed tells whether the policy lets this origin in.\nfunc isAllowed(origin string) bool {\n",
    );
    if !exact.is_empty() {
        let exact: Vec<String> = exact.iter().map(|pattern| quote::go_string(&pattern.text)).collect();
        let cases = exact.join(",\n\t\t");
        text.push_str(&format!("\tswitch origin {{\n\tcase {cases}:\n\t\treturn true\n\t}}\n"));
    }
    if !others.is_empty() {
        text.push_str(
            "\tfor _, pattern := range patterns {\n\t\tif pattern.MatchString(origin) {\n\t\t\treturn true\n\t\t}\n\t}\n",
        );
    }
    text.push_str("\treturn false\n}\n\n");
    Ok(text)
}

const ASKS_FOR_AUTHORIZATION: &str = "\
// asksForAuthorization tells whether a preflight names Authorization, for which a star does not stand.
func asksForAuthorization(request *http.Request) bool {
\tfor _, line := range request.Header[\"Access-Control-Request-Headers\"] {
\t\tfor _, name := range strings.Split(line, \",\") {
\t\t\tif strings.EqualFold(strings.TrimSpace(name), \"Authorization\") {
\t\t\t\treturn true
\t\t\t}
\t\t}
\t}
\treturn false
}

";
