//! What the page itself has to change: lines of its own code, where the server is not to blame.
//!
//! Never `no-cors`, and never a weaker page than before.

use corsac::Origin;
use corsac_browser::{CredentialsMode, Mode};
use corsac_export::Step;
use url::Url;

use super::{Fix, lets_read, quote};
use crate::cause::Cause;
use crate::exchange::Case;
use crate::question::Question;

/// The fix, where the cause is the page's and lines can mend it.
pub(super) fn fix(case: &Case<'_>, cause: Cause) -> Option<Fix> {
    match cause {
        Cause::HeaderSetByClient => header_set_by_client(case),
        Cause::NoCorsMode => Some(no_cors_mode()),
        Cause::MixedContent => mixed_content(case),
        Cause::PreflightRedirected | Cause::RequestRedirected => redirected(case),
        Cause::CookieNotSent => cookie_kept_back(case),
        Cause::MethodNotAllowed => method_in_capitals(case),
        Cause::NullOrigin => Some(null_origin()),
        _ => None,
    }
}

fn page(title: impl Into<String>, steps: Vec<Step>, notes: Vec<String>) -> Fix {
    Fix { target: "page", title: title.into(), steps, notes, policy: None, comment: "//" }
}

/// For a page that sends headers of responses: without them.
pub(super) fn header_set_by_client(case: &Case<'_>) -> Option<Fix> {
    let own: Vec<String> = (case.call.headers.iter())
        .filter(|(name, _)| name.to_ascii_lowercase().starts_with("access-control-"))
        .map(|(name, value)| {
            format!("{}: {},", quote::string(name), quote::string(&String::from_utf8_lossy(value)))
        })
        .collect();
    (!own.is_empty()).then(|| {
        page(
            "The page: leave the headers of responses to the server",
            vec![Step::put("In the headers of the page's call, delete", &own.join("\n"))],
            vec!["Then check again without it: what the server lacks shows only then.".into()],
        )
    })
}

fn no_cors_mode() -> Fix {
    page(
        "The page: ask with CORS, so that the answer can be read",
        vec![Step::put("In the page's call, delete", "mode: 'no-cors',")],
        Vec::new(),
    )
}

/// Where the server lists the very method in capitals: few servers take it in other letters, whatever they list.
fn method_in_capitals(case: &Case<'_>) -> Option<Fix> {
    let method = case.call.method.as_str();
    let capitals = method.to_ascii_uppercase();
    let listed = case.exchanges.last()?.response()?.headers.get_text("access-control-allow-methods")?;
    let is_listed = listed.split(',').any(|element| element.trim() == capitals);
    (corsac::normalize_method(method) != capitals && is_listed).then(|| {
        page(
            format!("The page: write {capitals} in capitals, as the server lists it"),
            vec![Step::put(
                format!("In the page's call, in place of `method: '{method}'`"),
                &format!("method: '{capitals}',"),
            )],
            Vec::new(),
        )
    })
}

fn mixed_content(case: &Case<'_>) -> Option<Fix> {
    let mut url = case.exchanges.last().map_or(&case.call.url, |last| &last.request.url).clone();
    let from = shown(&url);
    url.set_scheme("https").ok()?;
    Some(page(
        "The page: call the API over https",
        vec![Step::put(format!("In the page, in place of {from}"), &shown(&url))],
        vec!["The API has to answer there: a certificate, or a server with one in front of it.".into()],
    ))
}

/// The address to call, where the redirect only tidies it, or where the server was asked there and lets the page read:
/// another resource is for the person to choose.
fn redirected(case: &Case<'_>) -> Option<Fix> {
    let last = case.exchanges.last()?;
    let location = last.response()?.headers.get_text("location")?;
    let from = &last.request.url;
    let to = from.join(&location).ok()?;
    let lets_read_there = case.answers.iter().any(|answered| {
        answered.question == Question::RedirectTarget
            && answered.exchange.response().is_some_and(|response| lets_read(case, response))
    });
    (is_tidier(from, &to) || lets_read_there).then(|| {
        page(
            "The page: call the address that the server redirects to",
            vec![Step::put(format!("In the page, in place of {}", shown(&case.call.url)), &shown(&to))],
            Vec::new(),
        )
    })
}

/// Whether both stand for one resource: another scheme, a slash at the end, `www.`.
fn is_tidier(from: &Url, to: &Url) -> bool {
    fn host(url: &Url) -> &str {
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host)
    }
    let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
    let is_downgrade = from.scheme() == "https" && to.scheme() == "http";
    !is_downgrade && host(from) == host(to) && path(from) == path(to) && from.query() == to.query()
}

/// The address without what may be secret in it.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let has_query = url.query().is_some();
    url.set_query(None);
    url.set_fragment(None);
    // Only URLs without a host refuse these, and they are never called.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if has_query { format!("{url}?…") } else { url.to_string() }
}

fn cookie_kept_back(case: &Case<'_>) -> Option<Fix> {
    if case.call.credentials == CredentialsMode::Include {
        return None;
    }
    let is_same_origin = case.page.origin.is_same_origin(&Origin::of_url(&case.call.url));
    let mode = if is_same_origin { "same-origin" } else { "include" };
    let notes = (!is_same_origin).then(|| {
        "The server must then allow credentials: `corsac check … --credentials include` says whether it does, and prints \
         its lines."
            .to_owned()
    });
    Some(page(
        "The page: send the cookie along",
        vec![Step::put(
            format!(
                "In the page's call, in place of `credentials: '{}'`, if it is there",
                case.call.credentials
            ),
            &format!("credentials: '{mode}',"),
        )],
        notes.into_iter().collect(),
    ))
}

/// For a page without an origin: one of its own.
pub(super) fn null_origin() -> Fix {
    page(
        "The page: give it an origin",
        vec![
            Step::put("In a terminal, in the page's folder", "python3 -m http.server 3000 --bind 127.0.0.1"),
            Step::act("Open it at http://localhost:3000/, and let the server allow http://localhost:3000"),
        ],
        vec![
            "`corsac check … --origin http://localhost:3000` prints the server's lines.".into(),
            "A sandboxed frame has an origin only with `sandbox=\"allow-same-origin\"`.".into(),
        ],
    )
}

/// The other way out where credentials are refused: the page may not need any.
pub(super) fn without_credentials(case: &Case<'_>, cause: Cause) -> Option<Fix> {
    let is_about_credentials = matches!(cause, Cause::WildcardWithCredentials | Cause::CredentialsNotAllowed);
    let is_possible = case.call.mode == Mode::Cors && case.call.cookies.is_none();
    (is_about_credentials && is_possible).then(|| {
        page(
            "Or, if the API needs no cookies, in the page: call without credentials",
            vec![Step::put(
                "In the page's call, in place of `credentials: 'include'` (or `withCredentials: true`)",
                "credentials: 'omit',",
            )],
            Vec::new(),
        )
    })
}
