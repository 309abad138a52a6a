//! How often a client may ask a route: GCRA, with a bucket for each client, over all workers.
//!
//! A client is an address, or the /64 that an IPv6 address is in, since that is what one household or machine is given. Of
//! so many clients that they do not fit, those are forgotten who asked longest ago. Knows nothing of CORS: preflights were
//! answered before.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::config::Rate;

/// For how many clients a route counts.
const CLIENTS: u64 = 65_536;

/// The buckets of a route.
pub(crate) struct Limiter {
    rate: Rate,
    quota: Quota,
    clients: Cache<IpAddr, Arc<DefaultDirectRateLimiter>>,
}

/// In the extensions of a response: the request was one too many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OneTooMany;

impl Limiter {
    pub(crate) fn new(rate: Rate) -> Self {
        let quota = Quota::with_period(rate.interval()).expect("a rate leaves time for each request");
        // By then a bucket is as good as a new one.
        let full = rate.interval() * rate.burst.get();
        let clients = Cache::builder()
            .max_capacity(CLIENTS)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(full.max(Duration::from_secs(1)))
            .build();
        Self { rate, quota: quota.allow_burst(rate.burst), clients }
    }

    pub(crate) fn rate(&self) -> Rate {
        self.rate
    }

    /// Takes the request; where it is one too many, how long to wait before the next.
    pub(crate) fn take(&self, client: IpAddr) -> Result<(), Duration> {
        let bucket = self.clients.get_with(household(client), || Arc::new(RateLimiter::direct(self.quota)));
        bucket.check().map_err(|too_early| too_early.wait_time_from(bucket.clock().now()))
    }
}

impl std::fmt::Debug for Limiter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Limiter").field("rate", &self.rate).finish_non_exhaustive()
    }
}

/// Who shares a bucket with this address.
fn household(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{CLIENTS, Limiter};
    use crate::config::Config;

    /// The buckets of a route that says this.
    fn limiter(keys: &str) -> Limiter {
        let text = format!("[[routes]]\npath = \"/\"\nupstream = \"http://127.0.0.1:3000\"\n{keys}\n");
        let config = Config::parse(Path::new("corsac.toml"), &text, &|_| None).expect("a configuration");
        Limiter::new(config.routes()[0].limits.rate.expect("a rate"))
    }

    #[test]
    fn each_household_has_a_bucket() {
        let limiter = limiter("rate_limit = \"2/h\"");
        let takes = |client: &str| limiter.take(client.parse().expect("an address")).is_ok();
        assert!(takes("192.0.2.1") && takes("192.0.2.1") && !takes("192.0.2.1"));
        assert!(takes("192.0.2.2") && takes("::ffff:192.0.2.2") && !takes("192.0.2.2"));
        assert!(takes("2001:db8::1") && takes("2001:db8::2") && !takes("2001:db8::3"));
        assert!(takes("2001:db8:0:1::1"));
    }

    #[test]
    fn a_burst_is_what_comes_at_once() {
        let limiter = limiter("rate_limit = \"1/h\"\nrate_burst = 3");
        let client = [192, 0, 2, 1].into();
        assert!((0..3).all(|_| limiter.take(client).is_ok()));
        let wait = limiter.take(client).expect_err("one too many").as_secs();
        assert!(wait > 3_000 && wait <= 3_600, "{wait}");
    }

    #[test]
    fn however_many_clients_come_few_are_remembered() {
        let limiter = limiter("rate_limit = \"1/h\"");
        for client in 0..(2 * CLIENTS as u32) {
            let _ = limiter.take(std::net::Ipv4Addr::from_bits(client).into());
        }
        limiter.clients.run_pending_tasks();
        assert!(limiter.clients.entry_count() <= CLIENTS);
    }
}
