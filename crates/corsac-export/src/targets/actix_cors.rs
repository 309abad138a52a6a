//! actix-cors: `Cors`, and a middleware inside of it that takes the application's own CORS headers away.
//!
//! It checks methods that need no permission too, so that these are listed. Where any header is allowed it repeats the
//! question, `Authorization` with it; a policy that keeps that back refuses such preflights by a function.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::{REFLECTION, rust};

pub(super) struct ActixCors;

/// What needs no permission in other servers, and is refused here unless it is listed.
const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];

impl Target for ActixCors {
    fn name(&self) -> &'static str {
        "actix-cors"
    }

    fn title(&self) -> &'static str {
        "actix-cors 0.7.2 and later"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::AnyMethod | Feature::AnyMethodWithCredentials => {
                Can::Otherwise("it allows the methods of RFC 9110 and PATCH, and no other")
            }
            Feature::AnyHeader => Can::Otherwise(
                "a preflight that asks for Authorization is refused as a whole, with status 400",
            ),
            Feature::ExposeAny => Can::Otherwise("it writes out the names that the response has"),
            Feature::AnyOrigin => Can::Otherwise(
                "the headers are on answers to requests with Origin alone, and caches are told so",
            ),
            Feature::RefuseDisallowed => Can::Otherwise("the status is 400"),
            Feature::RefusedPreflight => Can::Otherwise("the status is 400"),
            Feature::ErrorResponses => Can::Otherwise("a handler that panics has no answer at all"),
            Feature::Vary => Can::Otherwise("it names all that a preflight asks, on every answer"),
            Feature::BeforeAuthentication => {
                Can::Placed("only where it is the last wrap(), around authentication")
            }
            Feature::Subdomains
            | Feature::AnyPort
            | Feature::NullOrigin
            | Feature::Credentials
            | Feature::AnyHeaderAndAuthorization
            | Feature::AnyHeaderWithCredentials
            | Feature::NoContentType
            | Feature::MaxAgeZero
            | Feature::OwnOptions
            | Feature::InnerHeaders => Can::Yes,
        }
    }

    fn comment(&self) -> &'static str {
        "//!"
    }

    fn place(&self) -> &'static str {
        "Save it as cors.rs; then .wrap(from_fn(cors::without_own_headers)).wrap(cors::cors()) last, in this order. It needs \
         actix-web 4.9 and actix-cors 0.7.2."
    }

    fn extension(&self) -> &'static str {
        "rs"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/actix-cors.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        let patterns = rust::patterns(policy);
        let mut calls = Vec::new();
        let keeps_authorization = Feature::AnyHeader.is_asked_by(policy);
        let is_unasked = if keeps_authorization { " && !asks_for_authorization(head)" } else { "" };
        let head = if keeps_authorization { "head" } else { "_" };
        match &policy.origins {
            Origins::Any => {
                calls.push("allow_any_origin()".to_owned());
                calls.push("send_wildcard()".to_owned());
                if keeps_authorization {
                    calls.push("allowed_origin_fn(|_, head| !asks_for_authorization(head))".to_owned());
                }
            }
            // The functions are asked beside the list, and allow in addition to it.
            Origins::Listed(_) if keeps_authorization => calls.push(format!(
                "allowed_origin_fn(|origin, {head}| origin.to_str().is_ok_and(is_allowed){is_unasked})"
            )),
            Origins::Listed(_) => {
                calls.extend(
                    rust::exact(policy).map(|origin| format!("allowed_origin({})", quote::rust(origin))),
                );
                if patterns.is_some() {
                    calls.push(
                        "allowed_origin_fn(|origin, _| origin.to_str().is_ok_and(is_among))".to_owned(),
                    );
                }
            }
        }
        if policy.credentials {
            calls.push("supports_credentials()".to_owned());
        }
        calls.push(match policy.any_method {
            true => "allow_any_method()".to_owned(),
            false => {
                let listed = policy.methods.iter().map(String::as_str);
                let methods = SAFELISTED.into_iter().chain(listed.filter(|name| !SAFELISTED.contains(name)));
                let methods: Vec<String> = methods.map(quote::rust).collect();
                rust::call("allowed_methods(", &methods, ")")
            }
        });
        if policy.any_header {
            calls.push("allow_any_header()".to_owned());
        } else if !policy.headers.is_empty() {
            calls.push(names("allowed_headers(", &policy.headers));
        }
        if policy.expose.iter().any(|name| name == "*") {
            calls.push("expose_any_header()".to_owned());
        } else if !policy.expose.is_empty() {
            calls.push(names("expose_headers(", &policy.expose));
        }
        if let Some(seconds) = policy.max_age {
            calls.push(format!("max_age({seconds})"));
        }
        if policy.refuse_disallowed {
            calls.push("block_on_origin_mismatch(true)".to_owned());
        }
        let calls: String = calls.iter().map(|call| format!("\n        .{call}")).collect();
        let mut functions = String::new();
        let mut request_head = "";
        if keeps_authorization {
            request_head = "RequestHead, ";
            functions.push_str(KEEPS_AUTHORIZATION);
            if !policy.listed().is_empty() {
                functions.push_str(&is_allowed(policy, patterns.is_some()));
            }
        }
        if let Some(patterns) = &patterns {
            functions.push('\n');
            functions.push_str(patterns);
        }
        Ok(format!(
            "use actix_cors::Cors;\nuse actix_web::Error;\nuse actix_web::body::MessageBody;\n\
             use actix_web::dev::{{{request_head}ServiceRequest, ServiceResponse}};\nuse actix_web::middleware::Next;\n\n\
             /// The policy.\n\
             pub fn cors() -> Cors {{\n    Cors::default(){calls}\n}}\n\n{STRIP}{functions}"
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::put("In a terminal, beside Cargo.toml", "cargo add actix-cors@0.7.2"),
            Step::save("src/cors.rs", &self.write(policy, context)?),
            Step::put("In src/main.rs, among the modules", "mod cors;"),
            Step::put(
                "As the last .wrap(…) of the App, in this order, in place of every other Cors",
                ".wrap(actix_web::middleware::from_fn(cors::without_own_headers))\n.wrap(cors::cors())\n",
            ),
        ])
    }
}

