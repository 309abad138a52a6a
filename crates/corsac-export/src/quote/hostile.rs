//! The texts that a quoting must survive.

use proptest::prelude::*;

/// All its special letters, and any others.
pub(super) fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![r#"["'\\$`%{}#;/\[\]\n\r a-c.]{0,12}"#, any::<String>()]
}
