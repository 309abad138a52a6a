//! HAProxy, with rules that reach every response, its own among them.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::{command_in, write};
use crate::cases::ORIGIN;

/// Each takes two files where it is used; more than the limit would not let it start.
const CONNECTIONS: usize = 10_200;

pub(super) fn command(
    program: &Path,
    folder: &TempDir,
    listen: SocketAddr,
    upstream: SocketAddr,
) -> std::io::Result<Command> {
    let text = format!(
        r#"
global
    nbthread 1
    maxconn {CONNECTIONS}
    no strict-limits

defaults
    mode http
    timeout connect 5s
    timeout client 75s
    timeout server 60s
    timeout http-keep-alive 75s
    http-reuse always

listen api
    bind {listen}
    option forwardfor
    acl ok req.hdr(Origin) -m str {ORIGIN}
    http-request set-var(txn.o) req.hdr(Origin) if ok
    http-request set-var(txn.pf) bool(true) if {{ method OPTIONS }} {{ req.hdr(Access-Control-Request-Method) -m found }} {{ req.hdr(Origin) -m found }}
    http-request return status 204 if {{ var(txn.pf) -m bool }}
    http-request set-header X-Forwarded-Proto http
    http-request set-header X-Forwarded-Host %[req.hdr(Host)]
    http-after-response del-header Access-Control- -m beg
    http-after-response set-header Access-Control-Allow-Origin "%[var(txn.o)]" if {{ var(txn.o) -m found }}
    http-after-response set-header Access-Control-Allow-Credentials true if {{ var(txn.o) -m found }}
    http-after-response set-header Access-Control-Allow-Methods "GET, PUT, POST, DELETE" if {{ var(txn.o) -m found }} {{ var(txn.pf) -m bool }}
    http-after-response set-header Access-Control-Allow-Headers "Content-Type, Authorization" if {{ var(txn.o) -m found }} {{ var(txn.pf) -m bool }}
    http-after-response set-header Access-Control-Max-Age 600 if {{ var(txn.o) -m found }} {{ var(txn.pf) -m bool }}
    http-after-response add-header Vary Origin
    server upstream {upstream}
"#
    );
    let configuration = write(folder, "haproxy.cfg", &text)?;
    let mut command = command_in(folder, program);
    command.arg("-db").arg("-f").arg(configuration);
    Ok(command)
}
