//! What subscribers of `tracing` see.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex};

use corsac::Policy;
use corsac_tower::{CacheLimits, CachedOrigins, CorsLayer, OriginSource};
use http::{Request, Response};
use tower::{Layer, Service, ServiceExt, service_fn};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};

/// An event as its subscriber gets it.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    level: Level,
    fields: BTreeMap<&'static str, String>,
}

/// Keeps the events of `corsac` alone.
#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Vec<Seen>>>);

impl<S: Subscriber> tracing_subscriber::Layer<S> for Capture {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);

        impl Visit for Fields<'_> {
            fn record_str(&mut self, field: &Field, value: &str) {
                self.0.insert(field.name(), value.to_owned());
            }

            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                self.0.insert(field.name(), format!("{value:?}"));
            }
        }

        if event.metadata().target() == "corsac" {
            let mut fields = BTreeMap::new();
            event.record(&mut Fields(&mut fields));
            let seen = Seen { level: *event.metadata().level(), fields };
            self.0.lock().expect("no test panics while it holds this").push(seen);
        }
    }
}

/// What is told while some requests are answered.
async fn told<S>(service: S, requests: impl IntoIterator<Item = Request<()>>) -> Vec<Seen>
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible> + Clone,
{
    let capture = Capture::default();
    let subscriber = tracing_subscriber::registry().with(capture.clone());
    let guard = tracing::subscriber::set_default(subscriber);
    for request in requests {
        let Ok(_) = service.clone().oneshot(request).await;
    }
    drop(guard);
    std::mem::take(&mut capture.0.lock().expect("no test panics while it holds this"))
}

fn seen(level: Level, fields: &[(&'static str, &str)]) -> Seen {
    Seen { level, fields: fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect() }
}

fn request(method: &str, fields: &[(&str, &str)]) -> Request<()> {
    let request = Request::builder().method(method);
    let request = fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(()).expect("a request")
}

async fn fine(_: Request<()>) -> Result<Response<()>, Infallible> {
    Ok(Response::new(()))
}

#[tokio::test]
async fn every_request_is_one_event_and_what_was_refused_is_louder() {
    let policy = Policy::builder().allow_origin("https://app.example").into_policy().expect("a sound policy");
    let service = CorsLayer::new(policy).layer(service_fn(fine));
    let requests = [
        request("GET", &[("origin", "https://app.example")]),
        request("GET", &[]),
        request("GET", &[("origin", "https://evil.example")]),
        request("OPTIONS", &[("origin", "https://app.example"), ("access-control-request-method", "PUT")]),
        request("OPTIONS", &[("origin", "null"), ("access-control-request-method", "GET")]),
    ];
    let expected = [
        seen(
            Level::TRACE,
            &[("class", "actual"), ("reason", "allowed"), ("message", "allowed by `https://app.example`")],
        ),
        seen(
            Level::TRACE,
            &[
                ("class", "not-cors"),
                ("reason", "no-origin"),
                ("message", "there is no Origin header, so this is no CORS request"),
            ],
        ),
        seen(
            Level::DEBUG,
            &[
                ("class", "actual"),
                ("reason", "origin-not-listed"),
                ("origin", "https://evil.example"),
                ("message", "no entry of allow_origins covers this origin"),
            ],
        ),
        seen(
            Level::DEBUG,
            &[
                ("class", "preflight"),
                ("reason", "method-not-allowed"),
                ("origin", "https://app.example"),
                ("message", "the method PUT is not in allow_methods"),
            ],
        ),
        seen(
            Level::DEBUG,
            &[
                ("class", "preflight"),
                ("reason", "null-origin"),
                ("origin", "null"),
                ("message", "the origin is null: a sandboxed frame, or a page without one"),
            ],
        ),
    ];
    assert_eq!(told(service, requests).await, expected);
}

#[tokio::test]
async fn what_no_policy_governs_is_no_event() {
    let policy = Policy::builder().allow_origin("https://app.example").into_policy().expect("a sound policy");
    let service = CorsLayer::new(policy).without_policy("/").layer(service_fn(fine));
    assert_eq!(told(service, [request("GET", &[("origin", "https://evil.example")])]).await, []);
}

#[tokio::test]
async fn a_source_that_fails_is_the_operators_affair() {
    struct Away;

    impl OriginSource for Away {
        type Error = &'static str;

        async fn allows(&self, _: &str) -> Result<bool, Self::Error> {
            Err("no route to the database")
        }
    }

    let policy = Policy::builder().allow_origin("https://app.example").origins_from_source();
    let layer = CorsLayer::new(policy.into_policy().expect("a sound policy"))
        .with_source(CachedOrigins::new(Away, CacheLimits::default()));
    let tenant = request("GET", &[("origin", "https://tenant.example")]);
    let expected = [
        seen(
            Level::WARN,
            &[
                ("failure", "the source of origins failed: no route to the database"),
                ("message", "an origin is refused"),
            ],
        ),
        seen(
            Level::DEBUG,
            &[
                ("class", "actual"),
                ("reason", "origin-not-listed"),
                ("origin", "https://tenant.example"),
                ("message", "no entry of allow_origins covers this origin"),
            ],
        ),
    ];
    assert_eq!(told(layer.layer(service_fn(fine)), [tenant]).await, expected);
}
