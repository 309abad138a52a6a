//! What a fix does about a cause, in a few words.
//!
//! The same for every stack; where the lines go is for the steps to say.

use super::need::Need;
use crate::cause::Cause;

/// What stands behind the name of the stack in a title.
pub(super) fn title(need: &Need) -> String {
    let origin = &need.origin;
    match need.cause {
        Cause::OptionsNotHandled => "answer preflights before your routes do".into(),
        Cause::AuthBeforeCors => "CORS first, authentication after it".into(),
        Cause::ErrorResponseWithoutCors => {
            "CORS around everything, error pages included; then mend the error itself".into()
        }
        Cause::OriginNotAllowed => format!("put {origin} on the list, beside those that are there"),
        Cause::OriginMisspelled => format!("write {origin}, to the letter, in place of what is there"),
        Cause::WildcardWithCredentials => format!("name {origin} in place of `*`, and allow credentials"),
        Cause::CredentialsNotAllowed => format!("allow credentials, to {origin} alone"),
        Cause::HeaderNotAllowed => {
            "list the request headers that the page sends, beside those that are there".into()
        }
        Cause::MethodNotAllowed => {
            format!("list {}, beside the methods that are there", need.method)
        }
        Cause::DuplicateAllowOrigin => "one layer speaks about CORS, and every other is silent".into(),
        Cause::SeveralOriginsInOne => "answer with the one origin that asks, in place of the list".into(),
        Cause::CachedWithoutVary => {
            "say that the answer varies by origin, then empty the cache in front".into()
        }
        Cause::NginxAddHeaderInheritance => {
            "the headers once more in every block with an add_header of its own".into()
        }
        Cause::MalformedCorsHeader => "write the lists anew, in place of the header nobody can read".into(),
        _ => format!("allow {origin}, and nobody else"),
    }
}
