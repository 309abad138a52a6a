//! WebSockets and other upgrades: who may open one, what crosses it, and how it ends.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use corsac_gateway::Gateway;
use futures_util::{SinkExt, StreamExt};
use http::{HeaderMap, Request, Response, StatusCode};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use crate::support::{
    APP, EVIL, PATIENCE, POLICY, TestBody, Upstream, config, dead_port, fetch, from, full, gateway,
    gateway_to, get, stop, with,
};
use crate::tls::Authority;

/// A server that says back what it is sent, and remembers with which headers it was asked.
pub(crate) struct Echo {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<HeaderMap>>>,
}

impl Echo {
    pub(crate) async fn start() -> Self {
        Self::behind(|stream| async { Some(stream) }).await
    }

    async fn behind<Accept, Accepted, Stream>(accept: Accept) -> Self
    where
        Accept: Fn(TcpStream) -> Accepted + Clone + Send + 'static,
        Accepted: Future<Output = Option<Stream>> + Send + 'static,
        Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (accept, heard) = (accept.clone(), Arc::clone(&heard));
                tokio::spawn(async move {
                    let Some(stream) = accept(stream).await else { return };
                    serve(stream, &heard).await;
                });
            }
        });
        Self { address, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<HeaderMap> {
        self.asked.lock().expect("no panic").clone()
    }
}

type Answer = tokio_tungstenite::tungstenite::handshake::server::Response;
type Refusal = tokio_tungstenite::tungstenite::handshake::server::ErrorResponse;

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, heard: &Mutex<Vec<HeaderMap>>) {
    #[expect(clippy::result_large_err, reason = "the signature is the library's")]
    let hear = |request: &Request<()>, mut answer: Answer| -> Result<Answer, Refusal> {
        heard.lock().expect("no panic").push(request.headers().clone());
        answer.headers_mut().insert("access-control-allow-origin", "*".parse().expect("a value"));
        Ok(answer)
    };
    let Ok(mut socket) = tokio_tungstenite::accept_hdr_async(stream, hear).await else { return };
    while let Some(Ok(message)) = socket.next().await {
        if (message.is_text() || message.is_binary()) && socket.send(message).await.is_err() {
            return;
        }
    }
}

pub(crate) type Socket = WebSocketStream<TcpStream>;

/// Opens a WebSocket, as a page with these headers would.
pub(crate) async fn open(
    gateway: SocketAddr,
    path: &str,
    headers: &[(&'static str, &str)],
) -> Result<(Socket, HeaderMap), (StatusCode, HeaderMap, String)> {
    let mut request = format!("ws://gateway.example{path}").into_client_request().expect("a request");
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().expect("a header value"));
    }
    let stream = TcpStream::connect(gateway).await.expect("a connection");
    match timeout(PATIENCE, tokio_tungstenite::client_async(request, stream)).await.expect("in time") {
        Ok((socket, response)) => Ok((socket, response.headers().clone())),
        Err(Error::Http(response)) => {
            let (parts, body) = response.into_parts();
            let body = String::from_utf8(body.unwrap_or_default()).expect("text");
            Err((parts.status, parts.headers, body))
        }
        Err(error) => panic!("{error}"),
    }
}

/// Says something, and hears it again.
pub(crate) async fn ask(socket: &mut Socket, message: Message) {
    socket.send(message.clone()).await.expect("it is open");
    assert!(hear(socket).await.expect("it is open").expect("an answer") == message);
}

/// The request, with the wish to switch to this protocol.
fn wish(request: Request<TestBody>, protocol: &str) -> Request<TestBody> {
    with(with(request, "connection", "upgrade"), "upgrade", protocol)
}

async fn hear(socket: &mut Socket) -> Option<Result<Message, Error>> {
    timeout(PATIENCE, socket.next()).await.expect("in time")
}

/// Whether nothing comes any more, politely or not.
async fn is_over(socket: &mut Socket) -> bool {
    !matches!(hear(socket).await, Some(Ok(Message::Text(_) | Message::Binary(_))))
}

