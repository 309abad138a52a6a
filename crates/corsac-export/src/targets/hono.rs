//! Hono: a middleware on the Fetch standard's own requests and responses, on whatever runtime Hono runs.
//!
//! Not `hono/cors`: where no request header is listed it grants every one that is asked for, it answers every `OPTIONS`
//! request itself, and what a handler says about CORS stands.

use crate::feature::{Can, Feature};
use crate::parts::Parts;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::javascript;

pub(super) struct Hono;

impl Target for Hono {
    fn name(&self) -> &'static str {
        "hono"
    }

    fn title(&self) -> &'static str {
        "Hono 4"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::BeforeAuthentication => Can::Placed("only where it is used before authentication"),
            Feature::ErrorResponses => {
                Can::Otherwise("what a handler throws that is no `Error` passes Hono by, and has none")
            }
            other => javascript::can(other),
        }
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as cors-policy.mjs; then app.use(cors), with cors imported from it, before everything else."
    }

    fn extension(&self) -> &'static str {
        "mjs"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        include_str!("../../known_differences/hono.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        Ok(javascript::rules(policy) + &javascript::finish_of_fetch(policy) + ENTRY)
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save("cors-policy.mjs", &self.write(policy, context)?),
            Step::put(
                "At the top of the application's file, in place of the import of hono/cors",
                "import { cors as corsPolicy } from './cors-policy.mjs';",
            ),
            Step::put(
                "On the line after `new Hono()`, before every other app.use and every route, in place of every \
                 app.use(…, cors(…))",
                "app.use(corsPolicy);",
            ),
        ])
    }
}

const ENTRY: &str = "
// Instead of hono/cors, which grants every header that is asked for where none is listed, and answers every OPTIONS itself.
export async function cors(c, next) {
  const decision = decide(c.req.method, (name) => c.req.raw.headers.get(name));
  if (decision.status === undefined) await next();
  const response = decision.status === undefined ? c.res : new Response(null, { status: decision.status });
  // Hono adds the headers of the response that was there before to a new one, unless it is taken away first.
  c.res = undefined;
  c.res = finish(response, decision);
}
";
