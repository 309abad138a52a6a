//! DNS rebinding: a website that has its own name lead to this machine, and so has its pages on the gateway's origin.
//!
//! A server that sees the name in `Host` can tell. Where the gateway asks by another, the gateway has to.

use std::net::IpAddr;

use http::Response;

use crate::config::{Guise, Route};
use crate::forwarded::Asked;
use crate::message::body::Body;
use crate::page;

/// The answer to a request that came by a name that anybody can have lead here. An address is nobody's to choose, and
/// `localhost` leads to this machine for every browser.
pub(crate) fn refusal(route: &Route, asked: &Asked) -> Option<Response<Body>> {
    let Guise::OwnPage { names } = &route.guise else { return None };
    let name = asked.host_name()?;
    let is_taken = is_of_this_machine(&name) || names.contains(&name);
    (!is_taken).then(|| page::name_not_taken(&name))
}

fn is_of_this_machine(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.ends_with(".localhost") || address.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_of_this_machine;

    #[test]
    fn a_name_that_leads_here_is_not_this_machine() {
        for name in ["localhost", "app.localhost", "127.0.0.1", "[::1]", "192.168.1.5"] {
            assert!(is_of_this_machine(name), "{name}");
        }
        for name in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "xlocalhost", ""] {
            assert!(!is_of_this_machine(name), "{name}");
        }
    }
}