fn names(before: &str, names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quote::rust(name)).collect();
    rust::call(before, &names, ")")
}

fn is_allowed(policy: &Parts, has_patterns: bool) -> String {
    let table = rust::origins_table(policy);
    let exact = table.is_some().then_some("ORIGINS.contains(&origin)");
    let both: Vec<&str> = exact.into_iter().chain(has_patterns.then_some("is_among(origin)")).collect();
    let function = format!("\nfn is_allowed(origin: &str) -> bool {{\n    {}\n}}\n", both.join(" || "));
    function + &table.map(|table| format!("\n{}\n", table.trim_end())).unwrap_or_default()
}

const STRIP: &str = "\
/// Takes the application's own CORS headers away, and leaves one line of its Vary, of which no more would be kept.
pub async fn without_own_headers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    let names: Vec<_> = headers.keys().cloned().collect();
    for name in names.iter().filter(|name| name.as_str().starts_with(\"access-control-\")) {
        headers.remove(name);
    }
    let vary: Vec<_> = headers.get_all(\"vary\").filter_map(|value| value.to_str().ok()).collect();
    if let (true, Ok(vary)) = (vary.len() > 1, vary.join(\", \").parse()) {
        headers.insert(actix_web::http::header::VARY, vary);
    }
    Ok(response)
}
";

const KEEPS_AUTHORIZATION: &str = "
/// What is repeated where any header is allowed would allow Authorization too; the policy does not.
fn asks_for_authorization(head: &RequestHead) -> bool {
    let mut asked = head.headers().get_all(\"access-control-request-headers\");
    let is_other = |name: &str| !name.trim().eq_ignore_ascii_case(\"authorization\");
    !asked.all(|names| names.to_str().is_ok_and(|names| names.split(',').all(is_other)))
}
";
