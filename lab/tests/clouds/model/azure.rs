//! Azure Storage:
//! <https://learn.microsoft.com/rest/api/storageservices/cross-origin-resource-sharing--cors--support-for-the-azure-storage-services>.
//!
//! What its preflights say of credentials is as its emulator has it, Azurite, which says them to any origin.

use corsac_browser::WireRequest;
use serde_json::Value;

use super::{Asked, Headers, has};
use crate::calls::{SAID, Server};

#[derive(Default)]
struct Rule {
    origins: Vec<String>,
    methods: Vec<String>,
    allowed_headers: Vec<String>,
    exposed_headers: Vec<String>,
    max_age: String,
}

/// The rule that the commands add, after they have taken away all others.
pub(crate) fn read(value: Value) -> Result<Box<dyn Server>, serde_json::Error> {
    let commands: Vec<Vec<String>> = serde_json::from_value(value)?;
    let wrong = |what: String| serde::de::Error::custom(what);
    let [clear, add] = &*commands else { return Err(wrong(format!("{} commands", commands.len()))) };
    let account = ["--services", "b", "--account-name", "YOUR-ACCOUNT"];
    if *clear != [&["storage", "cors", "clear"][..], &account].concat() {
        return Err(wrong(format!("{clear:?}")));
    }
    let start = [&["storage", "cors", "add"][..], &account].concat();
    let rest = add.strip_prefix(&*start.iter().map(ToString::to_string).collect::<Vec<_>>());
    let mut rest = rest.ok_or_else(|| wrong(format!("{add:?}")))?;
    let mut rule = Rule::default();
    while let [option, values @ ..] = rest {
        let end = values.iter().position(|word| word.starts_with("--")).unwrap_or(values.len());
        let (own, others) = values.split_at(end);
        match (&**option, own) {
            ("--origins", own) => rule.origins = own.to_vec(),
            ("--methods", own) => rule.methods = own.to_vec(),
            ("--allowed-headers", own) => rule.allowed_headers = own.to_vec(),
            ("--exposed-headers", own) => rule.exposed_headers = own.to_vec(),
            ("--max-age", [seconds]) => rule.max_age.clone_from(seconds),
            other => return Err(wrong(format!("{other:?}"))),
        }
        rest = others;
    }
    let known = ["DELETE", "GET", "HEAD", "MERGE", "OPTIONS", "POST", "PUT"];
    if let Some(method) = rule.methods.iter().find(|method| !known.contains(&&***method)) {
        return Err(wrong(format!("az storage cors add takes no {method}")));
    }
    let are_there = !(rule.origins.is_empty() || rule.methods.is_empty() || rule.max_age.is_empty());
    if are_there { Ok(Box::new(rule)) } else { Err(wrong("something is missing".to_owned())) }
}

/// Whether a list has a name, in which a star at the end stands for whatever follows.
fn is_among(names: &[String], name: &str) -> bool {
    names.iter().any(|own| match own.to_ascii_lowercase().strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => own.eq_ignore_ascii_case(name),
    })
}

impl Rule {
    fn is_for(&self, asked: &Asked, origin: &str) -> bool {
        let allows = |name: &String| is_among(&self.allowed_headers, name);
        self.origins.iter().any(|own| own == "*" || own == origin)
            && has(&self.methods, &asked.method)
            && asked.headers.iter().all(allows)
    }
}

impl Server for Rule {
    fn answer(&self, request: &WireRequest) -> (u16, Vec<(String, String)>) {
        let asked = Asked::of(request);
        let mut headers = Headers::default();
        let Some(origin) = asked.origin.as_ref().filter(|origin| self.is_for(&asked, origin)) else {
            return (if asked.is_preflight { 403 } else { 200 }, headers.0);
        };
        let any = self.origins.iter().any(|own| own == "*");
        if asked.is_preflight {
            headers.say("Allow-Origin", origin);
            headers.say("Allow-Credentials", true);
            headers.say("Allow-Methods", &asked.method);
            headers.say_list("Allow-Headers", &asked.headers);
            headers.say("Max-Age", &self.max_age);
            return (200, headers.0);
        }
        headers.say("Allow-Origin", if any { "*" } else { &**origin });
        if !any {
            headers.say("Allow-Credentials", true);
        }
        // The names that the answer has are written out.
        let is_exposed = |name: &&&str| is_among(&self.exposed_headers, name);
        let exposed: Vec<String> = SAID.iter().filter(is_exposed).map(|name| (*name).to_owned()).collect();
        headers.say_list("Expose-Headers", &exposed);
        (200, headers.0)
    }
}
