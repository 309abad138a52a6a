//! The contestants of Tower: nothing, Corsac, and tower-http with its own list.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::task::{Context, Poll};

use bytes::Bytes;
use corsac::Policy;
use corsac_lab_bench::{Call, EXPOSED, Flood, HEADERS, MEBIBYTE, METHOD, Origins, Scenario};
use corsac_tower::{Cors, CorsLayer};
use futures_util::FutureExt;
use http::header::{
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderName, HeaderValue, ORIGIN,
};
use http::{HeaderMap, Method, Request, Response};
use tower_http::cors::AllowOrigin;
use tower_layer::Layer;
use tower_service::Service;

use crate::clock::{Contestant, time};

/// A service that does nothing, so that what is left is the middleware.
#[derive(Debug, Clone)]
struct Bare;

impl Service<Request<()>> for Bare {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(Response::new(())))
    }
}

pub(crate) struct Setup {
    corsac: Cors<Bare>,
    /// Nothing where its list cannot say it.
    tower_http: Option<tower_http::cors::Cors<Bare>>,
}

impl Setup {
    pub(crate) fn new(origins: Origins) -> Self {
        let policy = policy(origins);
        Self {
            corsac: CorsLayer::new(policy).layer(Bare),
            tower_http: peer(origins).map(|layer| layer.layer(Bare)),
        }
    }

    pub(crate) fn contestants<'a>(&self, scenario: &'a Scenario) -> Vec<Contestant<'a>> {
        let mut contestants = vec![
            contestant("tower bare", Bare, scenario),
            contestant("corsac-tower", self.corsac.clone(), scenario),
        ];
        if let Some(peer) = &self.tower_http {
            contestants.push(contestant("tower-http", peer.clone(), scenario));
        }
        contestants
    }
}

/// The policy all contestants are given, in Corsac's words.
pub(crate) fn policy(origins: Origins) -> Policy {
    let credentials = origins == Origins::OneWithCredentials;
    Policy::builder()
        .allow_origins(origins.patterns())
        .allow_credentials(credentials)
        .expose_headers(credentials.then_some(EXPOSED))
        .allow_methods([METHOD])
        .allow_headers(HEADERS)
        .into_policy()
        .expect("the scenarios' policies are sound")
}

/// The same in tower-http's.
fn peer(origins: Origins) -> Option<tower_http::cors::CorsLayer> {
    let values = |texts: Vec<String>| {
        texts.into_iter().map(|text| HeaderValue::from_str(&text).expect("an origin is a header value"))
    };
    let allow_origin = match origins {
        Origins::Any => AllowOrigin::any(),
        // It has no patterns; this is what people write in their place.
        Origins::NineMixed => {
            let exact: Vec<HeaderValue> = values(origins.exact()).collect();
            AllowOrigin::predicate(move |origin, _| {
                exact.contains(origin)
                    || origin.as_bytes().strip_prefix(b"https://").is_some_and(|host| {
                        [&b".example.net"[..], b".example.org", b".example.com"]
                            .iter()
                            .any(|suffix| host.len() > suffix.len() && host.ends_with(suffix))
                    })
            })
        }
        Origins::ManyMixed(_) => return None,
        _ => AllowOrigin::list(values(origins.exact())),
    };
    let names = HEADERS.map(|name| name.parse::<HeaderName>().expect("a header name"));
    let mut layer = tower_http::cors::CorsLayer::new();
    if origins == Origins::OneWithCredentials {
        layer = layer.allow_credentials(true).expose_headers([HeaderName::from_static(EXPOSED)]);
    }
    Some(layer.allow_origin(allow_origin).allow_methods([Method::PUT]).allow_headers(names))
}

fn contestant<'a, S>(name: &'static str, mut service: S, scenario: &'a Scenario) -> Contestant<'a>
where
    S: Service<Request<()>, Response = Response<()>> + 'a,
{
    let heads = heads(scenario);
    let mut turn = 0;
    let run = move |count| {
        let requests = (0..count).map(|_| {
            turn = (turn + 1) % heads.len();
            let mut request = Request::new(());
            if scenario.call != Call::Actual {
                *request.method_mut() = Method::OPTIONS;
            }
            request.headers_mut().clone_from(&heads[turn]);
            request
        });
        time(requests.collect(), |request| {
            let mut context = Context::from_waker(std::task::Waker::noop());
            let ready = service.poll_ready(&mut context);
            debug_assert!(ready.is_ready());
            black_box(service.call(request).now_or_never().map(|result| result.is_ok()));
        })
    };
    Contestant { name, run: Box::new(run) }
}

/// How many different callers take turns where they are scattered.
pub(crate) const CALLERS: usize = 100_000;

fn heads(scenario: &Scenario) -> Vec<HeaderMap> {
    let requested: Vec<Bytes> = requested_headers(scenario.call);
    scenario
        .callers(CALLERS)
        .into_iter()
        .map(|origin| {
            let value = |bytes| HeaderValue::from_maybe_shared(bytes).expect("a header value");
            let mut head = HeaderMap::new();
            head.insert(ORIGIN, value(Bytes::from(origin)));
            if scenario.call != Call::Actual {
                head.insert(ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static(METHOD));
            }
            for line in &requested {
                head.append(ACCESS_CONTROL_REQUEST_HEADERS, value(line.clone()));
            }
            head
        })
        .collect()
}

/// The lines of `Access-Control-Request-Headers`.
pub(crate) fn requested_headers(call: Call) -> Vec<Bytes> {
    match call {
        Call::Actual | Call::Hostile(Flood::Origin) => Vec::new(),
        Call::Preflight => vec![Bytes::from_static(b"content-type,x-requested-with")],
        Call::Hostile(Flood::Commas) => vec![",".repeat(1024).into()],
        Call::Hostile(Flood::Names) => vec!["accept,".repeat(MEBIBYTE / 7).into()],
        Call::Hostile(Flood::Spaces) => {
            vec![format!("accept,{}content-type", " ".repeat(MEBIBYTE)).into()]
        }
        Call::Hostile(Flood::EmptyLines) => vec![Bytes::new(); 1024],
    }
}
