//! The values of a route that lead elsewhere: its path, an upstream, a folder, the name of a policy.
//!
//! Each is read and checked by itself; what they are together is in [`routes`](super::routes).

use std::net::SocketAddr;
use std::path::Path;

use toml::de::DeValue;

use super::code::Code;
use super::folder::Folder;
use super::policies::Policies;
use super::problem::{Form, Problem};
use super::reader::{Reader, Text, Value};
use super::routes::{RoutePolicy, Target};
use super::upstream::Upstream;

pub(super) fn read_path(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Text> {
    let text = reader.text(value, "`path`", "path = \"/api/\"")?;
    match path_problem(&text.value, |path| format!("write \"{path}\"")) {
        Some(problem) => {
            reader.fault_in(&text, problem);
            None
        }
        None => Some(text),
    }
}

pub(super) fn read_upstream(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    listen: Option<SocketAddr>,
) -> Option<Target> {
    const EXAMPLE: &str = "upstream = \"http://127.0.0.1:3000\"";
    let texts = reader.texts(value, "`upstream`", EXAMPLE);
    if texts.whole && texts.read.is_empty() {
        let problem =
            Problem::new(Code::UpstreamInvalid, "`upstream` has no server.", format!("write {EXAMPLE}"));
        reader.fault(&value.span(), problem);
    }
    let mut whole = texts.whole;
    let mut all: Option<Upstream> = None;
    for text in &texts.read {
        let server = Upstream::parse(&text.value, Form::Value).and_then(|upstream| {
            if listen.is_some_and(|listen| upstream.is_at(listen)) {
                let listen = listen.map(|it| it.to_string()).unwrap_or_default();
                let help = format!("write where the service listens; {listen} is where the gateway does");
                return Err(Problem::new(Code::UpstreamIsGateway, Code::UpstreamIsGateway.meaning(), help));
            }
            Ok(if text.variables.is_empty() { upstream } else { upstream.shown_as(&text.written) })
        });
        let joined = server.and_then(|server| match all.clone() {
            Some(others) => others.and(server),
            None => Ok(server),
        });
        match joined {
            Ok(joined) => all = Some(joined),
            Err(problem) => {
                whole = false;
                reader.fault_in(text, problem);
            }
        }
    }
    all.filter(|_| whole).map(Target::Upstream)
}

pub(super) fn read_files(reader: &mut Reader<'_>, value: &Value<'_>, base: &Path) -> Option<Target> {
    let text = reader.text(value, "`files`", "files = \"./dist\"")?;
    let folder = base.join(&text.value);
    let problem = match std::fs::metadata(&folder) {
        Ok(found) if found.is_dir() => {
            let shown = base.join(text.shown()).display().to_string();
            return Some(Target::Files(Folder::new(folder, shown)));
        }
        Ok(_) => {
            let message = format!("`{}` is a file.", text.value);
            Problem::new(Code::FilesNotFolder, message, "write the folder that the file is in")
        }
        Err(error) => {
            let message = match error.kind() {
                std::io::ErrorKind::NotFound => format!("There is no folder `{}`.", text.value),
                _ => format!("The folder `{}` cannot be read: {error}.", text.value),
            };
            let help = "make it, or write a path that is relative to this file";
            Problem::new(Code::FilesMissing, message, help)
        }
    };
    reader.fault_in(&text, problem);
    None
}

pub(super) fn read_policy(
    reader: &mut Reader<'_>,
    value: &Value<'_>,
    key: &str,
    policies: &mut Policies,
) -> Option<RoutePolicy> {
    let what = format!("`{key}`");
    if let DeValue::Table(_) = value.get_ref() {
        let example = format!("{key} = \"app\", and [policies.app] with its keys");
        reader.wrong_type(value, &what, "the name of a policy", &example);
        policies.use_unknown();
        return None;
    }
    let Some(text) = reader.text(value, &what, &format!("{key} = \"app\"")) else {
        policies.use_unknown();
        return None;
    };
    match policies.use_named(&text.value) {
        Ok(policy) => policy.map(|policy| RoutePolicy { name: Some(text.value), policy }),
        Err(meant) => {
            let names = policies.names().collect::<Vec<_>>().join(", ");
            let help = match meant {
                Some(meant) => format!("did you mean \"{meant}\"?"),
                None if names.is_empty() => format!("write [policies.{}] with its allow_origins", text.value),
                None => format!("the policies are {names}"),
            };
            let message = format!("There is no policy `{}`.", text.value);
            reader.fault_in(&text, Problem::new(Code::PolicyUnknown, message, help));
            None
        }
    }
}

/// What is wrong with the path of a route. `write` says how another one is written in its place.
pub(super) fn path_problem(path: &str, write: impl Fn(&str) -> String) -> Option<Problem> {
    let (message, help) = if !path.starts_with('/') {
        let bare =
            path.split_once("://").map_or(path, |(_, rest)| rest.split_once('/').map_or("", |it| it.1));
        (format!("`{path}` is not a path: it starts with a slash."), write(&format!("/{bare}")))
    } else if let Some(star) = path.find('*') {
        let help = format!("{}: a route covers everything below its path", write(&path[..star]));
        (format!("`{path}` is not a path: there are no wildcards."), help)
    } else if path.contains(['?', '#']) {
        let bare = path.split(['?', '#']).next().unwrap_or_default();
        (format!("`{path}` is not a path: queries do not decide a route."), write(bare))
    } else if path.bytes().any(|byte| !byte.is_ascii_graphic()) {
        let help = "write other characters percent-encoded, as browsers send them";
        (format!("`{path}` is not a path: it has spaces or characters beyond ASCII."), help.to_owned())
    } else if crate::path::RequestPath::new(path).map_or(true, |normal| normal.as_str() != path) {
        (format!("`{path}` is not a path: it has `.` or `..`."), "write where it leads to".to_owned())
    } else {
        return None;
    };
    Some(Problem::new(Code::RoutePathInvalid, message, help))
}
