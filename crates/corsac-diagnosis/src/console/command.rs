//! What settles a message: the command that makes the same call and looks at every answer, or where to look instead.
//!
//! Words a command line for a POSIX shell; runs nothing.

use corsac_browser::FailureId as Id;
use url::Url;

use super::message::{Slot, Source, Values};
use super::settles::{Command, Settles};

const URL: &str = "URL";
const ORIGIN: &str = "ORIGIN";

const ADD_THE_REST: &str = "The message does not tell the call's method and headers: add -X and -H as the page's code has \
     them.";
const ASKS_FIRST: &str = "A GET with this Content-Type makes the browser ask first, as it did here, and changes nothing on \
     the server. Put the call's own -X and -H in its place.";
const MADE_IT_ASK: &str = "Something in the call made the browser ask first; mostly it is this Content-Type. Put the \
     call's own headers in its place.";
const IS_SENT: &str = "Should the preflight pass by now, the call itself is sent.";
const SENT_AGAIN: &str = "This sends the call once more, with whatever effect it has.";
const REPLACE_THE_VALUE: &str = "The message does not tell the header's value: any will do, since a preflight only names \
     headers.";

/// What settles failures with these values.
pub(super) fn settles(source: Source, failures: &[Id], values: &Values) -> Settles {
    match failures.first() {
        Some(first) => elsewhere(*first).map_or_else(|| command(failures, values), Settles::Look),
        None if source == Source::Library || values.get(Slot::Url).is_none() => Settles::Look(
            "Look in the browser's console (F12) for the line beside it: it begins with \"Access to\" in Chrome and \
             Edge, \"Cross-Origin Request Blocked\" in Firefox, and tells of \"Access-Control-Allow-Origin\" or a \
             preflight in Safari. Paste that here. Where there is none, CORS may have no part in it: `corsac check \
             URL --origin ORIGIN` makes the call as a browser does, and says.",
        ),
        None => command(failures, values),
    }
}

/// Where to look for what no request can show.
fn elsewhere(failure: Id) -> Option<&'static str> {
    Some(match failure {
        Id::CspConnectSrc => {
            "Nothing was sent: the page's own Content-Security-Policy forbids it. It is in the response that brought \
             the page (the header, or a meta tag): add the API's origin to `connect-src`."
        }
        Id::LnaPermissionDenied | Id::LnaInsecureContext | Id::LnaAddressSpaceMismatch => {
            "Nothing was sent: the browser guards the local network. Look at the site's permissions (the icon beside \
             the address), serve the page over https, and do not have a public page call localhost or a private \
             address."
        }
        Id::SchemeNotHttp => {
            "Nothing was sent: only http and https URLs can be called. A page that was opened as a file calls files: \
             serve it over http, for example with `npx serve` or `python3 -m http.server`."
        }
        Id::CorsDisabledByPref => {
            "Firefox's setting `content.cors.disable` is true: put it back in about:config."
        }
        Id::OriginHeaderNotAdded | Id::PreflightBlockedByUa => {
            "The browser or an extension stopped it: try again in a fresh profile without extensions."
        }
        Id::ForbiddenMethod | Id::UrlCredentials | Id::CallInvalid => {
            "Nothing was sent: the call itself is not valid, and the message names what is wrong with it. `corsac \
             plan URL …` shows what a browser would send."
        }
        _ => return None,
    })
}

