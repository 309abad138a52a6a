//! The functions that put a decision's headers on a response, of Node or of the Fetch standard.
//!
//! Decides nothing.

use crate::parts::{Origins, Parts};

/// `finish(response, decision)` for a response of Node, and `beforeHead(response, change)`, which finds the moment for it.
pub(in crate::targets) fn finish_of_node(policy: &Parts) -> String {
    let vary = match policy.origins {
        Origins::Any => "",
        Origins::Listed(_) => {
            "  const wider = widerVary([].concat(response.getHeader('Vary') ?? []).join(', '), vary);\n  \
             if (wider !== undefined) response.setHeader('Vary', wider);\n"
        }
    };
    let given = taken(policy);
    format!(
        "
// What a handler said about CORS goes; the policy's word stands alone.
function finish(response, {given}) {{
  for (const name of response.getHeaderNames()) {{
    if (name.startsWith('access-control-')) response.removeHeader(name);
  }}
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
{vary}}}
{BEFORE_HEAD}"
    )
}

const BEFORE_HEAD: &str = "
// Runs `change` when the head is about to be written, whoever writes it and however.
function beforeHead(response, change) {
  const writeHead = response.writeHead;
  response.writeHead = function (status, ...rest) {
    response.writeHead = writeHead;
    const message = typeof rest[0] === 'string' ? [rest.shift()] : [];
    const given = rest[0] ?? {};
    let pairs = Object.entries(given);
    if (Array.isArray(given)) {
      pairs = Array.isArray(given[0]) ? given : given.flatMap((_, at) => (at % 2 ? [] : [given.slice(at, at + 2)]));
    }
    for (const [name] of pairs) response.removeHeader(name);
    for (const [name, value] of pairs) response.appendHeader(name, value);
    response.statusCode = status;
    change();
    return response.writeHead(status, ...message);
  };
}
";

/// `finish(response, decision)` for a response of the Fetch standard, which it copies: those that come over the network
/// cannot be changed.
pub(in crate::targets) fn finish_of_fetch(policy: &Parts) -> String {
    let vary = match policy.origins {
        Origins::Any => "",
        Origins::Listed(_) => {
            "  const wider = widerVary(answer.headers.get('Vary'), vary);\n  \
             if (wider !== undefined) answer.headers.set('Vary', wider);\n"
        }
    };
    let given = taken(policy);
    format!(
        "
// What the application said about CORS goes; the policy's word stands alone.
function finish(response, {given}) {{
  const answer = new Response(response.body, response);
  for (const name of [...answer.headers.keys()]) {{
    if (name.startsWith('access-control-')) answer.headers.delete(name);
  }}
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
{vary}  return answer;
}}
"
    )
}

/// What is taken out of a decision.
fn taken(policy: &Parts) -> &'static str {
    match policy.origins {
        Origins::Any => "{ headers }",
        Origins::Listed(_) => "{ headers, vary }",
    }
}
