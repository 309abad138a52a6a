//! The shared vectors, held against the layer.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};

use corsac::PolicyConfig;
use corsac_tower::{CorsLayer, DecisionReport};
use corsac_vectors::{Answer, PolicyCase, assert_none};
use http::{Request, Response};
use tower::{ServiceBuilder, ServiceExt, service_fn};

async fn answer(case: &PolicyCase) -> (Answer, DecisionReport) {
    let config: PolicyConfig =
        case.policy.clone().try_into().unwrap_or_else(|error| panic!("{}: {error}", case.id));
    let policy = config.into_policy().unwrap_or_else(|faults| panic!("{}: {faults}", case.id));
    let mut request = Request::builder().method(case.request.method.as_str()).uri(&case.request.uri);
    for (name, value) in &case.request.headers {
        request = request.header(name, value.expand());
    }
    let asked = AtomicBool::new(false);
    let inner = service_fn(async |_: Request<()>| {
        asked.store(true, Ordering::Relaxed);
        let mut response = Response::builder().status(case.inner.status);
        for (name, value) in &case.inner.headers {
            response = response.header(name, value);
        }
        Ok::<_, Infallible>(response.body(()).expect("an inner response"))
    });
    let service = ServiceBuilder::new().layer(CorsLayer::new(policy).report_all(true)).service(inner);
    let Ok(response) = service.oneshot(request.body(()).expect("a request")).await;
    let report: DecisionReport =
        response.extensions().get().cloned().expect("every response carries a report");
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let forwarded = asked.load(Ordering::Relaxed);
    (Answer { status: response.status().as_u16(), headers, forwarded }, report)
}

#[tokio::test]
async fn every_policy_case_comes_out_as_written() {
    let mut differences = Vec::new();
    for case in corsac_vectors::load::<PolicyCase>("policy") {
        let (answer, report) = answer(&case).await;
        differences.extend(case.differences(&answer));
        if (report.class.as_str(), report.reason) != (case.expect.class.as_str(), case.expect.reason.as_str())
        {
            differences.push(format!("{}: {report:?}", case.id));
        }
    }
    assert_none(&differences);
}
