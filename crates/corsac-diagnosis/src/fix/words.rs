//! What a fix does about a cause: in a few words, and in steps around the lines.
//!
//! The same for every stack; where the lines themselves go is for `corsac-export` to say.

use corsac_export::Step;

use super::kept;
use super::need::Need;
use crate::cause::Cause;
use crate::exchange::Case;

/// What stands behind the name of the stack in a title.
pub(super) fn title(need: &Need) -> String {
    let Need { origin, method, .. } = need;
    match need.cause {
        Cause::OptionsNotHandled => "answer preflights before any route does".into(),
        Cause::PreflightRedirected => "answer preflights before anything redirects".into(),
        Cause::AuthBeforeCors => "CORS first, authentication after it".into(),
        Cause::ErrorResponseWithoutCors => "CORS around everything, error pages included".into(),
        Cause::OriginNotAllowed => format!("put {origin} on the list, beside the origins that are there"),
        Cause::OriginMisspelled => format!("write {origin}, to the letter, in place of what is there"),
        Cause::WildcardWithCredentials => format!("name {origin} in place of `*`, and allow credentials"),
        Cause::CredentialsNotAllowed => format!("allow credentials, to {origin} alone"),
        Cause::HeaderNotAllowed => {
            let names = need.config.allow_headers.join(", ");
            format!("list what the page sends ({names}), beside the headers that are there")
        }
        Cause::MethodNotAllowed => format!("list {method}, beside the methods that are there"),
        Cause::DuplicateAllowOrigin => "one layer speaks about CORS, and every other is silent".into(),
        Cause::SeveralOriginsInOne => "answer with the one origin that asks, in place of the list".into(),
        Cause::CachedWithoutVary => "say that the answer varies by origin, then empty the cache".into(),
        Cause::NginxAddHeaderInheritance => {
            "the headers once more in every block with an add_header of its own".into()
        }
        Cause::MalformedCorsHeader => "write the header anew, in place of the one nobody can read".into(),
        Cause::HeaderNotExposed => {
            format!("let scripts read {}", need.config.expose_headers.join(", "))
        }
        _ => format!("allow {origin}, and nobody else"),
    }
}

/// The steps of a stack, with what the cause asks for before and after them.
pub(super) fn around(steps: Vec<Step>, case: &Case<'_>, need: &Need, name: Option<&str>) -> Vec<Step> {
    let mut all = Vec::new();
    if need.cause == Cause::DuplicateAllowOrigin {
        let name = name.unwrap_or("one layer");
        all.push(Step::act(format!(
            "Let {name} alone speak about CORS: in every other layer (a proxy or CDN in front, the application behind) delete \
             what sets Access-Control-*"
        )));
    }
    all.extend(steps);
    match need.cause {
        Cause::CachedWithoutVary => {
            all.push(Step::act("Then empty the cache in front once: it keeps the answers it has"));
        }
        Cause::ErrorResponseWithoutCors => {
            let status = case.last().and_then(|(_, last)| last.response()).map(|response| response.status);
            let status = status.filter(|status| *status >= 400).map(|status| format!(" {status}"));
            all.push(Step::act(format!(
                "Then read in the server's log why it answered{}: that is the fault behind",
                status.unwrap_or_default()
            )));
        }
        _ => {}
    }
    all.extend(kept::step(case, need));
    all
}
