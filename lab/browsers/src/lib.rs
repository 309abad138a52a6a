//! The lab's browsers: Chromium, Firefox and WebKit, held against what Corsac predicts of them.

pub mod engine;
