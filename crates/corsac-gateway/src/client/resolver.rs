//! From names to addresses, as the system does it; for third parties, to public addresses alone.
//!
//! A connection is made to the very address that was judged here: the name is not looked up a second time.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower::Service;

use crate::message::body::BoxError;
use crate::public_address::is_public;

/// Where a name may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reach {
    /// To any address: the place is the operator's own.
    Anywhere,
    /// To public addresses: whoever owns the name is somebody else.
    Public,
}

/// All addresses of a name are those of the own network.
#[derive(Debug)]
pub(crate) struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("its name leads to an address that is not public")
    }
}

impl std::error::Error for NotPublic {}

/// Looks names up.
#[derive(Clone)]
pub(crate) struct Resolver {
    system: GaiResolver,
    reach: Reach,
}

impl Resolver {
    pub(crate) fn new(reach: Reach) -> Self {
        Self { system: GaiResolver::new(), reach }
    }
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.system.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (found, reach) = (self.system.call(name), self.reach);
        Box::pin(async move {
            let found: Vec<SocketAddr> = found.await?.collect();
            let allowed = allowed(&found, reach);
            if allowed.is_empty() && !found.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(allowed.into_iter())
        })
    }
}

fn allowed(found: &[SocketAddr], reach: Reach) -> Vec<SocketAddr> {
    found.iter().copied().filter(|address| reach == Reach::Anywhere || is_public(address.ip())).collect()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use tower::ServiceExt;

    use super::{NotPublic, Reach, Resolver, allowed};

    #[test]
    fn only_public_addresses_of_a_third_party_are_asked() {
        let found: Vec<SocketAddr> = ["127.0.0.1:0", "1.1.1.1:0", "[::1]:0", "[2606:4700::1]:0"]
            .into_iter()
            .map(|address| address.parse().expect("an address"))
            .collect();
        assert_eq!(allowed(&found, Reach::Anywhere), found);
        assert_eq!(allowed(&found, Reach::Public), [found[1], found[3]]);
    }

    #[tokio::test]
    async fn a_name_that_leads_into_the_own_network_is_no_third_party() {
        let look_up = |reach| Resolver::new(reach).oneshot("localhost".parse().expect("a name"));
        assert!(look_up(Reach::Anywhere).await.is_ok());
        let error = look_up(Reach::Public).await.expect_err("it is this machine");
        assert!(error.is::<NotPublic>(), "{error}");
    }
}
