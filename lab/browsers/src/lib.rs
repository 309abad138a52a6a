//! The lab's browsers: Chromium, Firefox and WebKit, held against what Corsac predicts of them.

pub mod compare;
pub mod engine;
pub mod generate;
pub mod har;
pub mod known;
pub mod observe;
pub mod options;
pub mod origins;
pub mod page;
pub mod predict;
pub mod printed;
pub mod report;
pub mod run;
pub mod scenario;
pub mod vector;
