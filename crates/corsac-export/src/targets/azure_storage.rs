//! Azure Storage: one rule for the Blob service, as commands of the Azure command line.
//!
//! Reference: <https://learn.microsoft.com/rest/api/storageservices/cross-origin-resource-sharing--cors--support-for-the-azure-storage-services>

use crate::feature::{Can, Feature};
use crate::parts::{Origins, Parts};
use crate::quote;
use crate::step::Step;
use crate::target::{Context, Peculiarity, Proof, Target};

use super::{REFLECTION, STARRED_NAMES};

pub(super) struct AzureStorage;

/// All that the command takes, but for `MERGE`, which is its tables' own.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];

/// What browsers take for granted where there is no max-age. A rule's own is nought.
const BROWSERS_MAX_AGE: i64 = 5;

/// How many names a list can hold, and how long each can be.
const LONGEST_LIST: usize = 64;
const LONGEST_NAME: usize = 256;

impl Target for AzureStorage {
    fn name(&self) -> &'static str {
        "azure-storage"
    }

    fn title(&self) -> &'static str {
        "Azure Storage"
    }

    fn can(&self, feature: Feature) -> Can {
        match feature {
            Feature::AnyOriginWithCredentials => Can::No(REFLECTION),
            Feature::Subdomains | Feature::AnyPort => Can::No("it knows whole origins alone; list them"),
            Feature::NullOrigin => Can::No("it is not documented"),
            Feature::AnyHeader => Can::No(
                "its `*` repeats whatever is asked for, and so allows Authorization too; list the headers",
            ),
            Feature::RefuseDisallowed => Can::No("it serves every origin whom the account's keys let in"),
            Feature::AnyMethod | Feature::AnyMethodWithCredentials => {
                Can::Otherwise("the six methods that the command takes are written out")
            }
            Feature::ExposeAny => Can::Otherwise("it writes out the names that the response has"),
            Feature::AnyOrigin => Can::Otherwise("the headers are on answers to requests with Origin alone"),
            Feature::OwnOptions => {
                Can::Otherwise("a container has none; what is no preflight is answered 400")
            }
            Feature::ErrorResponses => {
                Can::Otherwise("it is not documented; the emulator puts the headers on them")
            }
            Feature::Vary => Can::Otherwise(
                "where a CDN stands in front, let it forward Origin and cache by it, whatever Vary says",
            ),
            Feature::Credentials
            | Feature::AnyHeaderAndAuthorization
            | Feature::AnyHeaderWithCredentials
            | Feature::NoContentType
            | Feature::MaxAgeZero
            | Feature::RefusedPreflight
            | Feature::InnerHeaders
            | Feature::BeforeAuthentication => Can::Yes,
        }
    }

    fn peculiarities(&self) -> &'static [Peculiarity] {
        &[
            STARRED_NAMES,
            Peculiarity {
                title: "no credentials",
                can: Can::Otherwise(
                    "every preflight that is allowed says Access-Control-Allow-Credentials: true, and so does every answer \
                     to a listed origin. Azure Storage reads no cookies itself; what stands in front of it may",
                ),
                is_asked_by: |policy| !policy.credentials,
            },
            Peculiarity {
                title: "methods beside GET, HEAD, POST, PUT, DELETE and OPTIONS",
                can: Can::No("the command takes no others; take them out of allow_methods"),
                is_asked_by: |policy| policy.methods.iter().any(|name| !METHODS.contains(&&**name)),
            },
            Peculiarity {
                title: "more than 64 origins or headers, or names of more than 256 letters",
                can: Can::No("a rule has no room for them"),
                is_asked_by: |policy| {
                    let origins: Vec<String> = policy.listed().iter().map(|own| own.text.clone()).collect();
                    [&origins, &policy.headers, &policy.expose].into_iter().any(|names| {
                        names.len() > LONGEST_LIST || names.iter().any(|name| name.len() > LONGEST_NAME)
                    })
                },
            },
        ]
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn place(&self) -> &'static str {
        "Run it in a shell, with your account's name. It replaces the rules of the Blob service."
    }

    fn extension(&self) -> &'static str {
        "sh"
    }

    fn proof(&self) -> Proof {
        Proof::Parsed("a shell, and a model of what is documented; Azure did not run them")
    }

    fn write(&self, policy: &Parts, _: &Context) -> Result<String, String> {
        let origins = match &policy.origins {
            Origins::Any => vec!["*".to_owned()],
            Origins::Listed(patterns) => patterns.iter().map(|pattern| pattern.text.clone()).collect(),
        };
        let methods = match policy.any_method {
            true => METHODS.map(str::to_owned).into(),
            false => super::with_safelisted(&policy.methods),
        };
        let headers = if policy.any_header { vec!["*".to_owned()] } else { policy.headers.clone() };
        let expose =
            if policy.expose.iter().any(|name| name == "*") { &["*".to_owned()] } else { &policy.expose[..] };
        let mut lines = String::from(
            "az storage cors clear --services b --account-name YOUR-ACCOUNT\n\
             az storage cors add --services b --account-name YOUR-ACCOUNT \\\n",
        );
        for (key, values) in [
            ("origins", &origins[..]),
            ("methods", &methods),
            ("allowed-headers", &headers),
            ("exposed-headers", expose),
        ] {
            let words: Vec<String> = values.iter().map(|value| word(value)).collect::<Result<_, _>>()?;
            if !words.is_empty() {
                lines.push_str(&format!("  --{key} {} \\\n", words.join(" ")));
            }
        }
        lines.push_str(&format!("  --max-age {}\n", policy.max_age.unwrap_or(BROWSERS_MAX_AGE)));
        Ok(lines)
    }

    fn steps(&self, policy: &Parts, context: &Context) -> Result<Vec<Step>, String> {
        Ok(vec![Step::put(
            "In a terminal, with your account's name; this replaces the rules of the Blob service",
            &self.write(policy, context)?,
        )])
    }
}

/// A value that is no option of the command.
fn word(value: &str) -> Result<String, String> {
    let is_value = !value.starts_with(['-', '@']);
    quote::shell(value).filter(|_| is_value).ok_or_else(|| value.to_owned())
}
