//! Netlify: an Edge Function around all that a site serves, functions and proxied servers among it.
//!
//! Not `_headers`, whose values are the same for every origin, and are not on what functions answer.

use crate::feature::{Can, Feature};
use crate::parts::Parts;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::javascript;

pub(super) struct Netlify;

impl Target for Netlify {
    fn name(&self) -> &'static str {
        "netlify"
    }

    fn title(&self) -> &'static str {
        "Netlify Edge Functions"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::BeforeAuthentication => Can::Otherwise(
                "the firewall and the protection of a site by a password come before Edge Functions",
            ),
            Feature::ErrorResponses => Can::Otherwise(
                "pages of Netlify's own, such as the firewall's or that of an Edge Function that failed, have none",
            ),
            other => javascript::can(other),
        }
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as netlify/edge-functions/cors-policy.js; `path` says what it governs."
    }

    fn extension(&self) -> &'static str {
        "js"
    }

    fn proof(&self) -> Proof {
        Proof::StandIn("Node's own requests and responses, where Netlify has Deno's")
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/netlify.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        Ok(javascript::rules(policy) + &javascript::finish_of_fetch(policy) + ENTRY)
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save("netlify/edge-functions/cors-policy.js", &self.write(policy, context)?),
            Step::act("Take the lines about Access-Control-* out of _headers and netlify.toml"),
        ])
    }
}

const ENTRY: &str = "
// An Edge Function, not _headers, whose values are the same for every origin, and are not on what functions answer.
export default async function cors(request, context) {
  const decision = decide(request.method, (name) => request.headers.get(name));
  if (decision.status !== undefined) return finish(new Response(null, { status: decision.status }), decision);
  let response;
  try {
    response = await context.next();
  } catch (error) {
    // A page can read that what is behind failed.
    console.error(error);
    response = new Response('Bad Gateway', { status: 502 });
  }
  return finish(response, decision);
}

export const config = { path: '/*' };
";