fn command(failures: &[Id], values: &Values) -> Settles {
    let mut words = vec!["corsac".to_owned(), "check".to_owned()];
    let (mut blanks, mut notes) = (Vec::new(), Vec::new());
    // The call begins at the first URL; the browser follows from there.
    let url = [Slot::FirstUrl, Slot::Url, Slot::Target].into_iter().find_map(|slot| values.get(slot));
    match url.filter(|url| is_callable(url)) {
        Some(url) => words.push(quote(url)),
        None => {
            words.push(URL.to_owned());
            blanks.push(URL);
        }
    }
    words.push("--origin".to_owned());
    let page = values.get(Slot::Page).and_then(|page| Url::parse(page).ok());
    let page = page.map(|page| page.origin().ascii_serialization());
    // A page that is a file sends `null`, though some consoles call its origin `file://`.
    let named =
        values.get(Slot::Origin).map(|origin| if origin.starts_with("file:") { "null" } else { origin });
    match named.map(str::to_owned).or(page) {
        Some(origin) => words.push(quote(&origin)),
        None => {
            words.push(ORIGIN.to_owned());
            blanks.push(ORIGIN);
        }
    }
    let has = |ids: &[Id]| failures.iter().any(|failure| ids.contains(failure));
    if let Some(method) = values.get(Slot::Method).filter(|method| *method != "GET") {
        words.extend(["-X".to_owned(), quote(method)]);
        match failures.first() {
            _ if matches!(method, "HEAD" | "OPTIONS") => {}
            Some(first) if first.as_str().starts_with("preflight-") => notes.push(IS_SENT),
            Some(Id::NoCorsMethod) => {}
            _ => notes.push(SENT_AGAIN),
        }
    }
    match values.get(Slot::Header) {
        Some(header) if has(&[Id::ResponseHeaderNotExposed]) => {
            words.extend(["--read-header".to_owned(), quote(header)]);
        }
        Some(header) => {
            words.extend(["-H".to_owned(), quote(&format!("{header}: {}", example_value(header)))]);
            notes.push(REPLACE_THE_VALUE);
        }
        None => {}
    }
    let method = values.get(Slot::Method);
    let is_plain = method.is_none_or(corsac::is_safelisted_method);
    let asked_first = failures.first().is_some_and(|first| first.as_str().starts_with("preflight-"));
    if asked_first && is_plain && values.get(Slot::Header).is_none() {
        words.extend(["-H".to_owned(), quote("Content-Type: application/json")]);
        notes.push(if method.is_some() { MADE_IT_ASK } else { ASKS_FIRST });
    } else if method.is_none()
        && values.get(Slot::Header).is_none()
        && is_by_script(values)
        && !has(&[Id::MixedContent, Id::ModeSameOrigin])
    {
        notes.push(ADD_THE_REST);
    }
    let with_credentials = [
        Id::AcaoWildcardWithCredentials,
        Id::AcacNotTrue,
        Id::PreflightAcaoWildcardWithCredentials,
        Id::PreflightAcacNotTrue,
        Id::RedirectHopAcaoWildcardWithCredentials,
        Id::RedirectHopAcacNotTrue,
    ];
    if has(&with_credentials) {
        words.push("--credentials include".to_owned());
    }
    match failures.first() {
        Some(Id::ModeSameOrigin) => words.push("--mode same-origin".to_owned()),
        Some(Id::NoCorsMethod | Id::OpaqueResponse | Id::CorpBlocked) => {
            words.push("--mode no-cors".to_owned());
        }
        Some(Id::NoCorsRedirectMode) => words.push("--mode no-cors --redirect manual".to_owned()),
        Some(Id::RedirectModeError) => words.push("--redirect error".to_owned()),
        _ => {}
    }
    Settles::Command(Command { line: words.join(" "), blanks, notes })
}

/// Whether a script called, as far as the message tells; images, fonts and the like have no method to choose.
fn is_by_script(values: &Values) -> bool {
    let kind = values.get(Slot::Kind).unwrap_or("fetch");
    ["fetch", "xmlhttprequest", "resource"].iter().any(|known| kind.eq_ignore_ascii_case(known))
}

fn is_callable(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// A value that makes a preflight necessary where a name alone does not.
fn example_value(header: &str) -> &'static str {
    match header.to_ascii_lowercase().as_str() {
        "content-type" => "application/json",
        "authorization" => "Bearer test",
        _ => "test",
    }
}

/// A word of a shell, whatever it holds.
fn quote(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:@%+=,".contains(letter);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
