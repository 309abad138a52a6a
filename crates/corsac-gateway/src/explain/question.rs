//! The question: what a page would ask, read from the parameters of a query.
//!
//! All that is wrong is told at once. Knows no routes and no policies.

use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, ORIGIN};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, Method};
use serde_json::{Value, json};

use crate::config::nearest;

/// The parameters, with an example of each.
const PARAMETERS: [(&str, &str); 5] = [
    ("origin", "origin=https://app.example"),
    ("method", "method=PUT"),
    ("path", "path=/api/users"),
    ("headers", "headers=content-type,authorization"),
    ("class", "class=preflight or class=actual"),
];

/// Those that cannot be left out.
const REQUIRED: [&str; 3] = ["origin", "method", "path"];

/// What a page would ask.
#[derive(Debug)]
pub(crate) struct Question {
    origin: HeaderValue,
    method: Method,
    path: String,
    headers: Option<HeaderValue>,
    is_preflight: bool,
}

/// What is wrong with the parameters.
#[derive(Debug, Default)]
pub(crate) struct Unasked(Vec<(String, String, String)>);

impl Question {
    /// Reads the parameters.
    pub(crate) fn parse(query: &str) -> Result<Self, Unasked> {
        let mut wrong = Unasked::default();
        let mut values: [Option<String>; PARAMETERS.len()] = Default::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match PARAMETERS.iter().position(|(known, _)| *known == name) {
                None => wrong.unknown(&name),
                Some(index) if values[index].is_some() => {
                    wrong.add(&name, format!("`{name}` is given twice."), "give it once".into());
                }
                Some(index) => values[index] = Some(value.into_owned()),
            }
        }
        let [origin, method, path, headers, class] = values.map(|value| value.filter(|it| !it.is_empty()));
        for (name, value) in REQUIRED.into_iter().zip([&origin, &method, &path]) {
            if value.is_none() {
                wrong.add(name, format!("`{name}` is missing."), format!("write {}", example(name)));
            }
        }
        let origin = origin.and_then(|text| wrong.check("origin", HeaderValue::from_str(&text), &text));
        let method =
            method.and_then(|text| wrong.check("method", Method::from_bytes(text.as_bytes()), &text));
        let path = path.and_then(|text| wrong.check("path", read_path(&text), &text));
        let names = headers.and_then(|text| wrong.check("headers", read_names(&text), &text));
        let class = class.and_then(|text| wrong.check("class", read_class(&text), &text));
        match (origin, method, path) {
            (Some(origin), Some(method), Some(path)) if wrong.0.is_empty() => {
                let headers = names.filter(|names| !names.is_empty());
                let asks_first = headers.is_some() || !is_simple(&method);
                Ok(Self { origin, method, path, headers, is_preflight: class.unwrap_or(asks_first) })
            }
            _ => Err(wrong),
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn is_preflight(&self) -> bool {
        self.is_preflight
    }

    /// The method and headers that the browser would send.
    pub(super) fn request(&self) -> (Method, HeaderMap) {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, self.origin.clone());
        if !self.is_preflight {
            return (self.method.clone(), headers);
        }
        let method = HeaderValue::from_str(self.method.as_str()).expect("a method is visible ASCII");
        headers.insert(ACCESS_CONTROL_REQUEST_METHOD, method);
        if let Some(names) = &self.headers {
            headers.insert(ACCESS_CONTROL_REQUEST_HEADERS, names.clone());
        }
        (Method::OPTIONS, headers)
    }
}

impl Unasked {
    /// What is wrong and what to write, for each parameter.
    pub(crate) fn to_json(&self) -> Value {
        let errors = self.0.iter().map(
            |(parameter, message, help)| json!({ "parameter": parameter, "message": message, "help": help }),
        );
        json!({ "version": 1, "errors": errors.collect::<Vec<_>>() })
    }

    fn add(&mut self, parameter: &str, message: String, help: String) {
        self.0.push((parameter.to_owned(), message, help));
    }

    fn unknown(&mut self, name: &str) {
        let known = PARAMETERS.map(|(known, _)| known);
        let help = match nearest(name, known) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the parameters are {}", known.join(", ")),
        };
        self.add(name, format!("`{name}` is not a parameter."), help);
    }

    fn check<T, E>(&mut self, name: &str, read: Result<T, E>, text: &str) -> Option<T> {
        if read.is_err() {
            self.add(name, format!("`{text}` cannot be {}.", what(name)), format!("write {}", example(name)));
        }
        read.ok()
    }
}

