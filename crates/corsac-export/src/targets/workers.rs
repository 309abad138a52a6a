//! A Cloudflare Worker that answers by itself: the policy around it, whether it is an object or a class.
//!
//! Not in the Worker's own `fetch`, where every `return` would have to be found: what it throws has the headers too.

use crate::feature::{Can, Feature};
use crate::parts::Parts;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::{cloudflare_worker, javascript};

pub(super) struct Workers;

impl Target for Workers {
    fn name(&self) -> &'static str {
        "workers"
    }

    fn title(&self) -> &'static str {
        "Cloudflare Workers"
    }

    fn can(&self, feature: Feature) -> Can {
        cloudflare_worker::can(feature)
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as cors-policy.js beside the Worker's main file; then export default withCors(worker) there, with withCors \
         imported from it, and for worker what was the default."
    }

    fn extension(&self) -> &'static str {
        "js"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn known_differences(&self) -> &'static str {
        // It is the same runtime.
        include_str!("../../known_differences/cloudflare-worker.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        Ok(javascript::rules(policy) + &javascript::finish_of_fetch(policy) + WITH_CORS)
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save_where(
                "cors-policy.js",
                "beside the Worker's main file (`main` in wrangler.jsonc or wrangler.toml)",
                &self.write(policy, context)?,
            ),
            Step::put("In the main file, in place of `export default`", "const withoutCors ="),
            Step::put("At the end of the main file", DEFAULT),
        ])
    }
}

const WITH_CORS: &str = "
// Around a Worker, an object or a class: it is asked for all but preflights, and whatever it answers has the headers.
export function withCors(worker) {
  if (typeof worker === 'function') {
    return class extends worker {
      fetch(request) {
        return answerTo(request, () => super.fetch(request));
      }
    };
  }
  return { ...worker, fetch: (request, ...rest) => answerTo(request, () => worker.fetch(request, ...rest)) };
}

async function answerTo(request, byWorker) {
  const decision = decide(request.method, (name) => request.headers.get(name));
  if (decision.status !== undefined) return finish(new Response(null, { status: decision.status }), decision);
  let response;
  try {
    response = await byWorker();
  } catch (error) {
    // A page can read that something broke.
    console.error(error);
    response = new Response('Internal Server Error', { status: 500 });
  }
  return finish(response, decision);
}
";

const DEFAULT: &str = "\
import { withCors } from './cors-policy.js';

export default withCors(withoutCors);
";
