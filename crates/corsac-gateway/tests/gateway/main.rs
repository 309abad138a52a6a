//! The gateway over real sockets on this machine, between scripted upstreams and scripted clients.

mod admin;
mod answers;
mod brief;
mod cache;
mod dev;
mod files;
mod hostile;
mod http2;
mod lifecycle;
mod limits;
mod log;
mod proxy;
mod rate;
mod reload;
mod shadow;
mod slow;
mod support;
mod third_party;
mod tls;
mod tls_client;
mod tls_in;
mod upgrade;
mod upstreams;
mod value_files;
mod vectors;
mod way;
