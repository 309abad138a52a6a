//! `corsac origin`: what a browser calls the origin of a URL, and how two of them relate.

mod json;

use corsac::Origin;

use crate::args::OriginOf;
use crate::complaint::Complaint;
use crate::exit::Exit;
use crate::printer::Printer;

pub(crate) fn run(arguments: &OriginOf, printer: &Printer) -> Result<Exit, Complaint> {
    let one = Origin::of_url(&arguments.one.0);
    let Some(two) = &arguments.two else {
        if arguments.json {
            printer.line(json::json(&one, None, Vec::new()));
            return Ok(Exit::AsHoped);
        }
        printer.line(&one);
        if let Origin::Opaque = one {
            printer
                .note(format!("pages of {}: are opaque; they send `Origin: null`", arguments.one.0.scheme()));
        }
        return Ok(Exit::AsHoped);
    };
    let two = Origin::of_url(&two.0);
    let answer = |yes| if yes { "yes" } else { "no" };
    let same_origin = one.is_same_origin(&two);
    let exit = if same_origin { Exit::AsHoped } else { Exit::Blocked };
    let differences = if same_origin { Vec::new() } else { differences(&one, &two) };
    if arguments.json {
        printer.line(json::json(&one, Some(&two), differences));
        return Ok(exit);
    }
    printer.line(format!("{one}"));
    printer.line(format!("{two}"));
    printer.line(format!("same origin  {}", answer(same_origin)));
    printer.line(format!("same site    {}", answer(one.is_same_site(&two))));
    if !same_origin {
        printer.indented("differs in   ", &differences.join(", "));
    }
    Ok(exit)
}

fn differences(one: &Origin, two: &Origin) -> Vec<String> {
    let (Some(one), Some(two)) = (one.as_tuple(), two.as_tuple()) else {
        return vec!["an opaque origin is never the same as any other".to_owned()];
    };
    let port = |port: Option<u16>| port.map_or_else(|| "default".to_owned(), |port| port.to_string());
    let mut parts = Vec::new();
    if one.scheme() != two.scheme() {
        parts.push(format!("scheme ({}, {})", one.scheme(), two.scheme()));
    }
    if one.host() != two.host() {
        parts.push(format!("host ({}, {})", one.host(), two.host()));
    }
    if one.port() != two.port() {
        parts.push(format!("port ({}, {})", port(one.port()), port(two.port())));
    }
    parts
}
