//! Fastify: one hook, as a plugin that the application registers.
//!
//! Not `@fastify/cors`: it answers every `OPTIONS` request itself (400 without `Origin`), lets what handlers say about CORS
//! stand, and loses `Vary: Origin` where a handler says its own, so that caches mix up origins. Its hook comes before the
//! handler, and what a handler writes to `reply.raw` goes past it; the head is finished where it is written instead.

use crate::feature::{Can, Feature};
use crate::parts::Parts;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::javascript;

pub(super) struct Fastify;

impl Target for Fastify {
    fn name(&self) -> &'static str {
        "fastify"
    }

    fn title(&self) -> &'static str {
        "Fastify 5"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::BeforeAuthentication => Can::Placed("only where it is registered before authentication"),
            Feature::ErrorResponses => Can::Otherwise("requests that Fastify cannot read have none"),
            other => javascript::can(other),
        }
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as cors-policy.js; then app.register(require('./cors-policy')) before everything else. \
         Where package.json says \"type\": \"module\", save it as cors-policy.cjs, and import corsPolicy from \
         './cors-policy.cjs' instead."
    }

    fn extension(&self) -> &'static str {
        "js"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/fastify.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        Ok(javascript::rules(policy) + &javascript::finish_of_node(policy) + ENTRY)
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save("cors-policy.js", &self.write(policy, context)?),
            Step::put(
                "On the line after the one that makes `app`, before every other register and route, in place of \
                 @fastify/cors",
                &javascript::required("app.register(require('./cors-policy'));"),
            ),
        ])
    }
}

const ENTRY: &str = "
async function corsPolicy(fastify) {
  // Instead of @fastify/cors, which comes before the handler alone: here the head is finished whoever writes it, Fastify or
  // a handler that writes to reply.raw.
  fastify.addHook('onRequest', async (request, reply) => {
    const decision = decide(request.method, (name) => request.headers[name]);
    beforeHead(reply.raw, () => finish(reply.raw, decision));
    if (decision.status !== undefined) return reply.code(decision.status).send();
  });
}

// As fastify-plugin does it: the hook is for all that is around, and not for this plugin alone.
corsPolicy[Symbol.for('skip-override')] = true;
module.exports = corsPolicy;
";
