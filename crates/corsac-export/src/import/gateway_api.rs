//! The `CORS` filter of a Gateway API `HTTPRoute`.
//!
//! Spec: <https://gateway-api.sigs.k8s.io/reference/spec/#httpcorsfilter>. A star in a host stands for any number of labels, as
//! in a policy, and safelisted methods are always allowed; with credentials, stars for methods and headers repeat what is asked.

use super::draft::Draft;
use super::node::Node;
use super::reader::Reader;

const KEYS: &[&str] =
    &["allowOrigins", "allowCredentials", "allowMethods", "allowHeaders", "exposeHeaders", "maxAge"];

/// The filters of a text.
pub(crate) fn find(documents: &[Node]) -> Vec<&Node> {
    let mut found = Vec::new();
    for document in documents {
        document.walk(&mut |node| {
            if node.get("type").and_then(Node::text) == Some("CORS") {
                found.extend(node.get("cors"));
            }
        });
    }
    found
}

pub(crate) fn read(node: &Node, documents: &[Node], reader: &mut Reader) -> Draft {
    for (name, value) in Reader::set_beside(documents) {
        reader.no_header_beside(&name, value);
    }
    reader.no_header_taken_away(documents, "remove");
    let mut draft = Draft::at(node.place);
    for (key, value) in reader.entries(node, KEYS) {
        match key {
            "allowOrigins" => draft.origins = reader.texts(value),
            "allowCredentials" => draft.credentials = reader.boolean(value).map(|is| (is, value.place)),
            "allowMethods" => draft.methods = reader.texts(value),
            "allowHeaders" => draft.headers = reader.texts(value),
            "exposeHeaders" => draft.expose = reader.texts(value),
            _ => draft.max_age = reader.integer(value).map(|seconds| (seconds, value.place)),
        }
    }
    for (origin, place) in &draft.origins {
        if matches!(&**origin, "http://*" | "https://*") {
            let message = format!("`{origin}` is every host of one scheme, which a policy cannot say.");
            reader.fault(*place, message, "list the origins, or write `*`");
        }
    }
    draft
}
