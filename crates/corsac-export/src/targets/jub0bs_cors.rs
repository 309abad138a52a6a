//! Go's jub0bs/cors, whose patterns mean what a policy's mean.
//!
//! The package refuses what it finds unwise, as the policy's own checks do, unless it is told that it is meant.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::pattern::Pattern;
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::REFLECTION;

pub(super) struct Jub0bsCors;

/// What needs no permission.
const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];

/// No browser remembers for longer, and the package takes no more.
const LONGEST: i64 = 86_400;

impl Target for Jub0bsCors {
    fn name(&self) -> &'static str {
        "jub0bs-cors"
    }

    fn title(&self) -> &'static str {
        "Go with jub0bs/cors 1.0"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::NullOrigin => Can::No("the package refuses the origin null"),
            Feature::RefuseDisallowed => Can::No("the package runs the handler for every origin"),
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
            | Feature::Credentials
            | Feature::AnyMethod
            | Feature::AnyMethodWithCredentials
            | Feature::AnyHeader
            | Feature::AnyHeaderAndAuthorization
            | Feature::AnyHeaderWithCredentials
            | Feature::NoContentType
            | Feature::ExposeAny
            | Feature::MaxAgeZero
            | Feature::RefusedPreflight
            | Feature::OwnOptions => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as corspolicy/corspolicy.go; then governed, err := corspolicy.Wrap(handler), and serve what is governed."
    }

    fn extension(&self) -> &'static str {
        "go"
    }

    fn proof(&self) -> Proof {
        Proof::Parsed("Go's own parser, whose reading makes the same policy")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        // Beside a star the package keeps no name, not even the one for which a star does not stand.
        let authorization = |name: &String| name.eq_ignore_ascii_case("authorization");
        if Feature::ExposeAny.is_asked_by(policy) && policy.expose.iter().any(authorization) {
            return Err(policy.expose.join(", "));
        }
        let origins = match &policy.origins {
            Origins::Any => vec!["*".to_owned()],
            Origins::Listed(patterns) => patterns.iter().map(|pattern| pattern.text.clone()).collect(),
        };
        let (methods, mut headers) = (policy.methods_with_star(), policy.headers_with_star());
        let mut remark = "";
        if headers.is_empty() && methods.iter().all(|name| SAFELISTED.contains(&&**name)) {
            headers.push("Accept".to_owned());
            remark = "\t// Accept needs no permission. Without it the package would refuse all preflights, as it has nothing to allow, and\n\
                      \t// uploads whose progress a page follows.\n";
        }
        let mut fields = format!(
            "\t\tOrigins:         {},\n\
             \t\tCredentialed:    {},\n\
             \t\tMethods:         {},\n\
             \t\tRequestHeaders:  {},\n\
             \t\tMaxAgeInSeconds: {},\n\
             \t\tResponseHeaders: {},\n",
            quote::go_list(&origins),
            policy.credentials,
            quote::go_list(&methods),
            quote::go_list(&headers),
            match policy.max_age {
                // Nought is none, and less is nought.
                Some(0) => -1,
                other => other.unwrap_or(0).min(LONGEST),
            },
            quote::go_list(&policy.expose),
        );
        let insecure = policy.credentials && policy.listed().iter().any(is_insecure);
        if insecure {
            fields.push_str("\n\t\tDangerouslyTolerateInsecureOrigins: true,\n");
        }
        let single = policy.credentials && policy.listed().iter().any(is_below_a_single_label);
        if single || policy.config.dangerously_allow_public_suffixes_with_credentials {
            fields.push_str("\n\t\tDangerouslyTolerateSubdomainsOfPublicSuffixes: true,\n");
        }
        Ok(format!(
            "package corspolicy\n\nimport (\n\t\"net/http\"\n\n\t\"github.com/jub0bs/cors\" // go get github.com/jub0bs/cors\n)\n\n\
             // Wrap puts the policy around a handler, unless the package refuses a part of it.\n\
             func Wrap(next http.Handler) (http.Handler, error) {{\n{remark}\
             \tmiddleware, err := cors.NewMiddleware(cors.Config{{\n{fields}\t}})\n\
             \tif err != nil {{\n\t\treturn nil, err\n\t}}\n\
             \treturn middleware.Wrap(next), nil\n}}\n"
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::put("In a terminal, beside go.mod", "go get github.com/jub0bs/cors"),
            Step::save("corspolicy/corspolicy.go", &self.write(policy, context)?),
            Step::put(
                "Among the imports of the file that starts the server (MODULE is your module, as the first line of go.mod names \
                 it)",
                "\"MODULE/corspolicy\"",
            ),
            Step::put(
                "Where the server is started, around the outermost handler, in place of every other CORS middleware",
                HOOK,
            ),
        ])
    }
}

/// Whether it is `http://*.localhost`: to the package, which knows no exception, every name of one label is a public suffix.
fn is_below_a_single_label(pattern: &Pattern) -> bool {
    let base = pattern.text.split_once("://*.").map(|(_, rest)| rest.split(':').next().unwrap_or_default());
    base.is_some_and(|base| !base.contains('.'))
}

/// Whether the package finds it insecure: neither https nor this machine.
fn is_insecure(pattern: &Pattern) -> bool {
    let (scheme, rest) = pattern.text.split_once("://").unwrap_or((&pattern.text, ""));
    let host = match rest.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => rest.split(':').next().unwrap_or_default(),
    };
    let loops = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    scheme != "https" && !loops && host != "localhost" && !host.ends_with(".localhost")
}

const HOOK: &str = "\
governed, err := corspolicy.Wrap(handler)
if err != nil {
\tlog.Fatal(err)
}
http.ListenAndServe(address, governed)
";
