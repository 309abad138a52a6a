//! Corsac itself: the policy as the file that `corsac serve` reads, in normal form.
//!
//! A file of origins is written out, so that the text stands alone.

use crate::feature::{Can, Feature};
use crate::parts::Parts;
use crate::policy_text;
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Proof, Target};

pub(super) struct Corsac;

impl Target for Corsac {
    fn name(&self) -> &'static str {
        "corsac"
    }

    fn title(&self) -> &'static str {
        "Corsac"
    }

    fn can(&self, _: Feature) -> Can {
        Can::Yes
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "A whole corsac.toml, for `corsac serve`."
    }

    fn extension(&self) -> &'static str {
        "toml"
    }

    fn proof(&self) -> Proof {
        Proof::RealServer
    }

    fn write(&self, policy: &Parts, context: &Context) -> Result<String, String> {
        let Context { name, listen, upstream } = context;
        let listen = if listen.contains(':') { listen.clone() } else { format!("0.0.0.0:{listen}") };
        let policy = policy_text::table(name, &policy.config).map_err(|error| error.to_string())?;
        // A value reads variables, and a key does not.
        let name = quote::string(&name.replace("${", "$${"));
        let (listen, upstream) = (quote::string(&listen), quote::string(&format!("http://{upstream}")));
        Ok(format!(
            "listen = {listen}\n\n{policy}\n[[routes]]\npath = \"/\"\nupstream = {upstream}\n\
             policy = {name}\n"
        ))
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save("corsac.toml", &self.write(policy, context)?),
            Step::put("In a terminal", "corsac serve --config corsac.toml"),
        ])
    }
}
