//! The case a console line is about: what it can name, and what it can depend on.
//!
//! Knows no engine's words, only how each writes values.

use corsac::Origin;
use url::Url;

use super::{header_table, phrases};
use crate::failure::Value;
use crate::wire_headers::stripped_for_referrer;
use crate::{Browser, Call, Failure, Initiator, Mode, Page, RedirectMode};

pub(super) struct Scene<'a> {
    pub(super) browser: Browser,
    pub(super) page: &'a Page,
    pub(super) call: &'a Call,
    pub(super) failure: &'a Failure,
}

impl Scene<'_> {
    /// A line with its names filled in.
    pub(super) fn fill(&self, line: &str) -> String {
        let mut text = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').expect("every name in a ledger is closed");
            text.push_str(before);
            text.push_str(&self.field(name));
            rest = after;
        }
        text + rest
    }

    fn field(&self, name: &str) -> String {
        let mut phrases = phrases(self.browser).iter().filter(|phrase| phrase.name == name).peekable();
        if phrases.peek().is_some() {
            let fitting = phrases.find(|phrase| (phrase.when)(self));
            return fitting.map(|phrase| self.fill(phrase.text)).unwrap_or_default();
        }
        let failure = self.failure;
        let facts = failure.facts();
        match name {
            "url" => failure.url().to_string(),
            "plain-url" => without_credentials(failure.url()).into(),
            "bare-url" => stripped_for_referrer(failure.url()).into(),
            "first-url" => failure.first_url().to_string(),
            // User and password are gone where a call to the page's own server first leaves it.
            "url-from-home" => {
                if *failure.url() == facts.load_url && facts.load_url != facts.first_url {
                    without_credentials(failure.url()).into()
                } else {
                    failure.url().to_string()
                }
            }
            "load-url" => facts.load_url.to_string(),
            "plain-previous-url" => {
                let previous = facts.previous_url.as_ref().map(without_credentials);
                previous.map(String::from).unwrap_or_default()
            }
            "previous-url" => facts.previous_url.as_ref().map(ToString::to_string).unwrap_or_default(),
            "target" => self.target(),
            "target-with-credentials" => self.target_with_credentials(),
            "origin" => failure.page_origin().to_owned(),
            "sent-origin" => failure.origin_sent().unwrap_or(failure.page_origin()).to_owned(),
            "page" => {
                let address = self.page.referrer.as_ref().map(ToString::to_string);
                address.unwrap_or_else(|| failure.page_origin().to_owned())
            }
            "allow-origin" => self.value(facts.allow_origin.as_ref()),
            "allow-credentials" => self.value(facts.allow_credentials.as_ref()),
            "value" => self.value(facts.value.as_ref()),
            "token" => failure.token().unwrap_or_default().to_owned(),
            "status" => failure.status().unwrap_or_default().to_string(),
            "method" => failure.method().to_owned(),
            "header" => failure.headers().first().cloned().unwrap_or_default(),
            "first-header" => {
                let first = header_table::first(self.page, self.call, failure.headers());
                first.unwrap_or_default().to_owned()
            }
            "header-as-written" => self.first_header_as_written(),
            "scheme" => failure.url().scheme().to_owned(),
            "port" => failure.url().port().unwrap_or_default().to_string(),
            _ => panic!("`{name}` is no name for a ledger"),
        }
    }

    /// A header's value in the engine's letters.
    fn value(&self, value: Option<&Value>) -> String {
        let Some(value) = value else { return String::new() };
        match self.browser {
            // Bytes as characters, and those that cannot be seen as escapes.
            Browser::Chromium => value
                .bytes
                .iter()
                .map(|byte| match byte {
                    b' '..=b'~' => char::from(*byte).to_string(),
                    _ => format!("\\u{byte:04X}"),
                })
                .collect(),
            // What is not UTF-8 is mended first, and then taken for bytes as well.
            Browser::Webkit => crate::safelist::isomorphic_decode(value.text.as_bytes()),
            Browser::Firefox | Browser::Standard => value.text.clone(),
        }
    }

    /// Where a redirect leads, as far as it can be read, without user name and password.
    fn target(&self) -> String {
        match self.failure.target() {
            Some(target) => without_credentials(target).into(),
            None => self.failure.location().unwrap_or_default().to_owned(),
        }
    }

    /// Where a redirect leads, without the fragment it has from where it comes.
    fn target_with_credentials(&self) -> String {
        let Some(mut target) = self.failure.target().cloned() else { return String::new() };
        if !self.failure.location().is_some_and(|location| location.contains('#')) {
            target.set_fragment(None);
        }
        target.into()
    }

    /// The first header at fault as WebKit looks through them: those it knows by name come first, in its own
    /// spelling.
    fn first_header_as_written(&self) -> String {
        let is_at_fault =
            |name: &str| self.failure.headers().iter().any(|fault| fault.eq_ignore_ascii_case(name));
        let written: Vec<&str> = self
            .call
            .headers
            .iter()
            .map(|(name, _)| name)
            .chain(["Content-Type"])
            .filter(|name| is_at_fault(name))
            .collect();
        let known = |name: &&str| {
            super::webkit::KNOWN_HEADERS.iter().find(|known| known.eq_ignore_ascii_case(name)).copied()
        };
        written.iter().find_map(known).or(written.first().copied()).unwrap_or_default().to_owned()
    }

    pub(super) fn is_preflight(&self) -> bool {
        self.failure.id.as_str().starts_with("preflight-")
    }

    /// A redirect on the way failed the CORS check.
    pub(super) fn is_failed_hop(&self) -> bool {
        self.failure.id.as_str().starts_with("redirect-hop-")
    }

    pub(super) fn is_fetch(&self) -> bool {
        self.call.initiator == Initiator::Fetch
    }

    pub(super) fn is_xhr(&self) -> bool {
        self.call.initiator == Initiator::Xhr
    }

    pub(super) fn is_no_cors(&self) -> bool {
        self.call.mode == Mode::NoCors
    }

    pub(super) fn is_same_origin_mode(&self) -> bool {
        self.call.mode == Mode::SameOrigin
    }

    pub(super) fn is_redirected(&self) -> bool {
        self.failure.facts().previous_url.is_some()
    }

    /// The CORS protocol had its say by then.
    pub(super) fn is_cors(&self) -> bool {
        self.failure.facts().is_cors
    }

    pub(super) fn is_cors_fetch(&self) -> bool {
        self.is_fetch() && self.call.mode == Mode::Cors
    }

    pub(super) fn is_put(&self) -> bool {
        self.failure.method() == "PUT"
    }

    /// A preflight was to go first.
    pub(super) fn wants_preflight(&self) -> bool {
        self.failure.facts().wants_preflight
    }

    /// It failed at the page's own server.
    pub(super) fn is_home(&self) -> bool {
        self.page.origin.is_same_origin(&Origin::of_url(self.failure.url()))
    }

    pub(super) fn is_loopback(&self) -> bool {
        Origin::of_url(self.failure.url()).is_potentially_trustworthy()
    }

    pub(super) fn has_comma(&self) -> bool {
        self.failure.allow_origin().is_some_and(|value| value.contains(','))
    }

    pub(super) fn has_several_lines(&self) -> bool {
        self.failure.facts().allow_origin.as_ref().is_some_and(|value| value.lines > 1)
    }

    pub(super) fn allows_origin(&self, origin: &str) -> bool {
        self.failure.allow_origin() == Some(origin)
    }

    pub(super) fn follows(&self) -> bool {
        self.call.redirect == RedirectMode::Follow
    }

    /// The failed answer was a redirect that leads somewhere.
    pub(super) fn is_hop(&self) -> bool {
        let status = self.failure.status().unwrap_or_default();
        crate::redirect::is_redirect_status(status) && self.failure.location().is_some()
    }

    pub(super) fn is_scheme(&self, schemes: &[&str]) -> bool {
        schemes.contains(&self.failure.url().scheme())
    }

    pub(super) fn target_is_scheme(&self, schemes: &[&str]) -> bool {
        self.failure.target().is_some_and(|target| schemes.contains(&target.scheme()))
    }

    /// The page's own server answered, and it redirects to itself.
    pub(super) fn stays_home(&self) -> bool {
        let is_own = |url| self.page.origin.is_same_origin(&Origin::of_url(url));
        is_own(self.failure.url()) && self.failure.target().is_some_and(is_own)
    }

    pub(super) fn has_target(&self) -> bool {
        self.failure.target().is_some()
    }

    /// The redirect leads to another origin than the one that answered.
    pub(super) fn leads_away(&self) -> bool {
        let here = Origin::of_url(self.failure.url());
        self.failure.target().is_some_and(|target| !here.is_same_origin(&Origin::of_url(target)))
    }
}

fn without_credentials(url: &Url) -> Url {
    let mut url = url.clone();
    // Both only fail for URLs that can have neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}
