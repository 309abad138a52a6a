//! nginx: `map`s for the values, and every header on one level.

use super::{Fix, Need, quote};

/// The lines, or nothing where a name cannot be written in nginx's language.
pub(super) fn fix(need: &Need) -> Option<Fix> {
    let policy = &need.policy;
    let origin = quote::nginx(need.origin())?;
    let methods = quote::nginx(&need.method)?;
    let headers = match policy.allow_headers.as_slice() {
        [] => None,
        names => Some(quote::nginx(&names.join(", "))?),
    };
    let mut maps = vec![
        format!("map $http_origin $cors_origin {{\n    default \"\";\n    {origin} $http_origin;   # one line an origin\n}}"),
        "map \"$request_method $http_origin $http_access_control_request_method\" $is_preflight {\n    default 0;\n    \
         \"~^OPTIONS [^ ]+ [^ ]+$\" 1;\n}"
            .to_owned(),
        format!("map \"$is_preflight:$cors_origin\" $cors_methods {{\n    default \"\";\n    \"~^1:.\" {methods};\n}}"),
    ];
    let mut lines = vec![
        "add_header Access-Control-Allow-Origin $cors_origin always;",
        "add_header Access-Control-Allow-Methods $cors_methods always;",
    ];
    if let Some(headers) = headers {
        maps.push(format!(
            "map \"$is_preflight:$cors_origin\" $cors_headers {{\n    default \"\";\n    \"~^1:.\" {headers};\n}}"
        ));
        lines.push("add_header Access-Control-Allow-Headers $cors_headers always;");
    }
    if policy.allow_credentials {
        maps.push(
            "map $cors_origin $cors_credentials {\n    default \"\";\n    \"~.\" \"true\";\n}".to_owned(),
        );
        lines.push("add_header Access-Control-Allow-Credentials $cors_credentials always;");
    }
    lines.push("add_header Vary Origin always;");
    lines.push("if ($is_preflight) { return 204; }   # no add_header in here, nor in any location");
    let hidden: Vec<String> = corsac::CORS_RESPONSE_HEADERS
        .iter()
        .map(|name| format!("proxy_hide_header {};", title_case(name)))
        .collect();
    let snippet = format!(
        "# 1. In http {{ }}:\n{}\n\n\
         # 2. In server {{ }}, in place of every other CORS add_header and OPTIONS `if`, those of its locations included\n\
         #    (a block with an add_header of its own drops all of these):\n{}\n\n\
         # 3. Beside proxy_pass, if there is one: the application's own CORS headers would be duplicates.\n{}\n",
        maps.join("\n"),
        lines.join("\n"),
        hidden.join("\n")
    );
    Some(Fix {
        target: "nginx",
        title: "nginx: all CORS headers on the server's level, with `always`".into(),
        snippet,
    })
}

fn title_case(name: &str) -> String {
    name.split('-')
        .map(|word| {
            let (first, rest) = word.split_at(1.min(word.len()));
            first.to_ascii_uppercase() + rest
        })
        .collect::<Vec<_>>()
        .join("-")
}
