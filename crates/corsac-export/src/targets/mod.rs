//! The targets: one small file each.

mod apache;
mod aspnet;
mod caddy;
mod cloudflare_worker;
mod corsac;
mod django;
mod express;
mod fastapi;
mod fastify;
mod haproxy;
mod hono;
mod javascript;
mod koa;
mod netlify;
mod nginx;
mod node;
mod vercel;
mod flask;
mod jub0bs_cors;
mod laravel;
mod rack_cors;
mod rs_cors;
mod spring;

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
        &cloudflare_worker::CloudflareWorker,
        &vercel::Vercel,
        &netlify::Netlify,
        &flask::Flask,
        &rack_cors::RackCors,
        &rs_cors::RsCors,
        &jub0bs_cors::Jub0bsCors,
        &laravel::Laravel,
        &spring::Spring,
        &aspnet::AspNet,
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
