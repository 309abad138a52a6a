//! nginx, as the tutorials set it up for CORS, with a list of origins and its connections kept.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::{CONNECTIONS, command_in, write};
use crate::cases::ORIGIN;

pub(super) fn command(
    program: &Path,
    folder: &TempDir,
    listen: SocketAddr,
    upstream: SocketAddr,
) -> std::io::Result<Command> {
    // Root's workers would be somebody else's, who may not enter the folder.
    let user = if rustix::process::geteuid().is_root() { "user root;" } else { "" };
    let text = format!(
        r#"
{user}
worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr;
events {{ worker_connections {CONNECTIONS}; }}

http {{
    access_log off;
    client_body_temp_path client_body_temp;
    proxy_temp_path proxy_temp;
    fastcgi_temp_path fastcgi_temp;
    uwsgi_temp_path uwsgi_temp;
    scgi_temp_path scgi_temp;

    # By default every thousandth request ends a connection, on both sides.
    keepalive_requests 1000000000;

    # With the defaults, bodies of these sizes go through files.
    client_body_buffer_size 64k;
    proxy_buffers 16 8k;

    map $http_origin $cors_origin {{
        default "";
        "{ORIGIN}" $http_origin;
    }}
    map $cors_origin $cors_credentials {{
        default "";
        "{ORIGIN}" "true";
    }}

    upstream api {{
        server {upstream};
        keepalive 64;
        keepalive_requests 1000000000;
    }}

    server {{
        listen {listen} backlog=4096;

        location /api/ {{
            if ($request_method = 'OPTIONS') {{
                add_header 'Access-Control-Allow-Origin' $cors_origin always;
                add_header 'Access-Control-Allow-Credentials' $cors_credentials always;
                add_header 'Access-Control-Allow-Methods' 'GET, PUT, POST, DELETE' always;
                add_header 'Access-Control-Allow-Headers' 'Content-Type, Authorization' always;
                add_header 'Access-Control-Max-Age' 600 always;
                add_header 'Vary' 'Origin' always;
                return 204;
            }}

            add_header 'Access-Control-Allow-Origin' $cors_origin always;
            add_header 'Access-Control-Allow-Credentials' $cors_credentials always;
            add_header 'Vary' 'Origin' always;
            proxy_hide_header Access-Control-Allow-Origin;
            proxy_hide_header Access-Control-Allow-Credentials;
            proxy_hide_header Access-Control-Allow-Methods;
            proxy_hide_header Access-Control-Allow-Headers;
            proxy_hide_header Access-Control-Expose-Headers;
            proxy_hide_header Access-Control-Max-Age;

            proxy_pass http://api;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $http_host;
        }}
    }}
}}
"#
    );
    let configuration = write(folder, "nginx.conf", &text)?;
    let mut command = command_in(folder, program);
    command.arg("-p").arg(folder.path()).arg("-c").arg(configuration).args(["-e", "stderr"]);
    Ok(command)
}
