//! Fixes: the least policy that allows a call, in the words of the stack in front.
//!
//! The policy is checked by the engine before it is worded; what the engine refuses is not advised. Never `*` with
//! credentials, never an unchecked reflection, never `no-cors`.

mod corsac_gateway;
mod express;
mod fastapi;
mod http;
mod nginx;
mod quote;

use corsac::{Origin, PolicyConfig};
use corsac_browser::CredentialsMode;

use crate::cause::Cause;
use crate::exchange::Case;
use crate::stack::Stack;

/// Lines that mend a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The stack they are for; `http`: what any server must send; or `corsac`: the gateway in front of a server
    /// nobody may touch.
    pub target: &'static str,
    /// Where they go, in a sentence.
    pub title: String,
    /// The lines.
    pub snippet: String,
}

/// What a fix has to allow, and what it is for.
struct Need {
    policy: PolicyConfig,
    /// The method of the call, safelisted ones included: some servers want it listed all the same.
    method: String,
    /// Whether the browser asks first.
    preflighted: bool,
    cause: Cause,
    /// The origin of the API, for the gateway in front of it.
    upstream: String,
}

impl Need {
    fn origin(&self) -> &str {
        self.policy.allow_origins.first().map_or("", String::as_str)
    }
}

/// The fixes for a cause, and why there are none although configuration is to blame.
pub(crate) fn fixes(case: &Case<'_>, cause: Cause, stack: Option<Stack>) -> (Vec<Fix>, Option<String>) {
    if !is_mended_by_configuration(cause) {
        return (Vec::new(), None);
    }
    let need = match need(case, cause) {
        Ok(need) => need,
        Err(refusal) => return (Vec::new(), Some(refusal)),
    };
    let stacks = stack.map_or_else(|| Stack::ALL.to_vec(), |stack| vec![stack]);
    let mut fixes: Vec<Fix> = stacks
        .into_iter()
        .filter(|stack| cause != Cause::NginxAddHeaderInheritance || *stack == Stack::Nginx)
        .filter_map(|stack| match stack {
            Stack::Express => Some(express::fix(&need)),
            Stack::FastApi => Some(fastapi::fix(&need)),
            Stack::Nginx => nginx::fix(&need),
            _ => None,
        })
        .collect();
    // For a stack without lines of its own, too.
    if stack.is_none() || fixes.is_empty() {
        fixes.insert(0, http::fix(&need));
    }
    fixes.push(corsac_gateway::fix(&need));
    (fixes, None)
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
    )
}

/// The least policy that allows this call and nothing beside it.
fn need(case: &Case<'_>, cause: Cause) -> Result<Need, String> {
    let Origin::Tuple(origin) = &case.page.origin else {
        return Err(
            "No lines are given: `null` is what anybody's sandboxed page sends, so allowing it allows \
                    everyone. Serve the page over http://localhost first."
                .into(),
        );
    };
    let preflight =
        case.exchanges.iter().find(|exchange| exchange.is_preflight()).map(|exchange| &exchange.request);
    let asked = |name: &str| preflight.and_then(|request| request.headers.get_text(name));
    let method = asked("access-control-request-method")
        .unwrap_or_else(|| corsac::normalize_method(&case.call.method).to_owned());
    let headers: Vec<String> = asked("access-control-request-headers")
        .map(|names| names.split(',').map(|name| name.trim().to_owned()).collect())
        .unwrap_or_default();
    let policy = PolicyConfig {
        allow_origins: vec![origin.to_string()],
        allow_credentials: case.call.credentials == CredentialsMode::Include,
        allow_methods: if corsac::is_safelisted_method(&method) { Vec::new() } else { vec![method.clone()] },
        allow_headers: headers.into_iter().filter(|name| !name.starts_with("access-control-")).collect(),
        ..PolicyConfig::default()
    };
    if let Err(faults) = policy.clone().into_policy() {
        let reasons: Vec<String> = faults
            .faults()
            .iter()
            .map(|fault| {
                let meaning = fault.meaning().trim_end_matches('.');
                if fault.place.key == "allow_origins" {
                    format!("{}: {meaning}. Serve the page over https first", fault.value)
                } else {
                    format!("{}: {meaning}", fault.value)
                }
            })
            .collect();
        return Err(format!("No lines are given, because they would not be safe. {}.", reasons.join("; ")));
    }
    let upstream =
        Origin::of_url(case.exchanges.last().map_or(&case.call.url, |last| &last.request.url)).to_string();
    Ok(Need { policy, method, preflighted: preflight.is_some(), cause, upstream })
}
