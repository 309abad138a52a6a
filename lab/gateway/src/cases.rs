//! What is asked, as a browser asks it, and what a right answer looks like.
//!
//! Knows no proxy: all are asked alike.

use crate::bodies::body;
use crate::head;
use crate::upstream::{LARGE, SMALL};

/// The page that asks.
pub(crate) const ORIGIN: &str = "https://app.example";

/// One kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    GetSmall,
    GetLarge,
    Post,
    Preflight,
}

/// How long the body of a `POST` is.
const UPLOAD: usize = 16 * 1024;

/// What a request has that is let through, and one that asks whether it would be.
const COOKIE: &str = "Cookie: session=0123456789abcdef0123456789abcdef\r\n";
const ASKS_FOR: &str =
    "Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: content-type\r\n";

/// When a client goes away in the midst of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GiveUp {
    /// When it has sent so many bytes.
    AfterSending(usize),
    /// When the first bytes of the response have come.
    OnceItCame,
}

/// A request, made beforehand.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// How long the body of the answer is.
    pub(crate) body: usize,
    pub(crate) gives_up: Option<GiveUp>,
    status: u16,
    is_preflight: bool,
}

impl Case {
    pub(crate) const ALL: [Self; 4] = [Self::GetSmall, Self::GetLarge, Self::Post, Self::Preflight];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GetSmall => "GET of 50 B",
            Self::GetLarge => "GET of 64 KiB",
            Self::Post => "POST of 16 KiB",
            Self::Preflight => "preflight",
        }
    }

    pub(crate) fn ask(self) -> Ask {
        let (line, length) = match self {
            Self::GetSmall => (format!("GET {}", SMALL.0), SMALL.1),
            Self::GetLarge => (format!("GET {}", LARGE.0), LARGE.1),
            Self::Post => (format!("POST {}", SMALL.0), SMALL.1),
            Self::Preflight => (format!("OPTIONS {}", SMALL.0), 0),
        };
        let mut text = format!(
            "{line} HTTP/1.1\r\nHost: api.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) \
             Gecko/20100101 Firefox/140.0\r\nAccept: */*\r\nAccept-Language: en-US,en;q=0.5\r\n\
             Accept-Encoding: gzip, deflate, br, zstd\r\nReferer: {ORIGIN}/\r\nOrigin: {ORIGIN}\r\n\
             Connection: keep-alive\r\nSec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-site\r\n"
        );
        let upload = if self == Self::Post { UPLOAD } else { 0 };
        text.push_str(&match self {
            Self::GetSmall | Self::GetLarge => COOKIE.to_owned(),
            Self::Post => format!("{COOKIE}Content-Type: text/plain\r\nContent-Length: {upload}\r\n"),
            Self::Preflight => ASKS_FOR.to_owned(),
        });
        text.push_str("\r\n");
        Ask {
            name: self.name(),
            bytes: [text.as_bytes(), body(upload)].concat(),
            body: length,
            gives_up: None,
            status: if self == Self::Preflight { 204 } else { 200 },
            is_preflight: self == Self::Preflight,
        }
    }
}

impl Ask {
    /// The same, by a client that goes away.
    pub(crate) fn giving_up(self, when: GiveUp) -> Self {
        Self { gives_up: Some(when), ..self }
    }

    /// Whether this is the head of a right answer: in status and length, and in its headers where one looks closely.
    pub(crate) fn is_answered_by(&self, head: &[u8], closely: bool) -> Result<(), String> {
        let status = head::status(head);
        if status != Some(self.status) {
            return Err(format!("not {}", self.status));
        }
        if self.status != 204 && head::length(head) != Some(self.body) {
            return Err(format!("not {} bytes", self.body));
        }
        if !closely {
            return Ok(());
        }
        let one = |name, wanted: &str| {
            let values: Vec<&[u8]> = head::lines(head, name).collect();
            if values == [wanted.as_bytes()] { Ok(()) } else { Err(format!("not one `{name}: {wanted}`")) }
        };
        one("Access-Control-Allow-Origin", ORIGIN)?;
        one("Access-Control-Allow-Credentials", "true")?;
        let methods = head::lines(head, "Access-Control-Allow-Methods").count();
        if methods != usize::from(self.is_preflight) {
            return Err(
                "Access-Control-Allow-Methods where it should not be, or not where it should".to_owned()
            );
        }
        let varies = |line: &[u8]| line.to_ascii_lowercase().windows(6).any(|word| word == b"origin");
        if !head::lines(head, "Vary").any(varies) {
            return Err("no `Vary: Origin`".to_owned());
        }
        Ok(())
    }
}
