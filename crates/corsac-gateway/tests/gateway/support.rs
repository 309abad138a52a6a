//! A gateway, an upstream and a client for tests. Everything listens on a port that the system chooses.

use std::future::Future;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use corsac_gateway::{Config, Gateway, Running};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

pub(crate) const APP: &str = "https://app.example";
pub(crate) const EVIL: &str = "https://evil.example";

/// One policy that allows [`APP`].
pub(crate) const POLICY: &str =
    "[policies.app]\nallow_origins = [\"https://app.example\"]\nallow_methods = [\"PUT\"]\n";

/// Much longer than anything here takes, on a machine that is busy with other things.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) type TestBody = BoxBody<Bytes, hyper::Error>;

pub(crate) fn full(text: impl Into<Bytes>) -> TestBody {
    Full::new(text.into()).map_err(|never| match never {}).boxed()
}

/// A body whose pieces are sent one by one.
pub(crate) fn channel() -> (Feed, TestBody) {
    let (sender, receiver) = mpsc::channel(1);
    (Feed(sender), BoxBody::new(ChannelBody(receiver)))
}

/// The other end of such a body; it ends when this is dropped.
pub(crate) struct Feed(mpsc::Sender<Frame<Bytes>>);

impl Feed {
    /// Waits until there is room for the piece.
    pub(crate) async fn send(&self, piece: &'static str) {
        self.0.send(Frame::data(Bytes::from(piece))).await.expect("somebody reads");
    }

    pub(crate) async fn trailer(&self, name: &'static str, value: &'static str) {
        let trailers =
            HeaderMap::from_iter([(name.parse().expect("a name"), value.parse().expect("a value"))]);
        self.0.send(Frame::trailers(trailers)).await.expect("somebody reads");
    }
}

struct ChannelBody(mpsc::Receiver<Frame<Bytes>>);

impl http_body::Body for ChannelBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.0.poll_recv(context).map(|frame| frame.map(Ok))
    }
}

/// A server that answers as it is told, in HTTP/1.1 and 2.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    /// How many connections it took.
    pub(crate) connections: Arc<AtomicUsize>,
}

impl Upstream {
    pub(crate) async fn start<Answer, Answered>(answer: Answer) -> Self
    where
        Answer: Fn(Request<Incoming>) -> Answered + Clone + Send + Sync + 'static,
        Answered: Future<Output = Response<TestBody>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                counter.fetch_add(1, Ordering::Relaxed);
                let answer = answer.clone();
                let service = service_fn(move |request| {
                    let answered = answer(request);
                    async move { Ok::<_, std::convert::Infallible>(answered.await) }
                });
                tokio::spawn(async move {
                    let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { address, connections }
    }

    /// One that says what it was asked: the request line and headers as text.
    pub(crate) async fn echo() -> Self {
        Self::start(|request| async move {
            let mut text = format!("{} {}\n", request.method(), request.uri());
            for (name, value) in request.headers() {
                text.push_str(&format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
            }
            let body = request.into_body().collect().await.expect("a whole body").to_bytes();
            text.push_str(&format!("\n{}", String::from_utf8_lossy(&body)));
            Response::new(full(text))
        })
        .await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// A server whose connections are played by a script, which is told how many came before.
pub(crate) async fn scripted<Script, Played>(script: Script) -> SocketAddr
where
    Script: Fn(usize, TcpStream) -> Played + Send + 'static,
    Played: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        for index in 0.. {
            let (stream, _) = listener.accept().await.expect("a connection");
            tokio::spawn(script(index, stream));
        }
    });
    address
}

/// Reads to the end of a head.
pub(crate) async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// A port on which nobody listens.
pub(crate) fn dead_port() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

pub(crate) fn config(text: &str) -> Config {
    let text = format!("listen = \"127.0.0.1:0\"\n{text}");
    let environment = |name: &str| (name == "TEST_KEY").then(|| "top-secret".to_owned());
    Config::parse(Path::new("tests/config/test.toml"), &text, &environment)
        .unwrap_or_else(|faults| panic!("{faults}"))
        .with_workers(NonZeroUsize::MIN)
}

/// A gateway with this configuration.
pub(crate) fn gateway(text: &str) -> Running {
    Gateway::bind(config(text)).expect("a gateway").spawn()
}

/// A gateway with one governed route at `/` to this upstream.
pub(crate) fn gateway_to(upstream: &str) -> Running {
    gateway(&format!("{POLICY}[[routes]]\npath = \"/\"\nupstream = \"{upstream}\"\npolicy = \"app\"\n"))
}

pub(crate) fn request(method: Method, uri: &str) -> Request<TestBody> {
    let mut request = Request::new(full(""));
    *request.method_mut() = method;
    *request.uri_mut() = uri.parse().expect("a URI");
    request
}

pub(crate) fn get(uri: &str) -> Request<TestBody> {
    request(Method::GET, uri)
}

pub(crate) fn from(origin: &str, mut request: Request<TestBody>) -> Request<TestBody> {
    request.headers_mut().insert("origin", origin.parse().expect("an origin"));
    request
}

pub(crate) fn with(mut request: Request<TestBody>, name: &'static str, value: &str) -> Request<TestBody> {
    request.headers_mut().append(name, value.parse().expect("a header value"));
    request
}

pub(crate) fn preflight(uri: &str, origin: &str, method: &str) -> Request<TestBody> {
    with(from(origin, request(Method::OPTIONS, uri)), "access-control-request-method", method)
}

/// Sends one request over a connection of its own; the body still streams.
pub(crate) async fn send(to: SocketAddr, mut request: Request<TestBody>) -> Response<Incoming> {
    if !request.headers().contains_key("host") {
        request.headers_mut().insert("host", "gateway.example".parse().expect("a header value"));
    }
    let stream = TcpStream::connect(to).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    tokio::time::timeout(PATIENCE, sender.send_request(request)).await.expect("in time").expect("a response")
}

/// The same, read to its end.
pub(crate) async fn fetch(to: SocketAddr, request: Request<TestBody>) -> (StatusCode, HeaderMap, String) {
    let (parts, body) = send(to, request).await.into_parts();
    let body = tokio::time::timeout(PATIENCE, body.collect()).await.expect("in time").expect("a whole body");
    (parts.status, parts.headers, String::from_utf8_lossy(&body.to_bytes()).into_owned())
}

/// Sends bytes as they are, and reads until the other side closes, which these bytes have to make it do.
pub(crate) async fn raw(to: SocketAddr, bytes: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(to).await.expect("a connection");
    stream.write_all(bytes.as_ref()).await.expect("bytes can be sent");
    let mut text = Vec::new();
    // One that is reset has said what it had to say.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut text)).await.expect("closed in time");
    String::from_utf8_lossy(&text).into_owned()
}

/// Waits until it is so; without it, what is said is the failure.
pub(crate) async fn eventually(what: &str, is_so: impl AsyncFn() -> bool) {
    // Much longer than it takes anywhere: a machine that is busy is no failure.
    for _ in 0..6_000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not so: {what}");
}

/// Stops a gateway without blocking the runtime of the test.
pub(crate) async fn stop(running: Running) -> corsac_gateway::Drained {
    tokio::task::spawn_blocking(move || running.stop()).await.expect("no panic").expect("it ran")
}
