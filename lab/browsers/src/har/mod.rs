//! The recordings that `corsac har` is held against: one page with a call of each kind, recorded by real developer tools.
//!
//! The files are kept in `vectors/har`, with addresses that are always the same.

mod shop;

use std::io;
use std::path::PathBuf;

use corsac_browser::Browser;

use crate::engine::EngineError;
use crate::engine::recorder::{Export, Visit, record};
use shop::Shop;

/// A recording was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The servers could not be started.
    #[error("no server: {0}")]
    Servers(#[from] io::Error),
    /// The browser did not record.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Has a browser visit the shop, and gives what its developer tools export.
///
/// # Errors
///
/// If there is no server to visit, or the browser does not record.
pub async fn export(browser: Browser) -> Result<Vec<Export>, RecordingError> {
    let shop = Shop::open()?;
    let visit = Visit {
        ready: format!("{}/ready", shop.page()),
        url: format!("{}/", shop.page()),
        title: "Shop, done".to_owned(),
        last: ("/silent".to_owned(), 2),
    };
    let exports = record(browser, &visit).await?;
    Ok(exports
        .into_iter()
        .map(|export| Export { text: shop.with_usual_ports(&export.text), ..export })
        .collect())
}

/// Where the recordings are kept.
#[must_use]
pub fn folder() -> PathBuf {
    corsac_vectors::folder().join("har")
}
