//! From single messages to calls: a browser prints several lines about one call, and programs repeat what it says.
//!
//! Decides which lines belong together; what they mean together is in `meaning`.

use std::collections::HashSet;

use super::fold::Folded;
use super::form::{Hit, Means};
use super::message::{Slot, Source, Values};
use super::place::network_failures;
use corsac_browser::FailureId as Id;

/// The lines about one call.
pub(super) struct Group {
    pub(super) source: Source,
    pub(super) means: Means,
    pub(super) older: Option<&'static str>,
    pub(super) values: Values,
    /// Where its lines stand.
    pub(super) spans: Vec<(usize, usize)>,
    /// The answer to a preflight was spoken of.
    pub(super) is_preflight: bool,
    /// A redirect was spoken of.
    pub(super) is_hop: bool,
    /// How often Firefox added that the call did not succeed.
    pub(super) did_not_succeed: usize,
    /// WebKit's last line was there.
    is_closed: bool,
    pub(super) has_no_cors_hint: bool,
}

impl Group {
    fn new(hit: &Hit, flat: &str) -> Self {
        let mut group = Self {
            source: hit.source,
            means: hit.form.means,
            older: hit.form.older,
            values: Values::default(),
            spans: Vec::new(),
            is_preflight: false,
            is_hop: false,
            did_not_succeed: 0,
            is_closed: false,
            has_no_cors_hint: false,
        };
        group.add(hit, flat);
        group
    }

    fn add(&mut self, hit: &Hit, flat: &str) {
        let said = &flat[hit.start..hit.end];
        self.values.fill_from(&hit.values);
        self.spans.push((hit.start, hit.end));
        self.is_preflight |= said.contains("Response to preflight request");
        self.is_hop |= ["Cross-origin redirection to ", "Redirect from '", "Redirect at origin '"]
            .iter()
            .any(|mark| said.contains(mark));
        self.is_closed |= said.contains("due to access control checks");
        self.has_no_cors_hint |= said.contains("'no-cors' to fetch");
    }

    /// Adds a line about where the call stood in the end.
    fn add_end(&mut self, hit: &Hit, flat: &str) {
        if let Some(url) = hit.values.get(Slot::Url) {
            self.values.set(Slot::Url, url);
            self.values.set(Slot::FirstUrl, url);
        }
        self.add(hit, flat);
    }

    /// Whether its lines say why.
    fn says_why(&self) -> bool {
        match self.means {
            Means::Check(_) | Means::Failures(_) | Means::Once(_) | Means::DidNotSucceed => true,
            Means::Nothing => {
                self.values.get(Slot::Error).is_some_and(|error| !network_failures(error).is_empty())
            }
            Means::NothingBut(_)
            | Means::NoFailure(_)
            | Means::Beside(_)
            | Means::Status
            | Means::NotOurs => false,
        }
    }

    /// Whether something about that URL can be about this call.
    fn fits(&self, values: &Values) -> bool {
        let (Some(own), Some(other)) = (self.values.get(Slot::Url), values.get(Slot::Url)) else {
            return true;
        };
        own == other || self.values.get(Slot::Target) == Some(other)
    }
}

/// The calls that messages tell of, in their order.
pub(super) fn group(hits: &[Hit], folded: &Folded) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for hit in hits {
        if hit.form.means != Means::NotOurs && !join(hit, &mut groups, &folded.flat) {
            groups.push(Group::new(hit, &folded.flat));
        }
    }
    // What says nothing by itself only repeats what is said beside it.
    if groups.iter().any(Group::says_why) {
        let silent: Vec<Group> = groups.extract_if(.., |group| !group.says_why() && is_echo(group)).collect();
        if let ([only], [status]) = (&mut groups[..], &silent[..])
            && status.means == Means::Status
        {
            only.values.fill_from(&status.values);
        }
    } else if groups.len() > 1 {
        // Of several that say nothing of one URL or of none, the one that knows the most says as much as all.
        let fails = |group: &Group| !matches!(group.means, Means::NoFailure(_));
        let most =
            |group: &Group| (group.values.iter().count(), fails(group), group.source != Source::Library);
        groups.sort_by_key(|group| std::cmp::Reverse(most(group)));
        let mut urls = HashSet::new();
        let mut index = 0;
        groups.retain(|group| {
            index += 1;
            group.values.get(Slot::Url).map_or(index == 1, |url| urls.insert(url.to_owned()))
        });
        groups.sort_by_key(|group| group.spans[0]);
    }
    groups
}

