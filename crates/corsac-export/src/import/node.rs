//! A text of YAML or JSON as a tree in which every value knows its place.
//!
//! JSON is read as the YAML that it is. What a text only refers to (an alias, a tag that something else fills in) is kept as
//! that, and refused by whoever would need its value. Knows nothing of CORS.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::fault::{Fault, Place};

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    /// A text without quotes, which may stand for a number, a truth value or nothing.
    Plain(String),
    List(Vec<Node>),
    Table(Vec<(Node, Node)>),
    /// What is said elsewhere: by an alias, or by what a tag stands for.
    Elsewhere(String),
}

/// Deeper than any configuration, and no danger for whoever walks down.
const DEEPEST: usize = 100;

impl Node {
    /// The text of a key or a value.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Plain(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a key, where this is a table that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let Value::Table(entries) = &self.value else { return None };
        entries.iter().find(|(own, _)| own.text() == Some(key)).map(|(_, value)| value)
    }

    /// Whether nothing is said: `null`, or no value at all.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(&self.value, Value::Plain(text) if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Itself and everything in it, from the top.
    pub(crate) fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        match &self.value {
            Value::List(entries) => entries.iter().for_each(|entry| entry.walk(visit)),
            Value::Table(entries) => entries.iter().for_each(|(_, value)| value.walk(visit)),
            Value::Text(_) | Value::Plain(_) | Value::Elsewhere(_) => {}
        }
    }
}

/// What is begun and not ended.
struct Open {
    place: Place,
    tag: Option<String>,
    is_table: bool,
    nodes: Vec<Node>,
}

/// The documents of a text.
pub(crate) fn read(text: &str) -> Result<Vec<Node>, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser::new_from_str(text);
    let (mut documents, mut open): (Vec<Node>, Vec<Open>) = (Vec::new(), Vec::new());
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let marker = error.marker();
            let place = Place { line: marker.line(), column: marker.col() + 1, width: 1 };
            let help = "look at the indentation, the quotes and the brackets there";
            Fault::new(place, format!("This is no YAML and no JSON: {}.", error.info()), help)
        })?;
        let place = place(span);
        let tag = |tag: Option<std::borrow::Cow<'_, saphyr_parser::Tag>>| {
            tag.filter(|tag| !tag.is_yaml_core_schema()).map(|tag| tag.to_string())
        };
        let node = match event {
            Event::Alias(_) => Node { place, value: Value::Elsewhere("an alias".to_owned()) },
            Event::Scalar(text, style, _, given) => {
                let value = match (tag(given), style) {
                    (Some(tag), _) => Value::Elsewhere(format!("`{tag}`")),
                    (None, ScalarStyle::Plain) => Value::Plain(text.into_owned()),
                    (None, _) => Value::Text(text.into_owned()),
                };
                Node { place, value }
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() == DEEPEST => {
                let help = "take the part that has the CORS configuration into a file of its own";
                return Err(Fault::new(place, format!("More than {DEEPEST} levels are not read."), help));
            }
            Event::SequenceStart(_, given) => {
                let place = Place { width: 1, ..place };
                open.push(Open { place, tag: tag(given), is_table: false, nodes: Vec::new() });
                continue;
            }
            Event::MappingStart(_, given) => {
                let place = Place { width: 1, ..place };
                open.push(Open { place, tag: tag(given), is_table: true, nodes: Vec::new() });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(closed) = open.pop() else { continue };
                closed.into_node()
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => continue,
        };
        match open.last_mut() {
            Some(parent) => parent.nodes.push(node),
            None => documents.push(node),
        }
    }
    Ok(documents)
}

impl Open {
    fn into_node(self) -> Node {
        let Self { place, tag, is_table, nodes } = self;
        let value = match tag {
            Some(tag) => Value::Elsewhere(format!("`{tag}`")),
            None if is_table => {
                let mut entries = Vec::with_capacity(nodes.len() / 2);
                let mut nodes = nodes.into_iter();
                while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
                    entries.push((key, value));
                }
                Value::Table(entries)
            }
            None => Value::List(nodes),
        };
        Node { place, value }
    }
}

fn place(span: Span) -> Place {
    let on_one_line = span.start.line() == span.end.line();
    let width = if on_one_line { span.len().max(1) } else { 1 };
    Place { line: span.start.line(), column: span.start.col() + 1, width }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_as_the_yaml_it_is() {
        let json = read("{\n\t\"a\": [\"\\u002a\", 1, true],\n\t\"b\\/c\": null\n}\n").expect("JSON");
        let yaml = read("a: ['*', 1, true]\n\"b/c\": null\n").expect("YAML");
        let texts = |documents: &[Node]| {
            let mut texts = Vec::new();
            documents.iter().for_each(|document| {
                document.walk(&mut |node| texts.extend(node.text().map(str::to_owned)));
            });
            texts
        };
        assert_eq!(texts(&json), texts(&yaml));
        assert_eq!(texts(&json), ["*", "1", "true", "null"]);
    }

    #[test]
    fn every_value_knows_its_place() {
        let documents = read("one: 1\n---\ntwo:\n  - äb: 'x y'\n").expect("YAML");
        let two = documents[1].get("two").expect("it is there");
        let Value::List(entries) = &two.value else { panic!("{two:?}") };
        let value = entries[0].get("äb").expect("it is there");
        assert_eq!(value.place, Place { line: 4, column: 9, width: 5 });
    }

    #[test]
    fn what_is_said_elsewhere_is_kept_as_that() {
        let documents = read("a: &x 1\nb: *x\nc: !Ref Site\nd: !Join [a, b]\n").expect("YAML");
        let elsewhere = |key| match &documents[0].get(key).expect("it is there").value {
            Value::Elsewhere(what) => what.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!([elsewhere("b"), elsewhere("c"), elsewhere("d")], ["an alias", "`!Ref`", "`!Join`"]);
    }

    #[test]
    fn what_is_neither_is_told_at_its_place_and_depth_is_bounded() {
        let fault = read("a: [1, 2\nb: 3\n").expect_err("no YAML");
        assert!(fault.message.starts_with("This is no YAML and no JSON: "), "{fault:?}");
        assert!(fault.place.is_some());
        assert!(read(&"- ".repeat(2000)).expect_err("too deep").message.contains("levels"));
        assert!(read(&"[".repeat(200_000)).is_err());
    }
}