#[tokio::test]
async fn messages_cross_both_ways_until_one_side_says_goodbye() {
    let echo = Echo::start().await;
    let gateway = gateway_to(&echo.url());
    let (mut socket, headers) =
        open(gateway.local_addr(), "/chat?room=1", &[("origin", APP)]).await.expect("it is allowed");
    assert_eq!(headers["upgrade"], "websocket");
    assert_eq!(headers["access-control-allow-origin"], APP);
    ask(&mut socket, Message::text("hello")).await;
    ask(&mut socket, Message::binary(Bytes::from(vec![7; 1 << 20]))).await;
    for index in 0..50 {
        ask(&mut socket, Message::text(format!("message {index}"))).await;
    }
    socket.close(None).await.expect("it is open");
    assert!(matches!(hear(&mut socket).await, Some(Ok(Message::Close(_)))));
    assert!(hear(&mut socket).await.is_none());

    let [asked] = echo.asked().try_into().expect("one handshake");
    for (name, value) in [
        ("upgrade", "websocket"),
        ("connection", "upgrade"),
        ("origin", APP),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-host", "gateway.example"),
        ("sec-websocket-version", "13"),
    ] {
        assert_eq!(asked[name], value);
    }
    assert_eq!(asked["host"], echo.address.to_string());
}

#[tokio::test]
async fn a_page_that_the_policy_does_not_allow_never_reaches_the_upstream() {
    let echo = Echo::start().await;
    let gateway = gateway_to(&echo.url());
    for origin in [EVIL, "http://app.example", "null", "https://app.example.evil.example", "nonsense", ""] {
        let (status, headers, text) =
            open(gateway.local_addr(), "/chat", &[("origin", origin)]).await.expect_err("it is refused");
        assert_eq!(status, StatusCode::FORBIDDEN, "{origin}");
        assert!(!headers.contains_key("access-control-allow-origin"), "{headers:?}");
        assert_eq!(headers["vary"], "Origin");
        assert!(text.contains("add its origin to `allow_origins`"), "{text}");
    }
    let twice = open(gateway.local_addr(), "/chat", &[("origin", APP), ("origin", EVIL)]).await;
    assert_eq!(twice.expect_err("it is refused").0, StatusCode::FORBIDDEN);
    assert!(echo.asked().is_empty());

    // What is no browser says no origin.
    let (mut socket, _) = open(gateway.local_addr(), "/chat", &[]).await.expect("it passes");
    ask(&mut socket, Message::text("from a program")).await;
    assert_eq!(echo.asked().len(), 1);
}

