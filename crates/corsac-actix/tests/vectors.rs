//! The shared vectors, held against the middleware.

use std::cell::Cell;
use std::rc::Rc;

use actix_web::dev::{Service, fn_service};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::{App, HttpResponse, dev::ServiceRequest, test};
use corsac::PolicyConfig;
use corsac_actix::{Cors, DecisionReport};
use corsac_vectors::{Answer, PolicyCase, assert_none};

/// Field lines in Actix's form; what it cannot hold is said.
fn fields<'a>(lines: impl Iterator<Item = (&'a str, String)>) -> Result<HeaderMap, String> {
    let mut fields = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::try_from(name).map_err(|error| format!("the name {name:?}: {error}"))?;
        let value = HeaderValue::try_from(&value).map_err(|error| format!("the value {value:?}: {error}"))?;
        fields.append(name, value);
    }
    Ok(fields)
}

/// A request in Actix's form; what it cannot say is said.
fn request(case: &PolicyCase) -> Result<test::TestRequest, String> {
    let method = Method::from_bytes(case.request.method.as_bytes()).map_err(|error| error.to_string())?;
    let uri: Uri = case.request.uri.parse().map_err(|error| format!("{}: {error}", case.request.uri))?;
    let mut request = test::TestRequest::default().method(method).uri(&uri.to_string());
    let lines = case.request.headers.iter().map(|(name, value)| (name.as_str(), value.expand()));
    for line in &fields(lines)? {
        request = request.append_header(line);
    }
    Ok(request)
}

async fn answer(case: &PolicyCase) -> Result<(Answer, DecisionReport), String> {
    let config: PolicyConfig =
        case.policy.clone().try_into().unwrap_or_else(|error| panic!("{}: {error}", case.id));
    let policy = config.into_policy().unwrap_or_else(|faults| panic!("{}: {faults}", case.id));
    let request = request(case)?.to_request();
    let status = StatusCode::from_u16(case.inner.status).map_err(|error| error.to_string())?;
    let lines = case.inner.headers.iter().map(|(name, value)| (name.as_str(), value.clone()));
    let inner_fields = fields(lines)?;
    let asked = Rc::new(Cell::new(false));
    let inner = {
        let asked = Rc::clone(&asked);
        fn_service(move |request: ServiceRequest| {
            asked.set(true);
            let mut response = HttpResponse::new(status);
            *response.headers_mut() = inner_fields.clone();
            async { Ok(request.into_response(response)) }
        })
    };
    let cors = Cors::new(policy).report_all(true);
    let app = test::init_service(App::new().default_service(inner).wrap(cors)).await;
    let response = app.call(request).await.map_err(|error| error.to_string())?;
    let report: DecisionReport =
        response.response().extensions().get().cloned().expect("every response carries a report");
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    Ok((Answer { status: response.status().as_u16(), headers, forwarded: asked.get() }, report))
}

#[actix_web::test]
async fn every_policy_case_comes_out_as_written() {
    let mut differences = Vec::new();
    let mut inexpressible = Vec::new();
    let cases = corsac_vectors::load::<PolicyCase>("policy");
    for case in &cases {
        let (answer, report) = match answer(case).await {
            Ok(answered) => answered,
            Err(why) => {
                inexpressible.push(format!("{}: {why}", case.id));
                continue;
            }
        };
        differences.extend(case.differences(&answer));
        if (report.class.as_str(), report.reason) != (case.expect.class.as_str(), case.expect.reason.as_str())
        {
            differences.push(format!("{}: {report:?}", case.id));
        }
    }
    println!("{} cases, {} of them cannot be put to Actix", cases.len(), inexpressible.len());
    for case in &inexpressible {
        println!("  {case}");
    }
    assert_none(&differences);
    assert!(inexpressible.len() < cases.len());
}
