//! A Cloudflare Worker in front of one's own server.
//!
//! It comes before Cloudflare's cache, so that a cached response gets the headers of whoever asks.

use crate::feature::{Can, Feature};
use crate::parts::Parts;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::javascript;

pub(super) struct CloudflareWorker;

impl Target for CloudflareWorker {
    fn name(&self) -> &'static str {
        "cloudflare-worker"
    }

    fn title(&self) -> &'static str {
        "Cloudflare, by a Worker in front"
    }

    fn can(&self, feature: Feature) -> Can {
        can(feature)
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as src/index.js of a Worker, and give it a route of your zone: what it fetches is then your own server."
    }

    fn extension(&self) -> &'static str {
        "js"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/cloudflare-worker.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        Ok(javascript::rules(policy) + &javascript::finish_of_fetch(policy) + ENTRY)
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::put(
                "In a terminal, where no Worker stands in front yet",
                "npm create cloudflare@latest cors-policy",
            ),
            Step::save("src/index.js", &self.write(policy, context)?),
            Step::act(
                "Give it a route of your zone, such as api.example.com/*: what it fetches is then your own server",
            ),
        ])
    }
}

/// How far any Worker can go.
pub(super) fn can(feature: Feature) -> Can {
    match feature {
        Feature::BeforeAuthentication => Can::Otherwise(
            "Cloudflare Access, the firewall and the protection against bots come before a Worker; let OPTIONS through there",
        ),
        Feature::ErrorResponses => Can::Otherwise(
            "pages of Cloudflare's own, such as the firewall's or that of a Worker over its limits, have none",
        ),
        other => javascript::can(other),
    }
}

const ENTRY: &str = "
export default {
  async fetch(request) {
    const decision = decide(request.method, (name) => request.headers.get(name));
    if (decision.status !== undefined) return finish(new Response(null, { status: decision.status }), decision);
    let response;
    try {
      response = await fetch(request);
    } catch {
      // A page can read that the server is away.
      response = new Response('Bad Gateway', { status: 502 });
    }
    return finish(response, decision);
  },
};
";