#[tokio::test]
async fn without_a_policy_only_pages_of_the_own_origin_pass() {
    let echo = Echo::start().await;
    let gateway = gateway(&format!("[[routes]]\npath = \"/\"\nupstream = \"{}\"\n", echo.url()));
    let own = [("origin", "http://gateway.example"), ("cookie", "session=1")];
    let (mut socket, _) = open(gateway.local_addr(), "/hot", &own).await.expect("it is the own origin");
    ask(&mut socket, Message::text("hello")).await;
    assert_eq!(echo.asked()[0]["cookie"], "session=1");
    for origin in
        [APP, "https://gateway.example", "http://gateway.example:8080", "http://x.gateway.example", "null"]
    {
        let (status, _, text) =
            open(gateway.local_addr(), "/hot", &[("origin", origin)]).await.expect_err("it is refused");
        assert_eq!(status, StatusCode::FORBIDDEN, "{origin}");
        assert!(text.contains("Route / has no policy"), "{text}");
    }
    open(gateway.local_addr(), "/hot", &[]).await.expect("it passes");
    assert_eq!(echo.asked().len(), 2);
    let nameless = fetch(gateway.local_addr(), wish(with(get("/"), "host", "*.example"), "websocket")).await;
    assert_eq!(nameless.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn credentials_come_along_where_the_policy_says_so() {
    let echo = Echo::start().await;
    let gateway = gateway(&format!(
        "[policies.plain]\nallow_origins = [\"{APP}\"]\n[policies.any]\nallow_origins = [\"*\"]\n\
         [policies.trusted]\nallow_origins = [\"{APP}\"]\nallow_credentials = true\n\
         [[routes]]\npath = \"/plain\"\nupstream = \"{0}\"\npolicy = \"plain\"\n\
         [[routes]]\npath = \"/any\"\nupstream = \"{0}\"\npolicy = \"any\"\n\
         [[routes]]\npath = \"/trusted\"\nupstream = \"{0}\"\npolicy = \"trusted\"\n",
        echo.url()
    ));
    let page = [("origin", APP), ("cookie", "session=1"), ("authorization", "Basic x"), ("x-end", "kept")];
    for (path, headers, comes_along) in [
        ("/plain", &page[..], false),
        ("/any", &page, false),
        ("/trusted", &page, true),
        ("/plain", &page[1..], true),
    ] {
        open(gateway.local_addr(), path, headers).await.expect("it is allowed");
        let asked = echo.asked().pop().expect("a handshake");
        for name in ["cookie", "authorization"] {
            assert_eq!(asked.contains_key(name), comes_along, "{path} {name}");
        }
        assert_eq!(asked["x-end"], "kept");
    }
}

#[tokio::test]
async fn files_and_other_versions_of_http_are_not_switched_to() {
    let upstream = Upstream::echo().await;
    let gateway = gateway(&format!(
        "[[routes]]\npath = \"/files\"\nfiles = \"dist\"\n[[routes]]\npath = \"/\"\nupstream = \"{}\"\n",
        upstream.url()
    ));
    let (status, _, text) = fetch(gateway.local_addr(), wish(get("/files/"), "websocket")).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let h2c = with(wish(get("/"), "h2c"), "connection", "HTTP2-Settings");
    let (status, _, text) = fetch(gateway.local_addr(), with(h2c, "http2-settings", "AAMAAABk")).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert!(!text.contains("upgrade") && !text.contains("http2-settings"), "{text}");
}

#[tokio::test]
async fn an_upstream_may_refuse_and_the_page_can_read_why_not() {
    let upstream = Upstream::start(|_| async {
        let refusal = Response::builder().status(401).header("connection", "close");
        refusal.body(full("who are you?")).expect("a response")
    })
    .await;
    let gateway = gateway_to(&upstream.url());
    let (status, headers, text) =
        open(gateway.local_addr(), "/", &[("origin", APP)]).await.expect_err("it is refused");
    assert_eq!((status, text.as_str()), (StatusCode::UNAUTHORIZED, "who are you?"));
    assert_eq!(headers["access-control-allow-origin"], APP);
    assert!(!headers.contains_key("upgrade"));

    let gateway = gateway_to(&format!("http://{}", dead_port()));
    let (status, headers, _) =
        open(gateway.local_addr(), "/", &[("origin", APP)]).await.expect_err("nobody is there");
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert_eq!(headers["access-control-allow-origin"], APP);
}

/// An upstream that does this with each of its connections, once it has read a head.
async fn scripted<Script, Done>(script: Script) -> (SocketAddr, Arc<AtomicUsize>)
where
    Script: Fn(TcpStream) -> Done + Send + 'static,
    Done: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let ended = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&ended);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            head(&mut stream).await;
            let (done, counter) = (script(stream), Arc::clone(&counter));
            tokio::spawn(async move {
                done.await;
                counter.fetch_add(1, Ordering::Relaxed);
            });
        }
    });
    (address, ended)
}

const SWITCHING: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";

/// A connection to the gateway that has sent its wish, and this behind it.
async fn wishing(gateway: SocketAddr, behind: &str) -> TcpStream {
    let mut stream = TcpStream::connect(gateway).await.expect("a connection");
    let wish = "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";
    stream.write_all(format!("{wish}{behind}").as_bytes()).await.expect("it is open");
    stream
}

/// The head of the answer; what comes behind it is left to be read.
async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(PATIENCE, stream.read_u8()).await.expect("in time").expect("a head"));
    }
    String::from_utf8(head).expect("text")
}

async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    // A connection may also end with a reset.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut text)).await.expect("in time");
    String::from_utf8(text).expect("text")
}

#[tokio::test]
async fn one_side_may_fall_silent_and_still_listen() {
    let (upstream, _) = scripted(|mut stream| async move {
        stream.write_all(SWITCHING).await.expect("it is open");
        stream.write_all(b"early ").await.expect("it is open");
        let mut all = String::new();
        stream.read_to_string(&mut all).await.expect("it ends well");
        stream.write_all(format!("heard {all}").as_bytes()).await.expect("it still listens");
    })
    .await;
    let gateway = gateway_to(&format!("http://{upstream}"));
    let mut stream = wishing(gateway.local_addr(), "at once").await;
    let head = head(&mut stream).await;
    assert!(head.starts_with("HTTP/1.1 101 ") && head.contains("upgrade: echo"), "{head}");
    stream.write_all(b", later").await.expect("it is open");
    stream.shutdown().await.expect("it is open");
    assert_eq!(read_to_end(&mut stream).await, "early heard at once, later");
}

