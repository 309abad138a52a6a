//! The zoo: broken APIs, written as people write them, and what must come of each.
//!
//! A case is seen failing by a page in a real Chromium, concluded by `corsac check`, mended by the steps that it
//! prints, as they are printed, and seen to pass; a page of another origin still fails. Judges nothing about CORS
//! itself: the browser and the command do.

mod application;
mod apply;
mod browser;
mod cache;
mod case;
mod check;
mod matrix;
mod names;
mod page_code;
mod pages;
mod rust;
mod server;
mod table;
mod trial;

pub use application::Application;
pub use apply::{Mended, NotApplied, Step, apply};
pub use browser::{Browser, BrowserError};
pub use cache::{Cache, Manner};
pub use case::{Call, Case, Expectation, Source, cases};
pub use check::{Concluded, Fix};
pub use matrix::Says;
pub use names::Names;
pub use pages::Pages;
pub use server::{Served, ServerError, missing_part};
pub use table::{Row, Table};
pub use trial::{Zoo, observe};

/// The zoo's own folder.
pub(crate) fn folder() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}
