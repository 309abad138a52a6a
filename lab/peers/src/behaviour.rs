//! What the differences mean: a ledger of behaviours, each of which accounts for some words of some measurements.
//!
//! It holds no number: whoever shows it counts. The first entry that accounts for a word is the one it belongs to, and
//! a difference that none accounts for is a fault of the ledger.

use corsac::is_safelisted_method;

use crate::reading::elements;
use crate::{Measurement, has_patterns, is_any};

/// Something a peer does otherwise.
#[derive(Debug)]
pub struct Behaviour {
    /// How much there is to it.
    pub weight: Weight,
    /// What it does, in a few words.
    pub what: &'static str,
    /// What follows from that.
    pub consequence: &'static str,
    accounts_for: fn(&Measurement<'_>, &str) -> bool,
}

/// How much there is to a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The policy cannot be said, or not in these words.
    Setting,
    /// A page, a person at its console, a cache, the service or a stranger can come to another result.
    Matters,
    /// Nobody comes to another result.
    Taste,
}

impl PartialEq for Behaviour {
    /// An entry of the ledger is itself alone.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// The behaviours that the words of a measurement belong to, each once.
pub(crate) fn shown_by(measurement: &Measurement<'_>) -> Vec<&'static Behaviour> {
    let mut shown = Vec::new();
    for behaviour in measurement.words.iter().filter_map(|word| of(measurement, word)) {
        if !shown.contains(&behaviour) {
            shown.push(behaviour);
        }
    }
    shown
}

/// The behaviour that a word of a measurement belongs to.
fn of(measurement: &Measurement<'_>, word: &str) -> Option<&'static Behaviour> {
    LEDGER.iter().find(|behaviour| (behaviour.accounts_for)(measurement, word))
}

/// Every word that belongs to no behaviour, and every behaviour that nobody shows.
#[must_use]
pub fn faults(measurements: &[Measurement<'_>]) -> Vec<String> {
    let unaccounted = measurements.iter().flat_map(|measurement| {
        let words = measurement.words.iter().filter(|word| of(measurement, word).is_none());
        words.map(|word| {
            format!("{}: {}: no behaviour accounts for `{word}`", measurement.case.id, measurement.peer)
        })
    });
    let unseen = LEDGER
        .iter()
        .filter(|behaviour| {
            !measurements.iter().any(|measurement| measurement.behaviours.contains(behaviour))
        })
        .map(|behaviour| format!("no case shows this any more: {}", behaviour.what));
    unaccounted.chain(unseen).collect()
}

/// All of them.
pub static LEDGER: &[Behaviour] = &[
    Behaviour {
        weight: Weight::Setting,
        what: "Patterns of origins",
        consequence: "`https://*.app.example` and `http://localhost:*` have no setting; one's own code has to match \
                      them",
        accounts_for: |seen, word| word == "cannot-say" && has_patterns(&seen.policy),
    },
    Behaviour {
        weight: Weight::Setting,
        what: "`refuse_disallowed`",
        consequence: "No setting keeps actual requests of other origins from the service",
        accounts_for: |seen, word| word == "cannot-say" && seen.policy.refuse_disallowed,
    },
    Behaviour {
        weight: Weight::Setting,
        what: "Credentials with `*` for methods or headers",
        consequence: "It panics when it is set up, for browsers take `*` as a name there; `mirror_request` is its word \
                      for all",
        accounts_for: |seen, word| {
            word == "panics"
                && seen.policy.allow_credentials
                && (is_any(&seen.policy.allow_methods) || is_any(&seen.policy.allow_headers))
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "Every `OPTIONS` is answered as a preflight",
        consequence: "The service's own answer to `OPTIONS`, and its `Allow`, are never seen",
        accounts_for: |seen, _| {
            seen.case.request.method == "OPTIONS"
                && seen.case.expect.forwarded
                && !seen.is_forwarded()
                && seen.status() == 200
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "`OPTIONS` with `Access-Control-Request-Method` and without `Origin` is answered 400",
        consequence: "It is no preflight, and does not reach the service",
        accounts_for: |seen, word| {
            seen.case.expect.class == "not-cors"
                && seen.status() == 400
                && !seen.is_forwarded()
                && word != "vary"
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "A preflight for what is no method reaches the service",
        consequence: "It has `Origin` and `Access-Control-Request-Method`, so the service should not see it",
        accounts_for: |seen, word| seen.is_preflight() && seen.is_forwarded() && word != "vary",
    },
    Behaviour {
        weight: Weight::Matters,
        what: "`GET`, `HEAD` and `POST` are refused unless they are listed",
        consequence: "Browsers send preflights for them too: for a header, an upload listener, a stream. They pass \
                      once they are listed",
        accounts_for: |seen, word| {
            let method = &*seen.requested_method();
            seen.is_refused_though_allowed()
                && is_safelisted_method(method)
                && !seen.policy.allow_methods.iter().any(|listed| listed == method || listed == "*")
                && word != "vary"
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "`*` for methods is sent as the nine of HTTP",
        consequence: "Any other method is refused, `patch` in small letters and `PURGE` among them",
        accounts_for: |seen, word| {
            let refused = seen.is_refused_though_allowed() && word != "vary";
            let listed = word == "access-control-allow-methods" && seen.sent(word) != seen.wanted(word);
            is_any(&seen.policy.allow_methods)
                && seen.is_preflight()
                && (refused || listed && seen.status() == 200)
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "Empty elements in the list of requested headers are answered 400",
        consequence: "[HTTP](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2) has them ignored; browsers \
                      send none, but what stands between may",
        accounts_for: |seen, word| {
            let lines = seen
                .case
                .request
                .headers
                .iter()
                .filter(|(name, _)| name.eq_ignore_ascii_case("access-control-request-headers"));
            let has_empty = lines
                .map(|(_, line)| line.expand())
                .any(|line| line.split(',').any(|name| name.trim().is_empty()));
            seen.is_refused_though_allowed() && has_empty && word != "vary"
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "Methods and headers that are not allowed are answered 400, without CORS headers",
        consequence: "The call is blocked either way, but the browser's console says that \
                      `Access-Control-Allow-Origin` is missing, and not which method or header is",
        accounts_for: |seen, word| {
            seen.is_preflight() && !seen.is_refused_origin() && seen.status() == 400 && word != "vary"
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "Refused preflights have no `Vary`",
        consequence: "A cache that is told to keep answers to `OPTIONS` may give one origin's refusal to another",
        accounts_for: |seen, word| {
            word == "vary" && seen.status() == 400 && !seen.is_forwarded() && seen.sent(word).is_empty()
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "Of several `Vary` lines of the service, only the first is kept",
        consequence: "Caches do not learn of the others, `Cookie` for example, and may give one person's answer to \
                      another",
        accounts_for: |seen, word| {
            let sent = elements(&seen.sent(word));
            word == "vary" && seen.is_forwarded() && !elements(&seen.inner(word)).is_subset(&sent)
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "`*` for headers lets `Authorization` pass",
        consequence: "The standard wants it listed by name",
        accounts_for: |seen, word| {
            word == "access-control-allow-headers"
                && seen.case.expect.reason == "header-not-allowed"
                && is_any(&seen.policy.allow_headers)
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "Requested headers are echoed unchecked, at any length",
        consequence: "Whoever asks decides how long the answer is, and what is in it",
        accounts_for: |seen, word| {
            word == "access-control-allow-headers"
                && ["malformed-request-headers", "request-headers-over-budget"]
                    .contains(&seen.case.expect.reason.as_str())
                && seen.sent(word) == seen.asked("access-control-request-headers")
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "Only the first line of the requested headers is read",
        consequence: "Some gateways send one line a header; the call is blocked for want of the others",
        accounts_for: |seen, word| {
            let asked = seen.asked("access-control-request-headers");
            word == "access-control-allow-headers"
                && seen.is_preflight()
                && asked.len() > 1
                && seen.sent(word) == asked[..1]
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "A `*` beside other names is sent along with credentials",
        consequence: "Browsers take it for a name there, so only the others are allowed",
        accounts_for: |seen, word| {
            let names = &seen.policy.allow_headers;
            let mixed = is_any(names) && names.len() > 1 && seen.policy.allow_credentials;
            let sent = elements(&seen.sent("access-control-allow-headers"));
            mixed && sent.contains("*") && ["access-control-allow-headers", "vary"].contains(&word)
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "Of several `Origin` lines the first decides",
        consequence: "No browser sends two; what else reads the request may go by the other",
        accounts_for: |seen, word| {
            seen.case.expect.reason == "several-origins" && seen.is_granted() && word != "vary"
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "Any origin with credentials means `null` as well",
        consequence: "Every sandboxed frame and `data:` document of any site is let in, with cookies",
        accounts_for: |seen, word| {
            seen.case.expect.reason == "null-origin" && is_any(&seen.policy.allow_origins) && word != "vary"
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "Any origin with credentials means what is no origin as well",
        consequence: "Whatever stands in `Origin` is sent back as it is",
        accounts_for: |seen, word| {
            seen.case.expect.reason == "malformed-origin"
                && is_any(&seen.policy.allow_origins)
                && word != "vary"
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "The service's own CORS headers reach origins that are refused, and requests without one",
        consequence: "A forgotten `*` or echo behind the policy undoes it",
        accounts_for: |seen, word| seen.is_inners(word) && seen.case.expect.reason != "allowed",
    },
    Behaviour {
        weight: Weight::Matters,
        what: "The service's own CORS headers stand beside the policy's",
        consequence: "It can allow credentials, or expose headers, that the policy does not",
        accounts_for: |seen, word| seen.is_inners(word),
    },
    Behaviour {
        weight: Weight::Matters,
        what: "Refused origins, and requests without one, are sent the policy's other headers",
        consequence: "Browsers do not act on them without `Access-Control-Allow-Origin`; strangers learn what is \
                      allowed",
        accounts_for: |seen, word| {
            word.starts_with("access-control-") && !seen.is_granted() && seen.wanted(word).is_empty()
        },
    },
    Behaviour {
        weight: Weight::Matters,
        what: "`*` for exposed headers is sent as the names that are there",
        consequence: "It works with credentials too, but headers that are added further out stay hidden",
        accounts_for: |seen, word| {
            word == "access-control-expose-headers" && is_any(&seen.policy.expose_headers)
        },
    },
    Behaviour {
        weight: Weight::Taste,
        what: "Successful preflights are answered 200 and not 204",
        consequence: "Browsers take any 2xx",
        accounts_for: |seen, word| {
            word == "status" && seen.case.expect.status == 204 && seen.status() == 200 && seen.is_preflight()
        },
    },
    Behaviour {
        weight: Weight::Taste,
        what: "Preflights of refused origins are answered 200",
        consequence: "Browsers block for want of `Access-Control-Allow-Origin`; a log shows a success",
        accounts_for: |seen, word| {
            word == "status" && seen.case.expect.status == 403 && seen.status() == 200 && seen.is_preflight()
        },
    },
    Behaviour {
        weight: Weight::Taste,
        what: "Refused origins are answered 400 and not 403",
        consequence: "Blocked either way",
        accounts_for: |seen, word| word == "status" && seen.case.expect.status == 403 && seen.status() == 400,
    },
    Behaviour {
        weight: Weight::Taste,
        what: "Where any origin may call, answers to requests without `Origin` lack \
               `Access-Control-Allow-Origin: *`",
        consequence: "`Vary` keeps caches right; they hold another copy",
        accounts_for: |seen, word| {
            word == "access-control-allow-origin"
                && seen.case.expect.class == "not-cors"
                && seen.sent(word).is_empty()
                && !seen.sent("vary").is_empty()
        },
    },
    Behaviour {
        weight: Weight::Taste,
        what: "`Vary` names more than the answer depends on",
        consequence: "Caches hold more copies than there are answers",
        accounts_for: |seen, word| {
            let (sent, wanted) = (elements(&seen.sent(word)), elements(&seen.wanted(word)));
            word == "vary" && sent.is_superset(&wanted) && sent != wanted
        },
    },
    Behaviour {
        weight: Weight::Taste,
        what: "`Vary: Origin` is added as a line of its own, whatever is there",
        consequence: "It reads the same as one line",
        accounts_for: |seen, word| {
            word == "vary" && elements(&seen.sent(word)) == elements(&seen.wanted(word))
        },
    },
    Behaviour {
        weight: Weight::Taste,
        what: "`*` for headers is sent as what was asked for",
        consequence: "The same headers pass",
        accounts_for: |seen, word| {
            word == "access-control-allow-headers"
                && is_any(&seen.policy.allow_headers)
                && seen.case.expect.reason == "allowed"
                && seen.sent(word) == seen.asked("access-control-request-headers")
        },
    },
    Behaviour {
        weight: Weight::Taste,
        what: "A name that is listed twice is sent twice",
        consequence: "It reads the same",
        accounts_for: |seen, word| {
            let lists = ["access-control-allow-headers", "access-control-expose-headers"];
            lists.contains(&word) && elements(&seen.sent(word)) == elements(&seen.wanted(word))
        },
    },
];
