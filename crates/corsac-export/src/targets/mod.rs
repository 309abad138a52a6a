//! The targets: one small file each.

mod actix_cors;
mod apache;
mod aspnet;
mod aws_http_api;
mod azure_storage;
mod caddy;
mod cloudflare_worker;
mod cloudfront;
mod corsac;
mod django;
mod express;
mod fastapi;
mod fastify;
mod flask;
mod gcs;
mod haproxy;
mod hono;
mod javascript;
mod jub0bs_cors;
mod koa;
mod laravel;
mod netlify;
mod nginx;
mod node;
mod rack_cors;
mod rs_cors;
mod rust;
mod s3;
mod spring;
mod tower_http;
mod vercel;

use crate::target::Target;

/// Every target, in the order in which they are shown.
#[must_use]
pub fn targets() -> &'static [&'static dyn Target] {
    &[
        &nginx::Nginx,
        &apache::Apache,
        &haproxy::HaProxy,
        &caddy::Caddy,
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
