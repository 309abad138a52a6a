//! What servers cannot help doing otherwise, as data: `crates/corsac-export/known_differences/TARGET.toml`.

use corsac_lab::Answer;
use corsac_vectors::PolicyCase;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    difference: Vec<Difference>,
}

/// One way in which a target differs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// What differs: `status`, `inner`, `silent`, `wider` or the name of a header.
    what: Vec<String>,
    /// Of which requests: `preflight`, `actual` or `not-cors`; all without it.
    class: Option<String>,
    /// Of requests with this method alone.
    method: Option<String>,
    /// Where the application says the header itself.
    #[serde(default)]
    inner: bool,
    /// Decided for which reasons; all without it.
    #[serde(default)]
    reasons: Vec<String>,
    /// In which vectors; all without it. A star stands at the end for whatever follows.
    #[serde(default)]
    cases: Vec<String>,
    /// That no browser sends such a request, so that an answer may be wider than the policy.
    #[serde(default)]
    no_browser: bool,
    /// Why it is so, and why nobody is let in by it.
    why: String,
    #[serde(skip)]
    seen: usize,
}

impl Difference {
    fn covers(&self, case: &PolicyCase, what: &str) -> bool {
        let named = |pattern: &String| match pattern.strip_suffix('*') {
            Some(start) => case.id.starts_with(start),
            None => *pattern == case.id,
        };
        self.what.iter().any(|own| own == what)
            && (!self.inner || value_of(&case.inner.headers, what).is_some())
            && self.method.as_ref().is_none_or(|method| *method == case.request.method)
            && self.class.as_ref().is_none_or(|class| *class == case.expect.class)
            && (self.reasons.is_empty() || self.reasons.contains(&case.expect.reason))
            && (self.cases.is_empty() || self.cases.iter().any(named))
    }
}

/// The known differences of one target.
pub(crate) struct Known {
    rows: Vec<Difference>,
}

impl Known {
    pub(crate) fn of(target: &str) -> Self {
        let text = corsac_export::target(target).expect("it is a target").known_differences();
        let file: File =
            toml::from_str(text).unwrap_or_else(|error| panic!("known differences of {target}: {error}"));
        for Difference { what, why, no_browser, cases, .. } in &file.difference {
            let excuses = what.iter().any(|what| what == "wider");
            assert!(!why.is_empty() && (!excuses || *no_browser), "{target}: {what:?} {cases:?}");
        }
        Self { rows: file.difference }
    }

    /// What differs in an answer, and is not known.
    pub(crate) fn judge(&mut self, case: &PolicyCase, answer: &Answer) -> Vec<String> {
        let forwarded = answer.header("x-inner").is_some();
        let got =
            corsac_vectors::Answer { status: answer.status, headers: answer.headers.clone(), forwarded };
        let mut found: Vec<String> =
            case.differences(&got).into_iter().filter(|found| !self.is_known(case, found)).collect();
        if is_wider(case, answer) {
            let wider = format!("{}: wider than the policy: {:?}", case.id, answer.headers);
            found.extend((!self.is_known(case, &wider)).then_some(wider));
        }
        found
    }

    /// The same where there was no answer.
    pub(crate) fn judge_silence(&mut self, case: &PolicyCase, error: &str) -> Vec<String> {
        let found = format!("{}: silent: {error}", case.id);
        if self.is_known(case, &found) { Vec::new() } else { vec![found] }
    }

    fn is_known(&mut self, case: &PolicyCase, found: &str) -> bool {
        let what = found[case.id.len()..].trim_start_matches([':', ' ']);
        let what = what.split([':', ' ']).next().unwrap_or_default();
        // The first that covers it is the one that shows it.
        match self.rows.iter_mut().find(|row| row.covers(case, what)) {
            Some(row) => {
                row.seen += 1;
                true
            }
            None => false,
        }
    }

    /// Entries that nothing shows any more.
    pub(crate) fn dead(&self) -> Vec<String> {
        let dead = self.rows.iter().filter(|row| row.seen == 0);
        dead.map(|row| format!("no case shows it any more: {:?}, {}", row.what, row.why)).collect()
    }
}

/// What no policy has to list: `#cors-safelisted-method`, `#cors-safelisted-request-header`.
const SAFELISTED: [&str; 6] = ["get", "head", "post", "accept", "accept-language", "content-language"];

/// Whether a browser would let the page have what the policy keeps from it. What the application says itself is not the
/// exported lines' doing.
fn is_wider(case: &PolicyCase, answer: &Answer) -> bool {
    let wanted = |name: &str| value_of(&case.expect.headers, name);
    let own = |name: &str| value_of(&case.inner.headers, name).is_some();
    let origin = case.request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("origin"));
    let origin = origin.map(|(_, value)| value.expand());
    let allow_origin = answer.header("access-control-allow-origin");
    if !allow_origin.is_some_and(|value| value == "*" || Some(value) == origin.as_deref()) {
        return false;
    }
    let more = |name: &str, key: &str| {
        let any = case.policy.get(key).is_some_and(|value| value.to_string().contains("\"*\""));
        let listed = elements(wanted(name).unwrap_or_default());
        let given = elements(answer.header(name).unwrap_or_default());
        let extra = given.iter().any(|one| !listed.contains(one) && !SAFELISTED.contains(&&**one));
        extra && !any && !own(name)
    };
    let unwanted = |name: &str| answer.header(name).is_some() && wanted(name).is_none() && !own(name);
    // Browsers read these where they ask for them, and nowhere else.
    let granted = match &*case.expect.class {
        "preflight" => {
            more("access-control-allow-methods", "allow_methods")
                || more("access-control-allow-headers", "allow_headers")
        }
        _ => more("access-control-expose-headers", "expose_headers"),
    };
    unwanted("access-control-allow-origin") || unwanted("access-control-allow-credentials") || granted
}

fn value_of<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
}

fn elements(list: &str) -> Vec<String> {
    list.split(',').map(|one| one.trim().to_ascii_lowercase()).filter(|one| !one.is_empty()).collect()
}
