//! The targets: one small file each.

mod apache;
mod apisix;
mod caddy;
mod corsac;
mod django;
mod envoy;
mod express;
mod fastapi;
mod gateway_api;
mod haproxy;
mod ingress_nginx;
mod istio;
mod kong;
mod limits;
mod nginx;
mod node;
mod traefik;

use crate::target::Target;

/// Every target, in the order in which they are shown.
#[must_use]
pub fn targets() -> &'static [&'static dyn Target] {
    &[
        &nginx::Nginx,
        &apache::Apache,
        &haproxy::HaProxy,
        &caddy::Caddy,
        &envoy::Envoy,
        &traefik::Traefik,
        &kong::Kong,
        &apisix::Apisix,
        &gateway_api::GatewayApi,
        &istio::Istio,
        &ingress_nginx::IngressNginx,
        &express::Express,
        &node::Node,
        &fastapi::FastApi,
        &django::Django,
        &corsac::Corsac,
    ]
}

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<&'static dyn Target> {
    targets().iter().copied().find(|target| target.name() == name)
}

/// Why a policy of any origin with credentials is written for nobody else.
const REFLECTION: &str =
    "every website could act as your users; such lines are not written for other servers";

/// What an application may say itself, for servers that take headers away by their names.
const CORS_HEADERS: [&str; 7] = [
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
    "access-control-max-age",
    "access-control-allow-private-network",
];

/// The port of an address.
fn port(address: &str) -> Result<u16, String> {
    let port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    port.ok_or_else(|| address.to_owned())
}
