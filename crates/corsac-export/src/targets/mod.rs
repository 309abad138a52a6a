//! The targets: one small file each.

mod actix_cors;
mod apache;
mod apisix;
mod aspnet;
mod aws_http_api;
mod azure_storage;
mod caddy;
mod cloudflare_worker;
mod cloudfront;
mod corsac;
mod django;
mod envoy;
mod express;
mod fastapi;
mod fastify;
mod flask;
mod gateway_api;
mod gcs;
mod haproxy;
mod hono;
mod ingress_nginx;
mod istio;
mod javascript;
mod jub0bs_cors;
mod koa;
mod kong;
mod laravel;
mod limits;
mod netlify;
mod nginx;
mod node;
mod rack_cors;
mod rs_cors;
mod rust;
mod s3;
mod spring;
mod tower_http;
mod traefik;
mod vercel;
mod workers;

use crate::feature::Can;
use crate::target::{Peculiarity, Target};

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
        &express::Express,
        &fastify::Fastify,
        &hono::Hono,
        &koa::Koa,
        &node::Node,
        &fastapi::FastApi,
        &django::Django,
        &flask::Flask,
        &rack_cors::RackCors,
        &laravel::Laravel,
        &rs_cors::RsCors,
        &jub0bs_cors::Jub0bsCors,
        &spring::Spring,
        &aspnet::AspNet,
        &tower_http::TowerHttp,
        &actix_cors::ActixCors,
        &corsac::Corsac,
        &gateway_api::GatewayApi,
        &istio::Istio,
        &ingress_nginx::IngressNginx,
        &workers::Workers,
        &cloudflare_worker::CloudflareWorker,
        &vercel::Vercel,
        &netlify::Netlify,
        &aws_http_api::AwsHttpApi,
        &s3::S3,
        &cloudfront::CloudFront,
        &gcs::Gcs,
        &azure_storage::AzureStorage,
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

/// Methods, those first that need no permission in other servers.
fn with_safelisted(methods: &[String]) -> Vec<String> {
    let safelisted = ["GET", "HEAD", "POST"];
    let others = methods.iter().filter(|name| !safelisted.contains(&&***name));
    safelisted.map(str::to_owned).into_iter().chain(others.cloned()).collect()
}

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

/// Names of headers with a star in them: letters of the name to a policy, any letters to many clouds.
const STARRED_NAMES: Peculiarity = Peculiarity {
    title: "header names with a star in them",
    can: Can::No("there it stands for any letters, and not for itself"),
    is_asked_by: |policy| {
        let names = policy.headers.iter().chain(&policy.expose);
        names.into_iter().any(|name| name != "*" && name.contains('*'))
    },
};