#[tokio::test]
async fn a_wish_may_come_with_a_body() {
    let (upstream, _) = scripted(|mut stream| async move {
        let mut body = [0; 4];
        stream.read_exact(&mut body).await.expect("a body");
        stream.write_all(SWITCHING).await.expect("it is open");
        let mut all = String::new();
        stream.read_to_string(&mut all).await.expect("it ends well");
        stream.write_all(&[b"heard ", &body[..], all.as_bytes()].concat()).await.expect("it still listens");
    })
    .await;
    let gateway = gateway_to(&format!("http://{upstream}"));
    let mut stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    let wish =
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";
    stream.write_all(format!("{wish}bodybehind it").as_bytes()).await.expect("it is open");
    head(&mut stream).await;
    stream.shutdown().await.expect("it is open");
    assert_eq!(read_to_end(&mut stream).await, "heard bodybehind it");
}

#[tokio::test]
async fn an_upstream_that_dies_ends_its_tunnel_and_nothing_else() {
    let (upstream, _) = scripted(|mut stream| async move {
        stream.write_all(SWITCHING).await.expect("it is open");
        stream.write_all(b"half a mess").await.expect("it is open");
    })
    .await;
    let gateway = gateway_to(&format!("http://{upstream}"));
    for _ in 0..3 {
        let text = read_to_end(&mut wishing(gateway.local_addr(), "").await).await;
        assert!(text.ends_with("\r\n\r\nhalf a mess"), "{text}");
    }

    let (upstream, _) = scripted(|stream| async move { drop(stream) }).await;
    let gateway = gateway_to(&format!("http://{upstream}"));
    let (status, ..) = fetch(gateway.local_addr(), wish(get("/"), "echo")).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn a_client_that_dies_ends_its_tunnel() {
    let (upstream, ended) = scripted(|mut stream| async move {
        stream.write_all(SWITCHING).await.expect("it is open");
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    })
    .await;
    let gateway = gateway_to(&format!("http://{upstream}"));
    let mut stream = wishing(gateway.local_addr(), "").await;
    head(&mut stream).await;
    drop(stream);
    let all_ended = async {
        while ended.load(Ordering::Relaxed) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, all_ended).await.expect("the upstream hears of it");
}

#[tokio::test]
async fn an_upstream_that_switches_unasked_is_no_tunnel() {
    let (upstream, _) = scripted(|mut stream| async move {
        stream.write_all(SWITCHING).await.expect("it is open");
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    })
    .await;
    let gateway = gateway_to(&format!("http://{upstream}"));
    let (status, headers, _) = fetch(gateway.local_addr(), from(APP, with(get("/"), "te", "trailers"))).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert_eq!(headers["access-control-allow-origin"], APP);
}

#[tokio::test]
async fn an_upstream_with_tls_is_asked_in_the_http_that_can_switch() {
    let authority = Authority::new();
    let acceptor = authority.acceptor(&["h2", "http/1.1"]);
    let echo = Echo::behind(move |stream| {
        let acceptor = acceptor.clone();
        async move { acceptor.accept(stream).await.ok() }
    })
    .await;
    let text = format!(
        "{POLICY}[[routes]]\npath = \"/\"\nupstream = \"https://localhost:{}\"\npolicy = \"app\"\n",
        echo.address.port()
    );
    let gateway =
        Gateway::bind(config(&text).with_extra_roots(vec![authority.root()])).expect("a gateway").spawn();
    let (mut socket, _) = open(gateway.local_addr(), "/", &[("origin", APP)]).await.expect("it is allowed");
    ask(&mut socket, Message::binary(Bytes::from(vec![7; 1 << 18]))).await;
}

#[tokio::test]
async fn a_gateway_that_stops_closes_its_tunnels() {
    let echo = Echo::start().await;
    let gateway = gateway(&format!(
        "[timeouts]\ndrain = \"1h\"\ndrain_tunnels = \"1ms\"\n[[routes]]\npath = \"/\"\nupstream = \"{}\"\n",
        echo.url()
    ));
    let (mut socket, _) = open(gateway.local_addr(), "/", &[]).await.expect("it passes");
    ask(&mut socket, Message::text("hello")).await;
    let stopping = tokio::spawn(stop(gateway));
    assert!(is_over(&mut socket).await);
    assert_eq!(timeout(PATIENCE, stopping).await.expect("in time").expect("no panic").cut, 0);
}

#[tokio::test]
async fn a_gateway_that_stops_waits_for_its_tunnels_and_no_longer() {
    let echo = Echo::start().await;
    let text = format!("[[routes]]\npath = \"/\"\nupstream = \"{}\"\n", echo.url());
    let waiting = gateway(&format!("[timeouts]\ndrain = \"1h\"\ndrain_tunnels = \"1h\"\n{text}"));
    let address = waiting.local_addr();
    let (mut socket, _) = open(address, "/", &[]).await.expect("it passes");
    let stopping = tokio::spawn(stop(waiting));
    while TcpStream::connect(address).await.is_ok() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    ask(&mut socket, Message::text("still there")).await;
    assert!(!stopping.is_finished());
    socket.close(None).await.expect("it is open");
    while hear(&mut socket).await.is_some() {}
    drop(socket);
    assert_eq!(timeout(PATIENCE, stopping).await.expect("as soon as it is idle").expect("no panic").cut, 0);

    // The deadline of all is one for tunnels too.
    let hasty = gateway(&format!("[timeouts]\ndrain = \"50ms\"\ndrain_tunnels = \"1h\"\n{text}"));
    let (mut socket, _) = open(hasty.local_addr(), "/", &[]).await.expect("it passes");
    ask(&mut socket, Message::text("hello")).await;
    assert_eq!(timeout(PATIENCE, stop(hasty)).await.expect("in time").cut, 1);
    assert!(is_over(&mut socket).await);

    let dropped = gateway(&text);
    let (mut socket, _) = open(dropped.local_addr(), "/", &[]).await.expect("it passes");
    ask(&mut socket, Message::text("hello")).await;
    tokio::task::spawn_blocking(move || drop(dropped)).await.expect("no panic");
    assert!(is_over(&mut socket).await);
}

#[tokio::test]
async fn a_handshake_that_is_under_way_when_the_gateway_stops_still_becomes_a_tunnel() {
    let (asked, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (upstream, _) = scripted({
        let (asked, go) = (Arc::clone(&asked), Arc::clone(&go));
        move |mut stream| {
            let (asked, go) = (Arc::clone(&asked), Arc::clone(&go));
            async move {
                asked.notify_one();
                go.notified().await;
                stream.write_all(SWITCHING).await.expect("it is open");
                let mut all = String::new();
                stream.read_to_string(&mut all).await.expect("it ends well");
                stream.write_all(format!("heard {all}").as_bytes()).await.expect("it still listens");
            }
        }
    })
    .await;
    let gateway = gateway(&format!(
        "[timeouts]\ndrain = \"1h\"\ndrain_tunnels = \"1h\"\n[[routes]]\npath = \"/\"\nupstream = \"http://{upstream}\"\n"
    ));
    let address = gateway.local_addr();
    let mut stream = wishing(address, "").await;
    timeout(PATIENCE, asked.notified()).await.expect("the upstream is asked");
    let stopping = tokio::spawn(stop(gateway));
    while TcpStream::connect(address).await.is_ok() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    go.notify_one();
    let head = head(&mut stream).await;
    assert!(head.contains("connection: upgrade\r\n"), "{head}");
    stream.write_all(b"this").await.expect("it is open");
    stream.shutdown().await.expect("it is open");
    assert_eq!(read_to_end(&mut stream).await, "heard this");
    assert_eq!(timeout(PATIENCE, stopping).await.expect("as soon as it is idle").expect("no panic").cut, 0);
}

#[tokio::test]
async fn a_wish_to_switch_costs_no_connection_that_others_use() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_to(&upstream.url());
    let connections = || upstream.connections.load(Ordering::Relaxed);
    fetch(gateway.local_addr(), get("/")).await;
    assert_eq!(connections(), 1);
    let wish = with(with(from(APP, get("/")), "connection", "upgrade"), "upgrade", "websocket");
    assert_eq!(fetch(gateway.local_addr(), wish).await.0, StatusCode::OK);
    assert_eq!(connections(), 2);
    fetch(gateway.local_addr(), get("/")).await;
    assert_eq!(connections(), 2);
}
