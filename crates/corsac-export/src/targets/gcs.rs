//! Google Cloud Storage: the CORS configuration of a bucket, in the YAML that `gcloud` reads beside JSON.
//!
//! One list is for request headers and for exposed ones alike, so that a policy must mean both by each name, or the name be
//! one that pages can read or send anyway. Reference: <https://cloud.google.com/storage/docs/cross-origin>

use corsac::is_safelisted_response_header;

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Peculiarity, Proof, Target};

use super::{REFLECTION, STARRED_NAMES};

pub(super) struct Gcs;

/// What browsers take for granted where there is no max-age. The bucket's own is longer.
const BROWSERS_MAX_AGE: i64 = 5;

impl Target for Gcs {
    fn name(&self) -> &'static str {
        "gcs"
    }

    fn title(&self) -> &'static str {
        "Google Cloud Storage"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::Subdomains | Feature::AnyPort => Can::No("it knows whole origins alone; list them"),
            Feature::NullOrigin => Can::No("it is not documented"),
            Feature::Credentials | Feature::AnyMethodWithCredentials | Feature::AnyHeaderWithCredentials => {
                Can::No("it never allows credentials")
            }
            Feature::AnyHeader | Feature::AnyHeaderAndAuthorization | Feature::ExposeAny => {
                Can::No("what a `*` among its headers stands for is not documented; list the names")
            }
            Feature::RefuseDisallowed => {
                Can::No("it serves every origin whom the bucket's permissions let in")
            }
            Feature::AnyOrigin => Can::Otherwise("the headers are on answers to requests with Origin alone"),
            Feature::MaxAgeZero => Can::Otherwise("it may be left out; browsers then remember for 5 seconds"),
            Feature::RefusedPreflight => Can::Otherwise("it is answered 200 without any of the headers"),
            Feature::OwnOptions => Can::Otherwise("a bucket has none"),
            Feature::ErrorResponses => Can::Otherwise("it is not documented"),
            Feature::Vary => Can::Otherwise(
                "it is not documented; where a CDN stands in front, let it forward Origin and cache by it",
            ),
            Feature::AnyMethod
            | Feature::NoContentType
            | Feature::InnerHeaders
            | Feature::BeforeAuthentication => Can::Yes,
        }
    }

    fn peculiarities(&self) -> &'static [Peculiarity] {
        &[
            STARRED_NAMES,
            Peculiarity {
                title: "request headers that are not exposed, or the other way round",
                can: Can::No(
                    "one list is for both; write the same names in allow_headers and expose_headers, if you mean both",
                ),
                is_asked_by: |policy| {
                    let is_in = |names: &[String], name: &String| {
                        names.iter().any(|own| own.eq_ignore_ascii_case(name))
                    };
                    let mut sent = policy.headers.iter();
                    let mut read = policy.expose.iter().filter(|name| *name != "*");
                    sent.any(|name| !is_in(&policy.expose, name) && !is_safelisted_response_header(name))
                        || read.any(|name| !is_in(&policy.headers, name))
                },
            },
            Peculiarity {
                title: "the JSON API",
                can: Can::Otherwise(
                    "a bucket's configuration governs the XML API; the JSON API answers every origin, whatever it says",
                ),
                is_asked_by: |_| true,
            },
        ]
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "Save it as cors.yaml; then gcloud storage buckets update gs://YOUR-BUCKET --cors-file=cors.yaml"
    }

    fn extension(&self) -> &'static str {
        "yaml"
    }

    fn proof(&self) -> Proof {
        Proof::Parsed("a parser of YAML, and a model of what is documented; Google did not run them")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        let origins = match &policy.origins {
            Origins::Any => vec!["*".to_owned()],
            Origins::Listed(patterns) => patterns.iter().map(|pattern| pattern.text.clone()).collect(),
        };
        let methods = match policy.any_method {
            true => vec!["*".to_owned()],
            false => super::with_safelisted(&policy.methods),
        };
        let mut lines = format!("- origin: {}\n  method: {}\n", quote::list(&origins), quote::list(&methods));
        if !policy.headers.is_empty() {
            lines.push_str(&format!("  responseHeader: {}\n", quote::list(&policy.headers)));
        }
        lines.push_str(&format!("  maxAgeSeconds: {}\n", policy.max_age.unwrap_or(BROWSERS_MAX_AGE)));
        Ok(lines)
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![
            Step::save("cors.yaml", &self.write(policy, context)?),
            Step::put(
                "In a terminal, with your bucket's name",
                "gcloud storage buckets update gs://YOUR-BUCKET --cors-file=cors.yaml",
            ),
        ])
    }
}
