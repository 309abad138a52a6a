//! Koa: a middleware without a package.
//!
//! Not `@koa/cors`: where no request header is listed it grants every one that is asked for, it passes refused preflights on
//! to handlers, and handlers overwrite its headers and its `Vary`. Koa takes all headers away when it answers an error, so
//! they are put on as the head is written.

use crate::feature::{Can, Feature};
use crate::parts::Parts;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

use super::javascript;

pub(super) struct Koa;

impl Target for Koa {
    fn name(&self) -> &'static str {
        "koa"
    }

    fn title(&self) -> &'static str {
        "Koa 2 and 3"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::BeforeAuthentication => Can::Placed("only where it is used before authentication"),
            other => javascript::can(other),
        }
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn place(&self) -> &'static str {
        "Save it as cors-policy.js; then app.use(require('./cors-policy')) before everything else. \
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
        include_str!("../../known_differences/koa.toml")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        Ok(javascript::rules(policy) + &javascript::finish_of_node(policy) + ENTRY)
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save("cors-policy.js", &self.write(policy, context)?),
            Step::put(
                "On the line after `new Koa()`, before every other app.use, in place of @koa/cors",
                &javascript::required("app.use(require('./cors-policy'));"),
            ),
        ])
    }
}

const ENTRY: &str = "
// Instead of @koa/cors, which grants every header that is asked for where none is listed. Koa clears the headers when it
// answers an error; as the head is written, nothing can take them away.
module.exports = async function cors(ctx, next) {
  const decision = decide(ctx.method, (name) => ctx.headers[name]);
  beforeHead(ctx.res, () => finish(ctx.res, decision));
  if (decision.status === undefined) return next();
  ctx.status = decision.status;
};
";
