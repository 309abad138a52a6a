//! What answers: the server or framework, as far as its headers tell.
//!
//! Recognises; concludes nothing about CORS. A person can always name the stack instead.

use std::fmt;
use std::str::FromStr;

use corsac_browser::HeaderList;

/// A server or framework that a fix can be written for, or that is at least worth naming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stack {
    /// Express on Node.
    Express,
    /// FastAPI, or Starlette beneath it.
    FastApi,
    /// nginx.
    Nginx,
}

impl Stack {
    /// Every stack.
    pub const ALL: [Self; 3] = [Self::Express, Self::FastApi, Self::Nginx];

    /// The stable identifier.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Express => "express",
            Self::FastApi => "fastapi",
            Self::Nginx => "nginx",
        }
    }

    /// The name its makers give it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Express => "Express",
            Self::FastApi => "FastAPI",
            Self::Nginx => "nginx",
        }
    }

    /// What the response's headers give away. The application counts before the proxy in front of it: it is where
    /// most people can change something.
    #[must_use]
    pub fn recognize(headers: &HeaderList) -> Option<Self> {
        let has = |name: &str, part: &str| {
            headers.get_text(name).is_some_and(|value| value.to_ascii_lowercase().contains(part))
        };
        if has("x-powered-by", "express") {
            Some(Self::Express)
        } else if has("server", "uvicorn") || has("server", "hypercorn") {
            Some(Self::FastApi)
        } else if has("server", "nginx") || has("server", "openresty") {
            Some(Self::Nginx)
        } else {
            None
        }
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Stack {
    type Err = UnknownStack;

    fn from_str(text: &str) -> Result<Self, UnknownStack> {
        match text.to_ascii_lowercase().as_str() {
            "express" => Ok(Self::Express),
            "fastapi" | "starlette" => Ok(Self::FastApi),
            "nginx" => Ok(Self::Nginx),
            _ => Err(UnknownStack(text.to_owned())),
        }
    }
}

/// A text that names no known stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownStack(String);

impl fmt::Display for UnknownStack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = Stack::ALL.iter().map(|stack| stack.as_str()).collect();
        write!(
            formatter,
            "`{}` is not a stack Corsac writes fixes for; it knows {}",
            self.0,
            known.join(", ")
        )
    }
}

impl std::error::Error for UnknownStack {}

/// Whether a firewall, a bot filter or a CDN's own page speaks here, by the marks they leave.
pub(crate) fn is_shield(headers: &HeaderList) -> bool {
    let server = headers.get_text("server").unwrap_or_default().to_ascii_lowercase();
    ["cloudflare", "akamaighost", "awselb", "cloudfront", "sucuri", "imperva", "big-ip"]
        .iter()
        .any(|mark| server.contains(mark))
        || ["cf-mitigated", "x-sucuri-id", "x-iinfo", "x-amzn-waf-action"]
            .iter()
            .any(|name| headers.contains(name))
}
