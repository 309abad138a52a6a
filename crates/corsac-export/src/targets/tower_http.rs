//! tower-http: `CorsLayer`, and a layer inside of it that takes the application's own CORS headers away.
//!
//! A list of one origin, never `exact`, which is sent to everybody. Names are written small, as `HeaderName` has them.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::{REFLECTION, rust};

pub(super) struct TowerHttp;

impl Target for TowerHttp {
    fn name(&self) -> &'static str {
        "tower-http"
    }

    fn title(&self) -> &'static str {
        "tower-http (axum, hyper, tonic)"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::RefusedPreflight => Can::Otherwise(
                "it is answered 200 with the policy's lists, and without Access-Control-Allow-Origin, so that the \
                 browser refuses it",
            ),
            Feature::OwnOptions => Can::Otherwise("it answers every OPTIONS itself, preflight or not"),
            Feature::ErrorResponses => Can::Otherwise(
                "a handler that panics has no answer at all, unless tower-http's CatchPanicLayer stands inside",
            ),
            Feature::Vary => {
                Can::Otherwise("it is a line of its own beside the application's, which means the same")
            }
            Feature::BeforeAuthentication => Can::Placed("only where the layer stands around authentication"),
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
            | Feature::ExposeAny
            | Feature::MaxAgeZero
            | Feature::RefuseDisallowed
            | Feature::InnerHeaders => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "//!"
    }

    fn place(&self) -> &'static str {
        "Save it as cors.rs; then .layer(cors::cors()) last, around everything. It needs http 1, tower-http 0.7 with \
         `cors` (and `validate-request`, where it is used), and tower 0.5 with `util`."
    }

    fn extension(&self) -> &'static str {
        "rs"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/tower-http.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        let mut calls = Vec::new();
        let mut words = vec!["AllowOrigin", "CorsLayer"];
        let mut from_http = vec!["Response"];
        let patterns = rust::patterns(policy);
        let refuses = refuses(policy);
        calls.push(match &policy.origins {
            Origins::Any => "allow_origin(AllowOrigin::any())".to_owned(),
            Origins::Listed(_) if patterns.is_none() && !refuses => {
                let origins: Vec<String> = rust::exact(policy).map(quote::rust).collect();
                rust::call("allow_origin(AllowOrigin::list(", &origins, ".map(HeaderValue::from_static)))")
            }
            Origins::Listed(_) => {
                "allow_origin(AllowOrigin::predicate(|origin, _| origin.to_str().is_ok_and(is_allowed)))"
                    .to_owned()
            }
        });
        if policy.credentials {
            calls.push("allow_credentials(true)".to_owned());
        }
        let repeats = policy.credentials;
        let methods: Vec<String> = policy.methods.iter().map(|name| method(name)).collect();
        calls.extend(match (policy.any_method, repeats) {
            (true, true) => Some("allow_methods(AllowMethods::mirror_request())".to_owned()),
            (true, false) => Some("allow_methods(AllowMethods::any())".to_owned()),
            (false, _) if methods.is_empty() => None,
            (false, _) => Some(rust::call("allow_methods(AllowMethods::list(", &methods, "))")),
        });
        let headers = policy.headers_with_star();
        calls.extend(match (policy.any_header && repeats, &headers[..]) {
            (true, _) => Some("allow_headers(AllowHeaders::mirror_request())".to_owned()),
            (false, []) => None,
            (false, [any]) if any == "*" => Some("allow_headers(AllowHeaders::any())".to_owned()),
            (false, names) => Some(list("allow_headers(AllowHeaders::list(", names)),
        });
        calls.extend(match &policy.expose[..] {
            [] => None,
            [any] if any == "*" => Some("expose_headers(ExposeHeaders::any())".to_owned()),
            names => Some(list("expose_headers(ExposeHeaders::list(", names)),
        });
        let max_age = policy.max_age.map(|seconds| {
            calls.push(format!("max_age(Duration::from_secs({seconds}))"));
            "use std::time::Duration;\n\n"
        });
        let are_used = |word: &&str| calls.iter().any(|call| call.contains(&format!("{word}::")));
        words.extend(["AllowHeaders", "AllowMethods", "ExposeHeaders"].iter().filter(|word| are_used(word)));
        from_http.extend(["HeaderName", "HeaderValue", "Method"].iter().filter(|word| are_used(word)));
        if refuses {
            from_http.extend(["Request", "StatusCode", "header::ORIGIN"]);
        }
        from_http.sort_unstable();
        words.sort_unstable();
        let from_http = match &from_http[..] {
            [only] => (*only).to_owned(),
            names => format!("{{{}}}", names.join(", ")),
        };
        let calls: String = calls.iter().map(|call| format!("\n        .{call}")).collect();
        let asks_function = refuses || patterns.is_some();
        let matcher = if asks_function { is_allowed(policy, patterns.as_deref()) } else { String::new() };
        let [types, parameters, layers, values, refusing, imported] =
            if refuses { REFUSING } else { [""; 6] };
        Ok(format!(
            "{max_age}use http::{from_http};\nuse tower::util::MapResponseLayer;\n\
             use tower_http::cors::{{{words}}};\n{imported}\n\
             /// Takes the application's own CORS headers away.\n\
             pub type Strip<Body> = MapResponseLayer<fn(Response<Body>) -> Response<Body>>;\n\n{types}\
             /// The policy, and inside of it what takes the application's own CORS headers away.\n\
             pub fn cors<{parameters}>() -> (CorsLayer, {layers}Strip<Body>) {{\n    \
             let cors = CorsLayer::new(){calls};\n    \
             (cors, {values}MapResponseLayer::new(without_own_headers))\n}}\n\n{STRIP}{refusing}{matcher}",
            max_age = max_age.unwrap_or_default(),
            words = words.join(", "),
            parameters = if refuses { parameters } else { "Body" },
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::put("In a terminal, beside Cargo.toml", if refuses(policy) { ADD_TO_REFUSE } else { ADD }),
            Step::save("src/cors.rs", &self.write(policy, context)?),
            Step::put("In src/main.rs, among the modules", "mod cors;"),
            Step::put(
                "At the end of the router, below every route and every other .layer(…), since a layer is not around what is added \
                 after it; in place of every CorsLayer",
                ".layer(cors::cors())",
            ),
        ])
    }
}