/// What has no URL of its own to tell, or only a code that tells nothing.
fn is_echo(group: &Group) -> bool {
    matches!(group.means, Means::Nothing | Means::NothingBut(_) | Means::NoFailure(_) | Means::Status)
        || group.values.get(Slot::Url).is_none()
}

/// Adds a message to the call it is about, where that is known already.
fn join(hit: &Hit, groups: &mut [Group], flat: &str) -> bool {
    // WebKit says the reason once more, before or behind, of the resource.
    let is_echo = |start: usize| flat[..start].ends_with("Failed to load resource: ");
    // Two engines have this line in common; WebKit goes on after it.
    if let (Source::Webkit, Some(group)) = (hit.source, groups.last_mut())
        && flat[group.spans[0].0..].starts_with("Not allowed to load local resource: ")
    {
        group.source = Source::Webkit;
    }
    let last = groups.last_mut().filter(|group| group.source == hit.source);
    match hit.form.means {
        Means::DidNotSucceed => {
            // Of a redirect that leads away from http, the line before names where it led.
            let leads_away = |group: &Group| matches!(group.means, Means::Failures(ids) if ids.contains(&Id::RedirectSchemeNotHttp));
            let own = groups.iter_mut().rev().find(|group| {
                group.source == hit.source
                    && (group.values.get(Slot::Url) == hit.values.get(Slot::Url) || leads_away(group))
                    && group.did_not_succeed < 2
                    && group.means != Means::DidNotSucceed
            });
            let Some(group) = own else {
                // Alone, it comes once or twice for a call.
                let last = groups.last_mut().filter(|group| {
                    group.means == Means::DidNotSucceed
                        && group.values == hit.values
                        && group.did_not_succeed < 1
                });
                return last.is_some_and(|group| {
                    group.did_not_succeed += 1;
                    group.add(hit, flat);
                    true
                });
            };
            group.did_not_succeed += 1;
            group.add_end(hit, flat);
            true
        }
        Means::Beside(_) => {
            // WebKit names where the call stood, which is not where the reason says it was led.
            let Some(group) = last.filter(|group| {
                !group.is_closed && (group.source == Source::Webkit || group.fits(&hit.values))
            }) else {
                return false;
            };
            group.add_end(hit, flat);
            true
        }
        Means::Nothing if hit.values.get(Slot::Url).is_some() => {
            let own = groups.iter_mut().rev().find(|group| {
                group.source == hit.source && group.values.get(Slot::Url).is_some() && group.fits(&hit.values)
            });
            own.is_some_and(|group| {
                group.add(hit, flat);
                true
            })
        }
        Means::Nothing | Means::NothingBut(_) | Means::NoFailure(_) | Means::Status | Means::NotOurs => false,
        Means::Check(_) | Means::Failures(_) | Means::Once(_) => {
            let Some(group) = last.filter(|group| group.fits(&hit.values)) else { return false };
            // A name beside a message, as in a link to its documentation, says what that says.
            if group.says_why() && !hit.form.text.contains(' ') {
                group.add(hit, flat);
                return true;
            }
            let takes_over = matches!(group.means, Means::Nothing | Means::Beside(_))
                && (!group.says_why() || group.values.get(Slot::Url).is_some());
            let is_afterthought = hit.source == Source::Firefox
                && matches!(group.means, Means::Failures(ids) if ids.contains(&Id::PreflightRedirect))
                && group.did_not_succeed == 0
                && group.values.get(Slot::Url) == hit.values.get(Slot::Url);
            if takes_over && !group.is_closed {
                group.means = hit.form.means;
                group.older = hit.form.older;
            } else {
                let is_echoed = matches!(group.spans[..], [(start, _)] if is_echo(start));
                let is_same = group.means == hit.form.means && (is_echoed || is_echo(hit.start));
                if !(is_afterthought || is_same) {
                    return false;
                }
            }
            group.add(hit, flat);
            true
        }
    }
}
