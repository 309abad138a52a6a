//! The way back: what another server was told, as a policy.
//!
//! Cheap and exact. What has no equal in a policy is refused, at its place and with the reason; nothing is widened on the way,
//! and what would be narrower is refused as well, since nobody could tell. Nothing here does IO.
//!
//! ```
//! use corsac_export::{ImportSource, import};
//!
//! let rules = r#"{"CORSRules": [{"AllowedOrigins": ["https://app.example"], "AllowedMethods": ["GET", "HEAD", "POST", "PUT"]}]}"#;
//! let imported = import(rules, None).expect("a policy can say that");
//! assert_eq!(imported.source, ImportSource::S3);
//! assert_eq!(imported.config.allow_methods, ["PUT"]);
//! ```

mod draft;
mod envoy;
mod expression;
mod fault;
mod gateway_api;
mod node;
mod reader;
mod s3;
mod tower_http;

use corsac::PolicyConfig;

use crate::policy_text;

use draft::Draft;
use node::Node;
use reader::Reader;

pub use fault::{Fault as ImportFault, ImportFaults, Place as ImportPlace};

/// What can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportSource {
    /// A Gateway API `HTTPRoute` with a filter `CORS`.
    GatewayApi,
    /// Envoy's `CorsPolicy`.
    Envoy,
    /// The CORS rules of an S3 bucket.
    S3,
    /// What a `CorsLayer` of tower-http was built with, as JSON.
    TowerHttp,
}

impl ImportSource {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::GatewayApi, Self::Envoy, Self::S3, Self::TowerHttp];

    /// The name by which it is asked for: that of the target, where there is one.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GatewayApi => "gateway-api",
            Self::Envoy => "envoy",
            Self::S3 => "s3",
            Self::TowerHttp => "tower-http",
        }
    }

    /// What is read, in a few words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::GatewayApi => "a Gateway API HTTPRoute with a filter of type CORS",
            Self::Envoy => "an Envoy CorsPolicy",
            Self::S3 => "the CORS rules of an S3 bucket",
            Self::TowerHttp => "JSON that says what a CorsLayer of tower-http was built with",
        }
    }

    fn find(self, documents: &[Node]) -> Vec<&Node> {
        match self {
            Self::GatewayApi => gateway_api::find(documents),
            Self::Envoy => envoy::find(documents),
            Self::S3 => s3::find(documents),
            Self::TowerHttp => tower_http::find(documents),
        }
    }

    /// Reads what was found; `documents` are what stands around it.
    fn read(self, node: &Node, documents: &[Node], reader: &mut Reader) -> Draft {
        match self {
            Self::GatewayApi => gateway_api::read(node, documents, reader),
            Self::Envoy => envoy::read(node, documents, reader),
            Self::S3 => s3::read(node, reader),
            Self::TowerHttp => tower_http::read(node, reader),
        }
    }
}

/// A policy that says what a text said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported {
    /// What the text was.
    pub source: ImportSource,
    /// The policy's keys, which the engine has accepted.
    pub config: PolicyConfig,
    /// What is to be known beside.
    pub notes: Vec<String>,
}

impl Imported {
    /// The lines of a configuration file: `[policies.NAME]` and the keys.
    #[must_use]
    pub fn toml(&self, name: &str) -> String {
        policy_text::table(name, &self.config).expect("keys of a policy are TOML")
    }
}

/// Reads a text of YAML or JSON; without `source`, as what it can only be.
///
/// # Errors
///
/// Every reason why it cannot be a policy.
pub fn import(text: &str, source: Option<ImportSource>) -> Result<Imported, ImportFaults> {
    let documents = node::read(text).map_err(ImportFaults::of_the_file)?;
    let source = source.map_or_else(|| recognise(&documents), Ok).map_err(ImportFaults::of_the_file)?;
    let mut reader = Reader::default();
    reader.no_key_twice(&documents);
    let drafts: Vec<Draft> =
        source.find(&documents).into_iter().map(|node| source.read(node, &documents, &mut reader)).collect();
    let Some((draft, others)) = drafts.split_first() else {
        let message = format!("There is nothing to import: this is not {}.", source.title());
        let fault =
            fault::Fault::of_text(message, "look whether it is the right file, or name another format");
        return Err(ImportFaults::of_the_file(fault));
    };
    let config = draft.config();
    // What could not be read is not in a draft: the engine would complain of holes.
    if reader.faults.is_empty() {
        match others.iter().find(|other| other.config() != config) {
            Some(other) => {
                let message = "A second configuration says something else than the first.";
                let help = "take the one that is meant into a file of its own; the first is at line";
                reader.fault(other.place, message, format!("{help} {}", draft.place.line));
            }
            None => draft.judge(&mut reader),
        }
    }
    if reader.faults.is_empty() {
        return Ok(Imported { source, config, notes: draft.notes.clone() });
    }
    reader.faults.sort_by_key(|fault| fault.place);
    Err(ImportFaults::of_the_configuration(reader.faults))
}

/// What a text can only be.
fn recognise(documents: &[Node]) -> Result<ImportSource, fault::Fault> {
    let mut found = ImportSource::ALL.iter().filter(|source| !source.find(documents).is_empty());
    let names = || ImportSource::ALL.iter().map(|source| source.name()).collect::<Vec<_>>().join(", ");
    match (found.next(), found.next()) {
        (Some(source), None) => Ok(*source),
        (Some(_), Some(_)) => {
            let help = format!("name the one that is meant: one of {}", names());
            Err(fault::Fault::of_text("The text is several formats at once.", help))
        }
        (None, _) => {
            let titles = ImportSource::ALL.iter().map(|source| source.title());
            let help = format!("what can be read is {}", titles.collect::<Vec<_>>().join("; "));
            Err(fault::Fault::of_text("No CORS configuration was recognised.", help))
        }
    }
}
