//! `pass_credentials` of a route: what a third party is given of a user's credentials, and may give back.
//!
//! Knows how it is written; the headers are in [`crate::third_party`].

use super::code::Code;
use super::problem::Problem;
use super::reader::{Reader, Value};
use super::suggest::nearest;

/// Which credentials pass. None do, unless they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Credentials {
    /// `Cookie`, and `Set-Cookie` on the way back.
    pub(crate) cookie: bool,
    /// `Authorization`, and `WWW-Authenticate` on the way back.
    pub(crate) authorization: bool,
}

const COOKIE: &str = "cookie";
const AUTHORIZATION: &str = "authorization";

impl Credentials {
    pub(super) fn read(reader: &mut Reader<'_>, value: &Value<'_>) -> Self {
        let mut credentials = Self::default();
        for text in reader.texts(value, "`pass_credentials`", "pass_credentials = [\"cookie\"]").read {
            let written = text.value.to_ascii_lowercase();
            match written.as_str() {
                COOKIE => credentials.cookie = true,
                AUTHORIZATION => credentials.authorization = true,
                _ => {
                    let message = format!("`{}` is not a kind of credentials.", text.value);
                    let help = match nearest(&written, [COOKIE, AUTHORIZATION]) {
                        Some(meant) => format!("did you mean \"{meant}\"?"),
                        None => {
                            format!("write \"{COOKIE}\", which covers Set-Cookie, or \"{AUTHORIZATION}\"")
                        }
                    };
                    reader.fault_in(&text, Problem::new(Code::CredentialUnknown, message, help));
                }
            }
        }
        credentials
    }

    /// Whether any pass.
    pub(crate) fn any(self) -> bool {
        self.cookie || self.authorization
    }

    /// As they are written.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        [(COOKIE, self.cookie), (AUTHORIZATION, self.authorization)]
            .into_iter()
            .filter_map(|(name, passes)| passes.then_some(name))
    }
}
