//! What the flags of `check` and `plan` ask for, as a page and a call.

use corsac::Origin;
use corsac_browser::{Body, Call, Page};
use url::Url;

use crate::args::CallFlags;
use crate::complaint::Complaint;
use crate::input::PageOrigin;

impl CallFlags {
    /// The page, and what has to be said about how it was chosen.
    pub(crate) fn page(&self) -> (Page, Option<String>) {
        match &self.origin {
            Some(PageOrigin { origin, cut_from }) => {
                let note = cut_from.as_ref().map(|typed| format!("the origin of {typed} is {origin}"));
                (Page::of(origin.clone()), note)
            }
            None => {
                let origin = default_origin(&self.url.0);
                let note = format!("no --origin was given, so the page is taken to be on {origin}");
                (Page::of(origin), Some(note))
            }
        }
    }

    /// The call as the script would make it.
    pub(crate) fn call(&self) -> Result<Call, Complaint> {
        let body = self.body.as_deref().map(read_body).transpose()?;
        let method = match (&self.method, &body) {
            (Some(method), _) => method.clone(),
            (None, Some(_)) => "POST".to_owned(),
            (None, None) => "GET".to_owned(),
        };
        if !corsac::is_token(method.as_bytes()) {
            return Err(Complaint::new(
                format!("--method: {method:?} is not a method"),
                "write -X PUT, for example",
            ));
        }
        let mut call = Call::new(self.url.0.clone());
        call.method = method;
        for header in &self.headers {
            call.headers.append(header.name.clone(), header.value.clone());
        }
        call.mode = self.mode;
        call.credentials = self.credentials;
        call.redirect = self.redirect;
        call.cookies.clone_from(&self.cookie);
        call.body = body;
        Ok(call)
    }
}

/// Where a frontend in development is most likely served, and never the API itself.
fn default_origin(url: &Url) -> Origin {
    let own = Origin::of_url(url);
    ["http://localhost:3000", "http://localhost:5173"]
        .iter()
        .filter_map(|text| text.parse::<Origin>().ok())
        .find(|origin| !origin.is_same_origin(&own))
        .unwrap_or(Origin::Opaque)
}

fn read_body(data: &str) -> Result<Body, Complaint> {
    let Some(path) = data.strip_prefix('@') else { return Ok(Body::Text(data.to_owned())) };
    let bytes = std::fs::read(path).map_err(|error| {
        Complaint::new(
            format!("--body: {path} cannot be read: {error}"),
            "write --body @FILE, or the data itself",
        )
    })?;
    Ok(String::from_utf8(bytes).map_or_else(|error| Body::Bytes(error.into_bytes()), Body::Text))
}
