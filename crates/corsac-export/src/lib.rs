//! One policy in the words of other servers: the lines that make nginx, Express, FastAPI … behave as it says.
//!
//! Never wider, never silent. What a target cannot do is refused ([`Refusal`]); what it does in a lesser way that lets
//! nobody in is written, with a comment in the text and a warning beside it ([`Export`]). Both come from one ledger,
//! [`Target::can`], which also makes `docs/exports.md`. [`import`] is the way back, for formats that can be read exactly.
//! Nothing here does IO.
//!
//! ```
//! use corsac::Policy;
//! use corsac_export::{Context, export, target};
//!
//! let policy = Policy::builder().allow_origins(["https://app.example"]).allow_methods(["PUT"]).into_policy()?;
//! let nginx = target("nginx").expect("it is one of the targets");
//! let text = export(nginx, &policy, &Context::default()).expect("nginx can do this").text;
//! assert!(text.contains(r#""~^https://app\.example$" $http_origin;"#));
//! # Ok::<(), corsac::Faults>(())
//! ```

// In reading order: what is asked for, who can do it, and how it is written.
mod difference;
mod feature;
mod parts;
mod step;
mod target;
mod targets;

mod pattern;
mod policy_text;
mod quote;

mod family;
mod page;

// The way back.
mod import;

pub use difference::Difference;
pub use family::families;
pub use feature::{Can, Feature};
pub use import::{ImportFault, ImportFaults, ImportPlace, ImportSource, Imported, import};
pub use page::page;
pub use parts::Parts;
pub use step::{Step, steps_as_text};
pub use target::{Context, Export, Lack, Peculiarity, Proof, Refusal, Target, export};
pub use targets::{target, targets};
