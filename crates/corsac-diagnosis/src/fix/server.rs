//! The lines for the stack in front, in the words that `corsac-export` has for it.
//!
//! Which target speaks for which stack, and what is said where none can.

use corsac_export::{Context, Refusal, Target, export, target};

use super::need::Need;
use super::{Fix, words};
use crate::exchange::Case;
use crate::stack::Stack;

/// The target that speaks for a stack: its namesake, or the library that its applications use.
pub(super) fn target_of(stack: Stack) -> Option<&'static dyn Target> {
    target(match stack.as_str() {
        "rails" => "rack-cors",
        "go" => "rs-cors",
        "azure" => "azure-storage",
        "api-gateway" => "aws-http-api",
        "cloudflare" => "cloudflare-worker",
        namesake => namesake,
    })
}

/// The lines, or why there are none, in a sentence.
pub(super) fn fix(case: &Case<'_>, need: &Need, stack: Stack) -> Result<Fix, String> {
    let name = stack.name();
    let target = target_of(stack).ok_or_else(|| format!("There are no lines for {name}."))?;
    let exported = export(target, &need.policy, &Context::default())
        .map_err(|refusal| format!("There are no lines for {name}: {}.", reason(&refusal)))?;
    let mut notes: Vec<String> = leaves_no_mark(stack).into_iter().collect();
    // Where the lines stand is said by the steps.
    let warnings = exported.warnings.iter().filter(|lack| !lack.is_of_the_place);
    notes.extend(warnings.map(|lack| format!("{lack}.")));
    Ok(Fix {
        target: target.name(),
        title: format!("{}: {}", target.title(), words::title(need)),
        steps: words::around(exported.steps, case, need, Some(name)),
        notes,
        policy: Some(need.config.clone()),
        comment: target.comment(),
    })
}

/// What else it may be, where the mark is one that other stacks leave too.
fn leaves_no_mark(stack: Stack) -> Option<String> {
    let others = match stack.as_str() {
        "node" => {
            "Fastify, Hono and Koa leave no mark of their own: --stack fastify, --stack hono or --stack koa prints theirs."
        }
        "cloudflare" => "Where a Worker answers already: --stack workers prints the lines around it.",
        _ => return None,
    };
    Some(others.to_owned())
}

fn reason(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Unable { lacks, .. } => lacks.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        Refusal::Unwritable { .. } => refusal.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use corsac_export::targets;

    use super::*;

    #[test]
    fn every_target_is_a_stack_that_a_person_can_name() {
        // The gateway is no stack of anybody's: every fix offers it, in a line of its own. A Worker in front of a server is
        // Cloudflare's; whoever names a Worker has one that answers by itself.
        let is_named = |name: &str| !["corsac", "cloudflare-worker"].contains(&name);
        for target in targets().iter().filter(|target| is_named(target.name())) {
            let stack: Stack = target.name().parse().unwrap_or_else(|error| panic!("{error}"));
            let of_it = target_of(stack).map(Target::name);
            assert_eq!(of_it, Some(target.name()), "--stack {} prints another's lines", target.name());
        }
    }
}
