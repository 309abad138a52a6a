//! Static files: a folder as a route.
//!
//! Names that begin with a dot are not served, but for `.well-known`: a folder of pages is often a working copy,
//! with its `.git` and `.env`. What a symbolic link leads out of the folder is not served either. Ranges, dates and
//! types are tower-http's. Knows nothing of CORS.

use http::header::{ALLOW, HeaderValue, LOCATION};
use http::uri::PathAndQuery;
use http::{Method, Request, Response, StatusCode, Uri};
use tower_http::services::ServeDir;

use crate::config::{Folder, Route};
use crate::message::body::Body;
use crate::message::request_body::RequestBody;
use crate::page;
use crate::path::segments;

/// The file that is left of the path once the route took its own.
pub(crate) async fn serve(
    folder: &Folder,
    route: &Route,
    rest: &str,
    request: Request<RequestBody>,
) -> Response<Body> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut refusal = page::page(StatusCode::METHOD_NOT_ALLOWED, "A file can be read, with GET or HEAD.");
        refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refusal;
    }
    // With encoded slashes undone, as the file system will see them.
    let Ok(path) = String::from_utf8(segments(rest).join(&b'/')) else { return page::no_file() };
    if path.split(['/', '\\']).any(|name| name.starts_with('.') && name != ".well-known") {
        return page::no_file();
    }
    let (mut parts, body) = request.into_parts();
    let prefix = route.path.trim_end_matches('/');
    let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    if rest.is_empty() && !prefix.is_empty() {
        return to_folder(&format!("{prefix}/{query}"));
    }
    // One slash: two would make a redirect to a folder one to another host.
    let target = format!("/{}{query}", rest.trim_start_matches('/'));
    let Ok(target) = PathAndQuery::from_maybe_shared(target) else { return page::no_file() };
    parts.uri = Uri::from(target);
    match stays_inside(folder, path).await {
        Ok(true) => {}
        Ok(false) => {
            tracing::warn!(route = %route.shown, "a symbolic link leads out of the folder of the route");
            return page::no_file();
        }
        Err(error) => return unreadable(&route.shown, &error),
    }
    let mut files = ServeDir::new(folder.path()).redirect_path_prefix(prefix);
    match files.try_call(Request::from_parts(parts, body)).await {
        Ok(response) if response.status() == StatusCode::NOT_FOUND => page::no_file(),
        Ok(response) => response.map(Body::file),
        Err(error) => unreadable(&route.shown, &error),
    }
}

async fn stays_inside(folder: &Folder, path: String) -> std::io::Result<bool> {
    let folder = folder.clone();
    // A leading slash would be a path of its own instead of one below the folder.
    let inside = move || folder.contains(path.trim_start_matches('/'));
    tokio::task::spawn_blocking(inside).await.unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

/// The links of a folder's page are relative to the folder, so its address ends with a slash.
fn to_folder(location: &str) -> Response<Body> {
    let mut response = page::page(StatusCode::TEMPORARY_REDIRECT, location);
    match HeaderValue::from_str(location) {
        Ok(location) => {
            response.headers_mut().insert(LOCATION, location);
            response
        }
        Err(_) => page::no_file(),
    }
}

fn unreadable(route: &str, error: &std::io::Error) -> Response<Body> {
    use std::io::ErrorKind::{InvalidFilename, NotADirectory, NotFound, PermissionDenied};
    match error.kind() {
        NotFound | NotADirectory | PermissionDenied | InvalidFilename => page::no_file(),
        _ => {
            tracing::error!(%route, %error, "a file cannot be read");
            page::page(StatusCode::INTERNAL_SERVER_ERROR, "The file cannot be read.")
        }
    }
}
