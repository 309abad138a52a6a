//! The targets: one small file each.

mod actix_cors;
mod apache;
mod aws_http_api;
mod azure_storage;
mod caddy;
mod cloudfront;
mod corsac;
mod django;
mod express;
mod fastapi;
mod gcs;
mod haproxy;
mod nginx;
mod node;
mod rust;
mod s3;
mod tower_http;

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
        &node::Node,
        &fastapi::FastApi,
        &django::Django,
        &tower_http::TowerHttp,
        &actix_cors::ActixCors,
        &corsac::Corsac,
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