fn example(name: &str) -> &'static str {
    PARAMETERS.iter().find(|(known, _)| *known == name).map_or("", |(_, example)| example)
}

fn what(name: &str) -> &'static str {
    match name {
        "origin" => "an Origin header",
        "method" => "a method",
        "path" => "the path of a request: it begins with a slash and is percent-encoded",
        "headers" => "a list of header names",
        _ => "a class",
    }
}

/// The path alone: queries decide nothing.
fn read_path(text: &str) -> Result<String, ()> {
    let target: PathAndQuery = text.parse().map_err(|_| ())?;
    if text.starts_with('/') { Ok(target.path().to_owned()) } else { Err(()) }
}

/// The names as a browser sends them: in lower case, sorted, each once.
fn read_names(text: &str) -> Result<HeaderValue, ()> {
    let names = text.split(',').map(|name| HeaderName::from_bytes(name.trim().as_bytes()));
    let mut names: Vec<String> =
        names.map(|name| name.map(|it| it.as_str().to_owned())).collect::<Result<_, _>>().map_err(|_| ())?;
    names.sort_unstable();
    names.dedup();
    HeaderValue::from_str(&names.join(",")).map_err(|_| ())
}

/// Whether it is a preflight.
fn read_class(text: &str) -> Result<bool, ()> {
    match text {
        "preflight" => Ok(true),
        "actual" => Ok(false),
        _ => Err(()),
    }
}

/// Methods about which no browser asks first.
fn is_simple(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::POST)
}

#[cfg(test)]
mod tests {
    use super::Question;

    #[test]
    fn what_a_browser_would_send_is_asked() {
        for (query, method, headers) in [
            ("origin=https://a&method=GET&path=/x", "GET", ""),
            ("origin=https://a&method=PUT&path=/x?y", "OPTIONS", "PUT"),
            ("origin=https://a&method=PUT&path=/x&class=actual", "PUT", ""),
            ("origin=null&method=GET&path=/x&headers=X-B,%20a,x-b", "OPTIONS", "GET a,x-b"),
            ("origin=https%3A%2F%2Fa&method=GET&path=%2Fx&class=preflight", "OPTIONS", "GET"),
        ] {
            let question = Question::parse(query).unwrap_or_else(|wrong| panic!("{query}: {wrong:?}"));
            let (asked, lines) = question.request();
            let text = |name: &str| lines.get(name).map(|value| value.to_str().expect("text"));
            let asks: Vec<_> =
                [text("access-control-request-method"), text("access-control-request-headers")]
                    .into_iter()
                    .flatten()
                    .collect();
            assert_eq!((asked.as_str(), asks.join(" ").as_str()), (method, headers), "{query}");
            assert_eq!(question.path(), "/x");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        for (query, expected) in [
            (
                "",
                vec![("origin", "origin=https://app.example"), ("method", "method=PUT"), ("path", "path=/")],
            ),
            ("origin=a&method=P UT&path=x", vec![("method", "method=PUT"), ("path", "path=/")]),
            (
                "origin=a&methd=PUT&path=/",
                vec![("methd", "did you mean `method`?"), ("method", "method=PUT")],
            ),
            ("origin=a&method=PUT&path=/&path=/", vec![("path", "once")]),
            (
                "origin=a&method=PUT&path=/&class=x&headers=a b&zzzzzzzz=1",
                vec![("zzzzzzzz", "the parameters are"), ("headers", "headers="), ("class", "class=actual")],
            ),
            ("origin=a%0Ab&method=PUT&path=/%20b", vec![("origin", "origin="), ("path", "path=")]),
        ] {
            let wrong = Question::parse(query).expect_err(query).to_json();
            let errors = wrong["errors"].as_array().expect("a list");
            assert_eq!(errors.len(), expected.len(), "{query}: {wrong}");
            for (error, (parameter, help)) in errors.iter().zip(expected) {
                assert_eq!(error["parameter"], parameter, "{query}");
                assert!(error["help"].as_str().is_some_and(|text| text.contains(help)), "{query}: {error}");
            }
        }
    }
}
