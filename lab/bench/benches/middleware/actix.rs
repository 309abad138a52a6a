//! The contestants of Actix Web: nothing, Corsac, and actix-cors with its own list.

use std::future::{Ready, ready};
use std::hint::black_box;
use std::rc::Rc;

use actix_web::body::{BoxBody, EitherBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, always_ready};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, ORIGIN,
};
use actix_web::test::TestRequest;
use actix_web::{Error, HttpResponse};
use corsac_actix::{Cors, CorsMiddleware};
use corsac_lab_bench::{Call, EXPOSED, HEADERS, METHOD, Origins, Scenario};
use futures_util::FutureExt;

use crate::clock::{Contestant, time};
use crate::tower::{CALLERS, policy, requested_headers};

/// A service that does nothing, so that what is left is the middleware.
#[derive(Debug, Clone)]
struct Bare;

impl Service<ServiceRequest> for Bare {
    type Response = ServiceResponse;
    type Error = Error;
    type Future = Ready<Result<ServiceResponse, Error>>;

    always_ready!();

    fn call(&self, request: ServiceRequest) -> Self::Future {
        ready(Ok(request.into_response(HttpResponse::Ok())))
    }
}

type Peer = <actix_cors::Cors as Transform<Bare, ServiceRequest>>::Transform;

pub(crate) struct Setup {
    corsac: Rc<CorsMiddleware<Bare>>,
    /// Nothing where its list cannot say it.
    actix_cors: Option<Rc<Peer>>,
}

impl Setup {
    pub(crate) fn new(origins: Origins) -> Self {
        let made = |future: Ready<Result<CorsMiddleware<Bare>, ()>>| future.into_inner();
        let corsac = made(Cors::new(policy(origins)).new_transform(Bare)).expect("it cannot fail");
        let actix_cors = peer(origins).and_then(|cors| cors.new_transform(Bare).now_or_never()?.ok());
        Self { corsac: Rc::new(corsac), actix_cors: actix_cors.map(Rc::new) }
    }

    pub(crate) fn contestants<'a>(&self, scenario: &'a Scenario) -> Vec<Contestant<'a>> {
        let mut contestants = vec![
            contestant::<_, BoxBody>("actix bare", Rc::new(Bare), scenario),
            contestant::<_, EitherBody<BoxBody>>("corsac-actix", Rc::clone(&self.corsac), scenario),
        ];
        if let Some(peer) = &self.actix_cors {
            contestants.push(contestant::<_, EitherBody<BoxBody>>("actix-cors", Rc::clone(peer), scenario));
        }
        contestants
    }
}

/// The policy in actix-cors's words.
fn peer(origins: Origins) -> Option<actix_cors::Cors> {
    let cors = actix_cors::Cors::default().allowed_methods([METHOD]).allowed_headers(HEADERS);
    Some(match origins {
        Origins::OneWithCredentials => {
            let cors = cors.supports_credentials().expose_headers([EXPOSED]);
            origins.exact().iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
        }
        Origins::Any => cors.send_wildcard().allow_any_origin(),
        // It has no patterns; this is what people write in their place.
        Origins::NineMixed => {
            let cors = origins.exact().iter().fold(cors, |cors, origin| cors.allowed_origin(origin));
            cors.allowed_origin_fn(|origin, _| {
                origin.as_bytes().strip_prefix(b"https://").is_some_and(|host| {
                    [&b".example.net"[..], b".example.org", b".example.com"]
                        .iter()
                        .any(|suffix| host.len() > suffix.len() && host.ends_with(suffix))
                })
            })
        }
        Origins::ManyMixed(_) => return None,
        _ => origins.exact().iter().fold(cors, |cors, origin| cors.allowed_origin(origin)),
    })
}

fn contestant<'a, S, B>(name: &'static str, service: Rc<S>, scenario: &'a Scenario) -> Contestant<'a>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'a,
    B: 'a,
{
    let value = |bytes: &[u8]| HeaderValue::from_bytes(bytes).expect("a header value");
    let callers: Vec<HeaderValue> =
        scenario.callers(CALLERS).iter().map(|origin| value(origin.as_bytes())).collect();
    let requested: Vec<HeaderValue> =
        requested_headers(scenario.call).iter().map(|line| value(line)).collect();
    let mut turn = 0;
    let run = move |count| {
        let requests = (0..count).map(|_| {
            turn = (turn + 1) % callers.len();
            let mut request = TestRequest::get().insert_header((ORIGIN, callers[turn].clone()));
            if scenario.call != Call::Actual {
                let method = (ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static(METHOD));
                request = request.method(Method::OPTIONS).insert_header(method);
            }
            for line in &requested {
                request = request.append_header((ACCESS_CONTROL_REQUEST_HEADERS, line.clone()));
            }
            request.to_srv_request()
        });
        time(requests.collect(), |request| black_box(service.call(request).now_or_never()))
    };
    Contestant { name, run: Box::new(run) }
}