/// A policy of any origin refuses none.
fn refuses(policy: &Parts) -> bool {
    policy.refuse_disallowed && !policy.listed().is_empty()
}

/// A method, by its constant where it has one.
fn method(name: &str) -> String {
    match name {
        "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS" | "PATCH" => format!("Method::{name}"),
        name => format!("{}.parse().expect(\"a method is a token\")", quote::rust(name)),
    }
}

fn list(before: &str, names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quote::rust(&name.to_ascii_lowercase())).collect();
    rust::call(before, &names, ".map(HeaderName::from_static)))")
}

/// The function that the predicate asks.
fn is_allowed(policy: &Parts, patterns: Option<&str>) -> String {
    let table = rust::origins_table(policy);
    let exact = table.is_some().then_some("ORIGINS.contains(&origin)");
    let both: Vec<&str> = exact.into_iter().chain(patterns.map(|_| "is_among(origin)")).collect();
    let tables: Vec<&str> = table.iter().map(|table| table.trim_end()).chain(patterns).collect();
    format!(
        "\nfn is_allowed(origin: &str) -> bool {{\n    {}\n}}\n\n{}\n",
        both.join(" || "),
        tables.join("\n\n").trim_end()
    )
}

/// What a policy adds that answers other origins 403: a type, parameters, a layer of the type, its value, its function, and
/// what is imported for it.
const REFUSING: [&str; 6] = [
    "\
/// Answers other origins, before any handler runs.
pub type Refuse<Sent, Body> =
    ValidateRequestHeaderLayer<fn(&mut Request<Sent>) -> Result<(), Response<Body>>>;

",
    "Sent, Body: Default",
    "Refuse<Sent, Body>, ",
    "ValidateRequestHeaderLayer::custom(refuse_others), ",
    "
fn refuse_others<Sent, Body: Default>(request: &mut Request<Sent>) -> Result<(), Response<Body>> {
    let mut origins = request.headers().get_all(ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => return Ok(()),
        (Some(origin), None) if origin.to_str().is_ok_and(is_allowed) => return Ok(()),
        _ => {}
    }
    let mut refused = Response::new(Body::default());
    *refused.status_mut() = StatusCode::FORBIDDEN;
    Err(refused)
}
",
    "use tower_http::validate_request::ValidateRequestHeaderLayer;\n",
];

const STRIP: &str = "\
fn without_own_headers<Body>(mut response: Response<Body>) -> Response<Body> {
    let names: Vec<_> = response.headers().keys().cloned().collect();
    for name in names.iter().filter(|name| name.as_str().starts_with(\"access-control-\")) {
        response.headers_mut().remove(name);
    }
    response
}
";

// One command each: in one for several, Cargo finds no feature of a package that is given with its version.
const ADD: &str = "\
cargo add http@1
cargo add tower-http@0.7 --features cors
cargo add tower@0.5 --features util
";

const ADD_TO_REFUSE: &str = "\
cargo add http@1
cargo add tower-http@0.7 --features cors,validate-request
cargo add tower@0.5 --features util
";
