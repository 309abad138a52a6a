//! Vercel: a wrapper for functions that take requests and give responses of the Fetch standard.
//!
//! Not `vercel.json`, whose headers are the same for every origin, and not a Routing Middleware: that never sees the response,
//! so that it can neither take away what the function says about CORS nor join its `Vary`.

use crate::feature::{Can, Feature};
use crate::parts::Parts;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::javascript;

pub(super) struct Vercel;

impl Target for Vercel {
    fn name(&self) -> &'static str {
        "vercel"
    }

    fn title(&self) -> &'static str {
        "Vercel Functions"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::BeforeAuthentication => Can::Otherwise(
                "Deployment Protection comes first, and has an OPTIONS Allowlist; so does a Routing Middleware of your own",
            ),
            Feature::ErrorResponses => Can::Otherwise(
                "pages of Vercel's own, such as that of a function over its time or of a path without one, have none",
            ),
            other => javascript::can(other),
        }
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as cors-policy.mjs beside the api folder; in api/hello.mjs: export default { fetch: withCors(handler) }."
    }

    fn extension(&self) -> &'static str {
        "mjs"
    }

    fn proof(&self) -> Proof {
        Proof::StandIn("Node's own server and its requests and responses, on which Vercel runs functions too")
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/vercel.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        Ok(javascript::rules(policy) + &javascript::finish_of_fetch(policy) + ENTRY)
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save("cors-policy.mjs", &self.write(policy, context)?),
            Step::put(
                "In each function of the api folder, in place of its export, where `handler` is the function that takes a \
                 Request; and take the lines about Access-Control-* out of vercel.json",
                "import { withCors } from '../cors-policy.mjs';\n\nexport default { fetch: withCors(handler) };\n",
            ),
        ])
    }
}

const ENTRY: &str = "
// Around functions, not in vercel.json, whose headers are the same for every origin, and not in a Routing Middleware, which
// never sees the response.
export function withCors(handler) {
  return async function (request, ...rest) {
    const decision = decide(request.method, (name) => request.headers.get(name));
    if (decision.status !== undefined) return finish(new Response(null, { status: decision.status }), decision);
    let response;
    try {
      response = await handler(request, ...rest);
    } catch (error) {
      // A page can read that the function failed.
      console.error(error);
      response = new Response('Internal Server Error', { status: 500 });
    }
    return finish(response, decision);
  };
}
";
