//! Entries that belong together: a call with its preflights and its redirects.
//!
//! Goes by addresses, methods and order, since no exporter ties entries to each other by a name that it writes down.

use std::collections::HashMap;

use super::entry::Entry;
use super::kind::{Kind, kind};

/// One call, as the places of its entries in the recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Group {
    /// The request and where its redirects led, in order; nothing where a preflight is all there is.
    pub(super) hops: Vec<usize>,
    pub(super) preflights: Vec<usize>,
}

impl Group {
    /// Its entries, in the order of the file.
    pub(super) fn entries(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self.hops.iter().chain(&self.preflights).copied().collect();
        all.sort_unstable();
        all
    }

    fn first(&self) -> usize {
        self.hops.iter().chain(&self.preflights).copied().min().unwrap_or(usize::MAX)
    }
}

/// Every call of a recording, in the order of the file.
pub(super) fn groups(entries: &[Entry]) -> Vec<Group> {
    let mut groups = chains(entries);
    let mut askers = askers(entries, &groups);
    for (at, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.is_preflight()) {
        let method = entry.header("access-control-request-method").unwrap_or_default();
        let owner = askers.get_mut(&key(entry, &method)).and_then(|waiting| take_nearest(waiting, at));
        match owner {
            Some(group) => groups[group].preflights.push(at),
            None => groups.push(Group { hops: Vec::new(), preflights: vec![at] }),
        }
    }
    groups.sort_by_key(Group::first);
    groups
}

/// The requests that are no preflights, each with what its redirects led to.
fn chains(entries: &[Entry]) -> Vec<Group> {
    let mut by_url: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, entry) in entries.iter().enumerate().filter(|(_, entry)| !entry.is_preflight()) {
        by_url.entry(without_fragment(entry)).or_default().push(at);
    }
    let mut used = vec![false; entries.len()];
    let mut groups = Vec::new();
    for (first, entry) in entries.iter().enumerate() {
        if entry.is_preflight() || used[first] {
            continue;
        }
        used[first] = true;
        let mut hops = vec![first];
        let mut last = first;
        while let Some(target) = entries[last].redirect_target() {
            let candidates = by_url.get(target.as_str()).map_or(&[][..], Vec::as_slice);
            let later = &candidates[candidates.partition_point(|at| *at <= last)..];
            let next =
                later.iter().copied().find(|at| !used[*at] && entries[*at].page == entries[first].page);
            let Some(next) = next else { break };
            used[next] = true;
            hops.push(next);
            last = next;
        }
        groups.push(Group { hops, preflights: Vec::new() });
    }
    groups
}

/// What a preflight is matched by: the page, the address and the method.
type Key = (Option<String>, String, String);

fn key(entry: &Entry, method: &str) -> Key {
    (entry.page.clone(), without_fragment(entry).to_owned(), method.to_ascii_uppercase())
}

/// Every request that can have had a preflight: its place, and its group.
fn askers(entries: &[Entry], groups: &[Group]) -> HashMap<Key, Vec<(usize, usize)>> {
    let mut askers: HashMap<Key, Vec<(usize, usize)>> = HashMap::new();
    for (group, hops) in groups.iter().enumerate().map(|(at, group)| (at, &group.hops)) {
        for at in hops.iter().copied().filter(|at| kind(&entries[*at]).0 == Kind::Call) {
            askers.entry(key(&entries[at], &entries[at].method)).or_default().push((at, group));
        }
    }
    // Groups are in the order of their first hop, and a hop can come later than another group's first.
    askers.values_mut().for_each(|waiting| waiting.sort_unstable());
    askers
}

/// The group of the request that is nearest in the file; of two, the one before, as browsers list the call first.
fn take_nearest(waiting: &mut Vec<(usize, usize)>, at: usize) -> Option<usize> {
    let after = waiting.partition_point(|(place, _)| *place < at);
    let nearest = match (after.checked_sub(1), waiting.get(after)) {
        (Some(before), Some((place, _))) if at - waiting[before].0 > place - at => after,
        (Some(before), _) => before,
        (None, Some(_)) => after,
        (None, None) => return None,
    };
    Some(waiting.remove(nearest).1)
}

fn without_fragment(entry: &Entry) -> &str {
    let url = entry.url.as_str();
    url.split_once('#').map_or(url, |(before, _)| before)
}
