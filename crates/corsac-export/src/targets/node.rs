//! Node without a package: a function of request, response and next, for `http`, Connect and Express alike.
//!
//! Being code, it does what the engine does. The headers are put on as the head is written, so that nothing a handler said
//! about CORS gets past it, and errors have them too.

use crate::feature::{Can, Feature};
use crate::parts::Parts;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::javascript;

pub(super) struct Node;

impl Target for Node {
    fn name(&self) -> &'static str {
        "node"
    }

    fn title(&self) -> &'static str {
        "Node 18.3 and later, without a package"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::BeforeAuthentication => Can::Placed("only where it is called before authentication"),
            other => javascript::can(other),
        }
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as cors-policy.js; then call require('./cors-policy')(request, response, next) before everything else. \
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
        include_str!("../../known_differences/node.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        Ok(javascript::rules(policy) + &javascript::finish_of_node(policy) + ENTRY)
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save("cors-policy.js", &self.write(policy, context)?),
            Step::put(
                "As the first lines of the function that answers every request (its parameters are `request` and \
                 `response` here)",
                HOOK,
            ),
        ])
    }
}

const ENTRY: &str = "
module.exports = function cors(request, response, next) {
  const decision = decide(request.method, (name) => request.headers[name]);
  beforeHead(response, () => finish(response, decision));
  if (decision.status === undefined) return next();
  response.statusCode = decision.status;
  response.end();
};
";

const HOOK: &str = "\
let isForTheApplication = false;
require('./cors-policy')(request, response, () => { isForTheApplication = true; });
if (!isForTheApplication) return;
// In an ES module, save it as cors-policy.cjs instead; then
// import corsPolicy from './cors-policy.cjs'; and corsPolicy(request, response, () => { isForTheApplication = true; }) here.
";
