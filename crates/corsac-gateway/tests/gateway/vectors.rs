//! The shared vectors, held against the gateway: a route for each policy, and an upstream that plays the inner part.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use corsac_vectors::{Answer, PolicyCase, assert_none};
use http::{Method, Response};

use crate::support::{Upstream, fetch, full, gateway, request};

#[tokio::test]
async fn every_policy_case_comes_out_as_written() {
    let cases: Arc<Vec<PolicyCase>> = Arc::new(corsac_vectors::load("policy"));
    let asked = Arc::new(Mutex::new(BTreeSet::new()));
    let upstream = Upstream::start({
        let (cases, asked) = (Arc::clone(&cases), Arc::clone(&asked));
        move |request| {
            let id = request.headers()["x-case"].to_str().expect("an id").to_owned();
            let case = cases.iter().find(|case| case.id == id).expect("a case");
            let mut response = Response::builder().status(case.inner.status);
            for (name, value) in &case.inner.headers {
                response = response.header(name, value);
            }
            asked.lock().expect("no panic").insert(id);
            std::future::ready(response.body(full("")).expect("an inner response"))
        }
    })
    .await;

    let mut text = String::new();
    let mut paths: HashMap<String, String> = HashMap::new();
    for case in cases.iter() {
        let policy = toml::to_string(&case.policy).expect("TOML");
        let name = format!("p{}", paths.len());
        paths.entry(policy.clone()).or_insert_with(|| {
            text.push_str(&format!("[policies.{name}]\n{policy}\n[[routes]]\npath = \"/{name}\"\n"));
            text.push_str(&format!("policy = \"{name}\"\nupstream = \"{}/\"\n", upstream.url()));
            format!("/{name}")
        });
    }
    let gateway = gateway(&text);

    let mut differences = Vec::new();
    for case in cases.iter() {
        let path = &paths[&toml::to_string(&case.policy).expect("TOML")];
        let method: Method = case.request.method.parse().expect("a method");
        let mut request = request(method, &format!("{path}{}", case.request.uri));
        for (name, value) in &case.request.headers {
            let name: http::HeaderName = name.parse().expect("a header name");
            let value = http::HeaderValue::from_bytes(value.expand().as_bytes()).expect("a header value");
            request.headers_mut().append(name, value);
        }
        request.headers_mut().insert("x-case", case.id.parse().expect("a header value"));
        let (status, headers, _) = fetch(gateway.local_addr(), request).await;
        let headers = headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let forwarded = asked.lock().expect("no panic").contains(&case.id);
        differences.extend(case.differences(&Answer { status: status.as_u16(), headers, forwarded }));
    }
    assert_none(&differences);
}
