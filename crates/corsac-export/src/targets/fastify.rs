//! Fastify: two hooks, as a plugin that the application registers.
//!
//! Not `@fastify/cors`: it answers every `OPTIONS` request itself (400 without `Origin`), lets what handlers say about CORS
//! stand, and loses `Vary: Origin` where a handler says its own, so that caches mix up origins. Its hook comes before the
//! handler; one more has to come after.

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
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
            Feature::BeforeAuthentication => {
                Can::Otherwise("only where it is registered before authentication")
            }
            Feature::ErrorResponses => Can::Otherwise(
                "requests that Fastify cannot read, and replies it has lost to `reply.hijack()`, have none",
            ),
            other => javascript::can(other),
        }
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as cors-policy.js; then app.register(require('./cors-policy')) before everything else."
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
        let vary = match policy.origins {
            Origins::Any => "",
            Origins::Listed(_) => {
                "    const wider = widerVary([].concat(reply.getHeader('Vary') ?? []).join(', '), vary);\n    \
                 if (wider !== undefined) reply.header('Vary', wider);\n"
            }
        };
        let given = javascript::taken(policy);
        Ok(javascript::rules(policy)
            + &format!(
                "
async function corsPolicy(fastify) {{
  const decisionOn = (request) => decide(request.method, (name) => request.headers[name]);

  fastify.addHook('onRequest', async (request, reply) => {{
    const {{ status }} = decisionOn(request);
    if (status !== undefined) return reply.code(status).send();
  }});

  // Instead of @fastify/cors, which comes before the handler alone: what a handler said about CORS goes here, and its Vary
  // is kept beside the policy's.
  fastify.addHook('onSend', async (request, reply) => {{
    const {given} = decisionOn(request);
    for (const name of Object.keys(reply.getHeaders())) {{
      if (name.startsWith('access-control-')) reply.removeHeader(name);
    }}
    reply.headers(headers);
{vary}  }});
}}

// As fastify-plugin does it: the hooks are for all that is around, and not for this plugin alone.
corsPolicy[Symbol.for('skip-override')] = true;
module.exports = corsPolicy;
"
            ))
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
