//! The gateway over real sockets on this machine, between scripted upstreams and scripted clients.

mod admin;
mod answers;
mod dev;
mod files;
mod hostile;
mod lifecycle;
mod log;
mod proxy;
mod reload;
mod shadow;
mod support;
mod tls;
mod tls_in;
mod upgrade;
mod upstreams;
mod vectors;
mod way;
