//! What servers cannot help doing otherwise, as data: `crates/corsac-export/known_differences/TARGET.toml`.

use corsac_export::Difference;
use corsac_lab::Answer;
use corsac_vectors::PolicyCase;

/// One way in which a target differs, and how often it was seen.
struct Row {
    difference: Difference,
    seen: usize,
}

fn covers(difference: &Difference, case: &PolicyCase, what: &str) -> bool {
    let named = |pattern: &String| match pattern.strip_suffix('*') {
        Some(start) => case.id.starts_with(start),
        None => *pattern == case.id,
    };
    let Difference { class, method, inner, reasons, cases, .. } = difference;
    difference.what.iter().any(|own| own == what)
        && (!inner || value_of(&case.inner.headers, header(what)).is_some())
        && method.as_ref().is_none_or(|method| *method == case.request.method)
        && class.as_ref().is_none_or(|class| *class == case.expect.class)
        && (reasons.is_empty() || reasons.contains(&case.expect.reason))
        && (cases.is_empty() || cases.iter().any(named))
}

/// The header that a difference is of.
fn header(what: &str) -> &str {
    if what == "vary-missing" { "vary" } else { what }
}

/// The known differences of one target.
pub(crate) struct Known {
    rows: Vec<Row>,
}

impl Known {
    pub(crate) fn of(target: &str) -> Self {
        let rows = corsac_export::target(target).expect("it is a target").differences();
        Self { rows: rows.into_iter().map(|difference| Row { difference, seen: 0 }).collect() }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.rows.len()
    }

    /// How often any of them was seen.
    pub(crate) fn seen(&self) -> usize {
        self.rows.iter().map(|row| row.seen).sum()
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
        let expected = |name: &str| value_of(&case.expect.headers, name);
        let status = case.expect.status;
        if passes(case, status, expected) && !passes(case, answer.status, |name| answer.header(name)) {
            let narrower = format!("{}: narrower than the policy: {:?}", case.id, answer.headers);
            found.extend((!self.is_known(case, &narrower)).then_some(narrower));
        }
        if let Some(missing) = missing_from_vary(case, answer) {
            let uncached = format!("{}: vary-missing: {missing} is not in it", case.id);
            found.extend((!self.is_known(case, &uncached)).then_some(uncached));
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
        match self.rows.iter_mut().find(|row| covers(&row.difference, case, what)) {
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
        dead.map(|Row { difference: Difference { what, why, .. }, .. }| {
            format!("no case shows it any more: {what:?}, {why}")
        })
        .collect()
    }
}

/// Whether a browser lets the page have what it asked for: `#cors-check`, `#cors-preflight-fetch-0`.
fn passes<'a>(case: &PolicyCase, status: u16, said: impl Fn(&str) -> Option<&'a str>) -> bool {
    let request = |name: &str| {
        let own = case.request.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.expand())
    };
    let Some(origin) = request("origin").filter(|origin| !origin.is_empty()) else { return false };
    // What the application says itself is not the exported lines' doing, and no browser lists names in another way.
    let asked = request("access-control-request-headers").unwrap_or_default();
    let is_a_browsers = asked.len() < 4096
        && !asked.contains([' ', '\t'])
        && (asked.is_empty() || asked.split(',').all(|name| !name.is_empty()));
    if value_of(&case.inner.headers, "access-control-allow-origin").is_some()
        || case.expect.reason != "allowed"
        || !is_a_browsers
    {
        return false;
    }
    let credentials = case.policy.get("allow_credentials").is_some_and(|value| value.as_bool() == Some(true));
    let is_allowed = match said("access-control-allow-origin") {
        Some("*") => !credentials,
        Some(allowed) => allowed == origin,
        None => false,
    };
    if !is_allowed || (credentials && said("access-control-allow-credentials") != Some("true")) {
        return false;
    }
    if case.expect.class != "preflight" {
        return true;
    }
    let list = |name: &str| {
        said(name).unwrap_or_default().split(',').map(|one| one.trim().to_owned()).collect::<Vec<_>>()
    };
    let is_any = |names: &[String]| !credentials && names.iter().any(|name| name == "*");
    let (methods, headers) = (list("access-control-allow-methods"), list("access-control-allow-headers"));
    let method = request("access-control-request-method").unwrap_or_default();
    let method_passes =
        matches!(&*method, "GET" | "HEAD" | "POST") || methods.contains(&method) || is_any(&methods);
    let header_passes = |asked: &String| {
        let is_listed = headers.iter().any(|name| name.eq_ignore_ascii_case(asked));
        is_listed || (is_any(&headers) && asked != "authorization")
    };
    (200..300).contains(&status) && method_passes && elements(&asked).iter().all(header_passes)
}

/// What the answer depends on, and no cache is told: a row that excuses more in `Vary` excuses no less. Answers to `OPTIONS`
/// are in no cache.
fn missing_from_vary(case: &PolicyCase, answer: &Answer) -> Option<String> {
    if case.request.method == "OPTIONS" {
        return None;
    }
    let said: Vec<&str> = answer
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("vary"))
        .map(|(_, value)| &**value)
        .collect();
    let said = elements(&said.join(","));
    let wanted = elements(value_of(&case.expect.headers, "vary").unwrap_or_default());
    wanted.into_iter().find(|name| !said.contains(name) && !said.iter().any(|one| one == "*"))
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
        // A star stands for every name but this one: `#http-access-control-allow-headers`.
        let is_covered = |one: &str| any && !(key == "allow_headers" && one == "authorization");
        let extra = |one: &String| !listed.contains(one) && !SAFELISTED.contains(&&**one) && !is_covered(one);
        given.iter().any(extra) && !own(name)
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
