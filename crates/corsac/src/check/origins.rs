//! Who may call: the origins of a configuration and of its file, checked one by one into the index.
//!
//! Knows what makes a pattern unsafe or superfluous beside the other keys; what a pattern is, is the pattern's word.

use std::borrow::Cow;

use super::{Check, Unread, at, line, whole, www};
use crate::config::PolicyConfig;
use crate::fault::{AdviceCode, FaultCode, Place};
use crate::index::OriginIndex;
use crate::origins_file;
use crate::pattern::{OriginPattern, PatternParts};
use crate::policy::Origins;

impl Check {
    pub(super) fn origins(
        &mut self,
        config: &PolicyConfig,
        file: Option<Result<&[u8], Unread>>,
    ) -> Option<Origins> {
        const KEY: &str = "allow_origins";
        const FILE: &str = "allow_origins_file";
        let written = &config.allow_origins;
        if config.dangerously_allow_null_origin && config.allow_credentials {
            self.fault(
                FaultCode::NullOriginWithCredentials,
                whole("dangerously_allow_null_origin"),
                "true",
                "remove it, or allow_credentials",
            );
        }
        let path = config.allow_origins_file.as_deref().unwrap_or_default();
        if written.iter().any(|origin| origin == "*") {
            let other = written.iter().position(|origin| origin != "*");
            let other = other.map(|index| (at(KEY, index), &*written[index]));
            if let Some((place, value)) = other.or_else(|| file.is_some().then(|| (whole(FILE), path))) {
                let remedy = "keep either the list or \"*\"";
                self.fault(FaultCode::AnyOriginNotAlone, place, value, remedy);
                return None;
            }
            return self.any_origin(config);
        }
        let elsewhere = config.dangerously_allow_null_origin || config.origins_from_source;
        let empty_file = matches!(&file, Some(Ok(bytes)) if origins_file::patterns(bytes).next().is_none());
        if written.is_empty() && !elsewhere && (file.is_none() || empty_file) {
            let remedy = "write allow_origins = [\"https://app.example\"], with the origins of your pages";
            let (place, remedy) = match empty_file {
                false => (whole(KEY), remedy),
                true => (whole(FILE), "write the origins of your pages into the file, one a line"),
            };
            self.fault(FaultCode::OriginsMissing, place, path, remedy);
        }
        let (file, unread) = match file {
            None => (&b""[..], None),
            Some(Ok(bytes)) => (bytes, None),
            Some(Err(unread)) => (&b""[..], Some(unread)),
        };
        let listed = (0..).zip(written).map(|(index, text)| (at(KEY, index), Cow::Borrowed(&**text)));
        let lines = origins_file::patterns(file).map(|(number, text)| (line(FILE, number), text));
        let index = self.listed_origins(config, listed, lines);
        if let Some(index) = index.as_ref().filter(|_| unread.is_none() && !config.origins_from_source) {
            self.www(written, index);
        }
        // After the list's own faults, as the keys are in their order.
        match unread {
            None => {}
            Some(Unread::NotAsked) => {
                let remedy = "make the policy with into_policy_reading, which is told how to read it";
                self.fault(FaultCode::OriginsFileNotRead, whole(FILE), path, remedy);
            }
            Some(Unread::Failed(reason)) => {
                let remedy = format!("look at the file: {reason}");
                self.fault(FaultCode::OriginsFileUnreadable, whole(FILE), path, remedy);
            }
        }
        index.map(Origins::Listed)
    }

    fn any_origin(&mut self, config: &PolicyConfig) -> Option<Origins> {
        match (config.allow_credentials, config.dangerously_allow_any_origin_with_credentials) {
            (false, _) => Some(Origins::Any),
            (true, true) => Some(Origins::DangerouslyAny),
            (true, false) => {
                let remedy = "list the origins that need credentials, or remove allow_credentials";
                self.fault(FaultCode::AnyOriginWithCredentials, at("allow_origins", 0), "*", remedy);
                None
            }
        }
    }

    /// The index of what stands in the configuration and in its file. A million origins are looked at one by one, and
    /// no second copy of them is made.
    fn listed_origins<'a>(
        &mut self,
        config: &PolicyConfig,
        listed: impl Iterator<Item = (Place, Cow<'a, str>)> + Clone,
        lines: impl Iterator<Item = (Place, Cow<'a, str>)> + Clone,
    ) -> Option<OriginIndex> {
        let mut index = OriginIndex::default();
        let mut repeated = Vec::new();
        let from_list = listed.clone().map(|entry| (true, entry));
        for (in_list, (place, text)) in from_list.chain(lines.clone().map(|entry| (false, entry))) {
            let pattern = match text.parse::<OriginPattern>() {
                Ok(pattern) => pattern,
                Err(error) => {
                    self.fault(error.code, place, &text, error.remedy);
                    continue;
                }
            };
            self.origin_with_credentials(&pattern, place, config);
            match index.insert(&pattern) {
                Ok(true) => self.listed += usize::from(in_list),
                Ok(false) => repeated.push((place, text)),
                Err(full) => {
                    let remedy = "divide the origins among several policies";
                    self.fault(full.into(), place, &text, remedy);
                    return None;
                }
            }
        }
        index.finish();
        for (place, text) in listed.chain(lines) {
            let covering = PatternParts::of(&text).and_then(|parts| index.covering(&parts));
            if let Some(other) = covering.filter(|_| text.parse::<OriginPattern>().is_ok()) {
                let covered_by = format!("{other} covers it already");
                self.advise(AdviceCode::OriginRedundant, place, &text, covered_by);
            }
        }
        for (place, text) in repeated {
            self.advise(AdviceCode::OriginRedundant, place, &text, "remove the repetition");
        }
        Some(index)
    }

    /// Asks for the other name of a site that is listed by one. Files of origins are made by programs, and have what they have.
    fn www(&mut self, listed: &[String], index: &OriginIndex) {
        for (position, text) in listed.iter().enumerate() {
            let other = text.parse().ok().as_ref().and_then(www::other_name);
            if let Some(other) = other.filter(|other| index.find(other.as_bytes()).is_err()) {
                let remedy = format!("add {other}, unless that only redirects to this one");
                self.advise(AdviceCode::WwwMissing, at("allow_origins", position), text, remedy);
            }
        }
    }

    fn origin_with_credentials(&mut self, pattern: &OriginPattern, place: Place, config: &PolicyConfig) {
        if pattern.is_insecure() {
            self.insecure = true;
            let value = pattern.to_string();
            let secure = value.replacen("http://", "https://", 1);
            if !config.allow_credentials {
                self.advise(AdviceCode::InsecureOrigin, place, &value, format!("write {secure}"));
            } else if !config.dangerously_allow_insecure_origins_with_credentials {
                let remedy = format!(
                    "write {secure}, or set dangerously_allow_insecure_origins_with_credentials = true"
                );
                self.fault(FaultCode::InsecureOriginWithCredentials, place, &value, remedy);
            }
        }
        if pattern.is_public_suffix() {
            self.public_suffix = true;
            let value = pattern.to_string();
            if !config.allow_credentials {
                self.advise(AdviceCode::PublicSuffix, place, &value, "list the names that are yours");
            } else if !config.dangerously_allow_public_suffixes_with_credentials {
                let remedy = "list the names that are yours, or set \
                              dangerously_allow_public_suffixes_with_credentials = true";
                self.fault(FaultCode::PublicSuffixWithCredentials, place, &value, remedy);
            }
        }
    }
}
