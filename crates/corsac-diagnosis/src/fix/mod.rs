//! Fixes: the least policy that allows a call, in the words of the stack in front.
//!
//! The words are `corsac-export`'s. The policy is checked by the engine before it is worded; what the engine refuses is
//! not advised. Never `*` with credentials, never an unchecked reflection, never `no-cors`.

mod corsac_gateway;
mod http;
mod kept;
mod need;
mod page;
mod quote;
mod server;
mod words;

use corsac::PolicyConfig;
use corsac_browser::{CredentialsMode, WireResponse};
use corsac_export::{Step, steps_as_text};

use crate::cause::Cause;
use crate::exchange::{Case, Exchange};
use crate::stack::Stack;
use need::Need;

/// What mends a cause, step by step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// For whom: a target of `corsac-export`; `http`: what any server must send; `page`: the page's own code; or
    /// `corsac`: the gateway in front of a server nobody may touch.
    pub target: &'static str,
    /// What it does, in a sentence.
    pub title: String,
    /// What to do, in order: where which lines go.
    pub steps: Vec<Step>,
    /// What to know beside.
    pub notes: Vec<String>,
    /// What the lines allow; nothing where they are no server's.
    pub policy: Option<PolicyConfig>,
    /// What begins a comment in these lines.
    comment: &'static str,
}

impl Fix {
    /// The steps as one text: each under a comment that says where it goes.
    #[must_use]
    pub fn snippet(&self) -> String {
        match &*self.steps {
            // A line for a shell, to be copied as it is.
            [step] if self.target == "corsac" => step.lines.join("\n") + "\n",
            steps => steps_as_text(steps, self.comment),
        }
    }
}

/// The stacks for which there are lines.
///
/// ```
/// use corsac_diagnosis::{Stack, stacks_with_lines};
///
/// assert!(stacks_with_lines().any(|stack| stack == Stack::Nginx));
/// ```
pub fn stacks_with_lines() -> impl Iterator<Item = Stack> {
    Stack::ALL.iter().copied().filter(|stack| server::target_of(*stack).is_some())
}

/// The fixes for a cause, and why there are none although configuration is to blame.
pub(crate) fn fixes(case: &Case<'_>, cause: Cause, stack: Option<Stack>) -> (Vec<Fix>, Option<String>) {
    let mut fixes: Vec<Fix> = page::fix(case, cause).into_iter().chain(http::of_a_cache(cause)).collect();
    let is_the_servers = match cause {
        // The page's own doing comes first, and the server may allow it already.
        Cause::NoCorsMode => !is_allowed_already(case),
        // To a page for logging in, say: there is nothing else that the page should call. A method that the server has in
        // capitals already is the page's alone.
        Cause::PreflightRedirected | Cause::MethodNotAllowed => fixes.is_empty(),
        _ => is_mended_by_configuration(cause),
    };
    if !is_the_servers {
        return (fixes, None);
    }
    let need = match Need::of(case, cause) {
        Ok(need) => need,
        Err(refusal) => {
            let is_for_want_of_an_origin = case.page.origin.as_tuple().is_none();
            fixes.extend(is_for_want_of_an_origin.then(page::null_origin));
            return (fixes, Some(refusal));
        }
    };
    // The policy leaves out what no page should send; with it the call would not pass.
    fixes.extend(page::header_set_by_client(case));
    fixes.push(match stack.map(|stack| server::fix(case, &need, stack)) {
        None => http::fix(case, &need, None),
        Some(Ok(fix)) => fix,
        Some(Err(why_not)) => http::fix(case, &need, Some(&why_not)),
    });
    fixes.extend(page::without_credentials(case, cause));
    // It takes no response with a line that is no header.
    if !case.exchanges.iter().any(Exchange::has_a_broken_line) {
        fixes.push(corsac_gateway::fix(&need));
    }
    (fixes, None)
}

/// Whether the answer lets the page read it already.
fn is_allowed_already(case: &Case<'_>) -> bool {
    case.last().and_then(|(_, last)| last.response()).is_some_and(|response| lets_read(case, response))
}

/// Whether an answer names the page, or everybody where there are no credentials.
fn lets_read(case: &Case<'_>, response: &WireResponse) -> bool {
    let with_credentials = case.call.credentials == CredentialsMode::Include;
    let said = |name: &str| response.headers.get_text(name).unwrap_or_default();
    let origin = said("access-control-allow-origin");
    let is_named = origin == case.page.origin.to_string();
    match with_credentials {
        true => is_named && said("access-control-allow-credentials") == "true",
        false => is_named || origin == "*",
    }
}

fn is_mended_by_configuration(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::NoCorsHeaders
            | Cause::OptionsNotHandled
            | Cause::AuthBeforeCors
            | Cause::ErrorResponseWithoutCors
            | Cause::OriginNotAllowed
            | Cause::OriginMisspelled
            | Cause::WildcardWithCredentials
            | Cause::CredentialsNotAllowed
            | Cause::HeaderNotAllowed
            | Cause::MethodNotAllowed
            | Cause::DuplicateAllowOrigin
            | Cause::SeveralOriginsInOne
            | Cause::CachedWithoutVary
            | Cause::NginxAddHeaderInheritance
            | Cause::MalformedCorsHeader
            | Cause::HeaderNotExposed
    )
}
