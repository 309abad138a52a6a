//! `[tls]`: the certificates that clients are shown, with their keys; `[[tls]]` for each of several.
//!
//! Reads the files and checks what is in them; which certificate a connection is shown is in [`crate::tls`].

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use rustls::sign::CertifiedKey;
use toml::de::{DeTable, DeValue};

use super::certificate::{Chain, Key};
use super::code::Code;
use super::inputs::Digest;
use super::keys;
use super::problem::Problem;
use super::reader::{Reader, Text, Value};

/// The certificates, the one for all other names first; there is at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tls {
    pub(crate) pairs: Vec<Pair>,
}

/// A certificate and its key.
#[derive(Clone)]
pub(crate) struct Pair {
    /// The file of the certificate, for people.
    pub(crate) shown: String,
    /// The names the certificate is for, in lower case; `*.` stands for one label.
    pub(crate) names: Vec<String>,
    pub(crate) expires: Option<SystemTime>,
    pub(crate) certified: Arc<CertifiedKey>,
    /// What the two files held.
    held: [Digest; 2],
}

/// The same where the files held the same, wherever they are.
impl PartialEq for Pair {
    fn eq(&self, other: &Self) -> bool {
        self.held == other.held
    }
}

impl Eq for Pair {}

impl fmt::Debug for Pair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shown, names, expires, .. } = self;
        formatter
            .debug_struct("Pair")
            .field("certificate", shown)
            .field("names", names)
            .field("expires", expires)
            .finish_non_exhaustive()
    }
}

const EXAMPLE: &str = "[tls] above `certificate` and `key`, or [[tls]] above each of several";

impl Tls {
    /// `folder` is what the paths are relative to. Nothing where a fault is in it.
    pub(crate) fn read(reader: &mut Reader<'_>, value: &Value<'_>, folder: &Path) -> Option<Self> {
        let tables: Vec<&Value<'_>> = match value.get_ref() {
            DeValue::Array(tables) => tables.iter().collect(),
            _ => vec![value],
        };
        if tables.is_empty() {
            reader.fault(&value.span(), incomplete());
        }
        let mut pairs: Vec<Pair> = Vec::new();
        for value in tables {
            let Some(table) = reader.table(value, "`tls`", EXAMPLE) else { continue };
            let Some((pair, certificate)) = read_pair(reader, &value.span(), table, folder) else { continue };
            if is_never_shown(&pair, &pairs) {
                let message = format!("No client is shown the certificate in `{}`.", pair.shown);
                let help = match pair.names.is_empty() {
                    true => "clients ask by name, and it has none: remove it, or put it first",
                    false => "one that stands before it has all of its names: remove one of them",
                };
                reader.advise(&certificate, Problem::new(Code::CertificateNeverShown, message, help));
            }
            pairs.push(pair);
        }
        (!pairs.is_empty()).then_some(Self { pairs })
    }
}

/// Whether others come before it, whoever asks. For clients that do not know its kind of key they do not.
fn is_never_shown(pair: &Pair, others: &[Pair]) -> bool {
    let kind = |pair: &Pair| pair.certified.key.algorithm();
    let mut before = others.iter().filter(|other| kind(other) == kind(pair)).peekable();
    let is_first_of_its_kind = before.peek().is_none();
    let taken: Vec<&String> = before.flat_map(|other| &other.names).collect();
    !is_first_of_its_kind && pair.names.iter().all(|name| taken.contains(&name))
}

fn incomplete() -> Problem {
    let help = "write certificate = \"fullchain.pem\" and key = \"privkey.pem\" below it";
    Problem::new(Code::TlsIncomplete, Code::TlsIncomplete.meaning(), help)
}

/// The pair, and where its certificate is named.
fn read_pair(
    reader: &mut Reader<'_>,
    header: &Range<usize>,
    table: &DeTable<'_>,
    folder: &Path,
) -> Option<(Pair, Range<usize>)> {
    let (mut chain, mut key) = (None, None);
    let mut written = Vec::new();
    for (name, value) in table {
        match name.get_ref().as_ref() {
            "certificate" => {
                written.push("certificate");
                let example = "certificate = \"fullchain.pem\"";
                chain = read_file(reader, value, folder, "`certificate`", example, Chain::parse);
            }
            "key" => {
                written.push("key");
                key = read_file(reader, value, folder, "`key`", "key = \"privkey.pem\"", Key::parse);
            }
            _ => {
                let elsewhere: &[(&[&str], &str)] = &[(
                    &["listen", "admin", "trusted_proxies"],
                    "the top of the file, above the first table",
                )];
                written.extend(reader.unknown_key(name, "[tls]", keys::TLS, elsewhere));
            }
        }
    }
    if keys::TLS.iter().any(|known| !written.contains(known)) {
        reader.fault(header, incomplete());
    }
    if let Some(File { text, content: chain, .. }) = &chain
        && let Some(problem) = chain.advice(text.shown(), SystemTime::now())
    {
        reader.advise(&text.span, problem);
    }
    let (chain, key) = (chain?, key?);
    let (names, expires) = (chain.content.names.clone(), chain.content.expires());
    match chain.content.with(key.content, (chain.text.shown(), key.text.shown())) {
        Ok(certified) => {
            let (shown, held) = (chain.text.shown().to_owned(), [chain.digest, key.digest]);
            let pair = Pair { shown, names, expires, certified: Arc::new(certified), held };
            Some((pair, chain.text.span))
        }
        Err(problem) => {
            reader.fault(&key.text.span, problem);
            None
        }
    }
}

/// A file that could be read, and what it holds.
struct File<Content> {
    text: Text,
    digest: Digest,
    content: Content,
}

fn read_file<Content>(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    folder: &Path,
    what: &str,
    example: &str,
    parse: impl FnOnce(&[u8], &str) -> Result<Content, Problem>,
) -> Option<File<Content>> {
    let text = reader.text(value, what, example)?;
    // As it was written: a message has no value of a variable.
    let shown = text.shown();
    let read = reader.inputs.read(folder.join(&text.value), shown.to_owned());
    let parsed = read
        .map_err(|error| unreadable(shown, &error))
        .and_then(|bytes| Ok((Digest::of(&bytes), parse(&bytes, shown)?)));
    match parsed {
        Ok((digest, content)) => Some(File { text, digest, content }),
        Err(problem) => {
            reader.fault(&text.span, problem);
            None
        }
    }
}

fn unreadable(shown: &str, error: &io::Error) -> Problem {
    let (message, help) = match error.kind() {
        io::ErrorKind::NotFound => {
            (format!("There is no file `{shown}`."), "write a path that is relative to this file")
        }
        io::ErrorKind::PermissionDenied => (
            format!("This user may not read `{shown}`."),
            "let the user that the gateway runs as read it, by its group for one",
        ),
        io::ErrorKind::IsADirectory => {
            (format!("`{shown}` is a folder."), "write the path of a PEM file in it")
        }
        _ => (format!("`{shown}` cannot be read: {error}."), "look at the file and its folders"),
    };
    Problem::new(Code::TlsFileUnreadable, message, help)
}
