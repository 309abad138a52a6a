//! The gateway over real sockets on this machine, between scripted upstreams and scripted clients.

mod answers;
mod files;
mod hostile;
mod lifecycle;
mod log;
mod proxy;
mod support;
mod tls;
mod vectors;
