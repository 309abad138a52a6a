//! Each shape of a request and of a response, held against the same as the library has it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request};
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::support::{
    APP, EVIL, PATIENCE, POLICY, TestBody, Upstream, from, full, gateway, gateway_to, get, read_head,
    request, scripted, with,
};

/// How a request ended for its client: status, header lines and body, or that it broke off.
type Ended = Result<(u16, Vec<String>, String), &'static str>;

async fn ended(to: SocketAddr, mut asked: Request<TestBody>) -> Ended {
    asked.headers_mut().insert("host", "gateway.example".parse().expect("a value"));
    let stream = TcpStream::connect(to).await.expect("a connection");
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    let answer = timeout(PATIENCE, sender.send_request(asked)).await.expect("in time");
    let (parts, body) = answer.map_err(|_| "no response")?.into_parts();
    let body = timeout(PATIENCE, body.collect()).await.expect("in time").map_err(|_| "no end")?.to_bytes();
    // Whether a length is announced is the framing's business.
    let mut lines: Vec<String> = parts
        .headers
        .iter()
        .filter(|(name, _)| !["date", "content-length", "transfer-encoding"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    lines.sort();
    Ok((parts.status.as_u16(), lines, String::from_utf8_lossy(&body).into_owned()))
}

/// Responses as servers write them, piece by piece.
fn responses() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let one = |text: &str| vec![text.as_bytes().to_vec()];
    let pieces = |pieces: &[&str]| pieces.iter().map(|piece| piece.as_bytes().to_vec()).collect::<Vec<_>>();
    let long = |length: usize| {
        vec![
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", "x".repeat(length)).into_bytes(),
        ]
    };
    vec![
        ("whole", one("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")),
        ("no body", one("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")),
        ("head, then body", pieces(&["HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n", "ok"])),
        ("body in pieces", pieces(&["HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\no", "k", "ok"])),
        ("head in pieces", pieces(&["HTTP/1.1 2", "00 OK\r\ncontent-", "length: 2\r\n\r", "\nok"])),
        ("chunks", one("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")),
        (
            "chunks in pieces",
            pieces(&["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\no", "k\r\n0\r\n\r\n"]),
        ),
        ("to its end", one("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\nok")),
        ("204", one("HTTP/1.1 204 No Content\r\n\r\n")),
        ("204 with a length", one("HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n")),
        ("304", one("HTTP/1.1 304 Not Modified\r\netag: \"1\"\r\n\r\n")),
        ("304 with a length", one("HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n")),
        (
            "102 before it",
            one("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"),
        ),
        ("more than announced", one("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n")),
        ("less than announced", one("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nok")),
        ("two lengths", one("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nok")),
        ("two other lengths", one("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok!")),
        ("a length with a sign", one("HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\nok")),
        ("a length too large", one("HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\nok")),
        (
            "a length beside chunks",
            one(
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            ),
        ),
        ("bare line feeds", one("HTTP/1.1 200 OK\ncontent-length: 2\n\nok")),
        ("a bare line feed", one("HTTP/1.1 200 OK\r\nx-one: 1\ncontent-length: 2\r\n\r\nok")),
        ("a folded line", one("HTTP/1.1 200 OK\r\nx-one: 1\r\n 2\r\ncontent-length: 2\r\n\r\nok")),
        ("a line without a colon", one("HTTP/1.1 200 OK\r\nx-one\r\ncontent-length: 2\r\n\r\nok")),
        ("a space before the colon", one("HTTP/1.1 200 OK\r\nx-one : 1\r\ncontent-length: 2\r\n\r\nok")),
        ("HTTP/1.0", one("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok")),
        ("closing", one("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok")),
        (
            "kept alive",
            one(
                "HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nok",
            ),
        ),
        (
            "a line that the connection names",
            one("HTTP/1.1 200 OK\r\nconnection: x-one\r\nx-one: 1\r\ncontent-length: 2\r\n\r\nok"),
        ),
        ("an offer to switch", one("HTTP/1.1 200 OK\r\nupgrade: h2c\r\ncontent-length: 2\r\n\r\nok")),
        ("no words", one("HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok")),
        ("a status nobody knows", one("HTTP/1.1 299 Fine\r\ncontent-length: 2\r\n\r\nok")),
        ("a status that is none", one("HTTP/1.1 099 Odd\r\ncontent-length: 2\r\n\r\nok")),
        (
            "lines of CORS, and cookies",
            one(
                "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\naccess-control-allow-origin: https://x.example\r\n\
                 Set-Cookie: a=1\r\nVary: Accept\r\nset-cookie: b=2\r\nX-Empty:\r\nX-Spaced:  a b \t\r\n\
                 Content-Length: 2\r\n\r\nok",
            ),
        ),
        (
            "lines that are only passed on",
            vec![
                b"HTTP/1.1 200 OK\r\nServer: x/1\r\nContent-Type:text/plain\r\nCACHE-CONTROL:  no-cache \t\r\n\
                  etag: \"1\"\r\nX-Powered-By:\r\nX-Request-Id: caf\xe9\r\nserver: y/2\r\nX-Other: z\r\n\
                  Content-Length: 2\r\n\r\nok"
                    .to_vec(),
            ],
        ),
        (
            "the same, with lines behind the body announced",
            one(
                "HTTP/1.1 200 OK\r\nServer: x/1\r\nTrailer: x-sum\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok",
            ),
        ),
        (
            "letters beyond ASCII",
            vec![b"HTTP/1.1 200 OK\r\nx-one: caf\xe9\r\ncontent-length: 2\r\n\r\nok".to_vec()],
        ),
        ("the largest that is brief", long(16_000)),
        ("one that is not", long(16_384)),
        ("a large one", long(200_000)),
        ("no HTTP", one("SSH-2.0-OpenSSH_9.2\r\n")),
        ("nothing", vec![]),
        ("an empty line before it", one("\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")),
    ]
}

#[tokio::test]
async fn a_response_in_one_piece_is_the_one_that_would_be_streamed() {
    for (name, pieces) in responses() {
        let pieces = Arc::new(pieces);
        let address = scripted(move |_, mut stream| {
            let pieces = Arc::clone(&pieces);
            async move {
                let head = read_head(&mut stream).await;
                if head.starts_with("POST") {
                    let _ = stream.read_u8().await;
                }
                for piece in pieces.iter() {
                    let _ = stream.write_all(piece).await;
                    sleep(Duration::from_millis(5)).await;
                }
            }
        })
        .await;
        // Each has a connection of its own, since these servers close theirs.
        let ask = async |asked| {
            let gateway = gateway_to(&format!("http://{address}"));
            ended(gateway.local_addr(), asked).await
        };
        let brief = ask(from(APP, get("/"))).await;
        // A length, be it none, is for the library to look at; a body is streamed on both sides.
        let from_stream = ask(with(from(APP, get("/")), "content-length", "0")).await;
        let (parts, _) = from(APP, request(Method::POST, "/")).into_parts();
        let streamed = ask(Request::from_parts(parts, full("!"))).await;
        assert_eq!(brief, from_stream, "{name}");
        assert_eq!(brief, streamed, "{name}");
    }
}

/// What a browser says of a request.
const BROWSER: &str = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nAccept: */*\r\n\
     Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nReferer: https://app.example/\r\n\
     DNT: 1\r\nSec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\nSec-CH-UA: \"x\"\r\nPriority: u=1\r\n";

/// Sends a head as it is, and reads one response, whose length is announced.
async fn answer(to: SocketAddr, head: &str) -> Vec<String> {
    let mut stream = TcpStream::connect(to).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("bytes can be sent");
    let mut text = Vec::new();
    let read = async {
        while !text.ends_with(b"\r\n\r\n") {
            text.push(stream.read_u8().await.expect("more of a head"));
        }
        let head = String::from_utf8_lossy(&text).into_owned();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let has_body = !head.starts_with("HTTP/1.1 204") && !head.contains("x-head: ");
        let mut body = vec![0; length.filter(|_| has_body).unwrap_or(0)];
        stream.read_exact(&mut body).await.expect("all of a body");
        head + &String::from_utf8_lossy(&body)
    };
    let text = timeout(PATIENCE, read).await.expect("in time");
    let is_framing = |line: &&str| !line.starts_with("content-length: ") && !line.starts_with("date: ");
    let mut lines: Vec<String> = text.lines().filter(is_framing).map(str::to_owned).collect();
    lines[1..].sort();
    lines
}

#[tokio::test]
async fn a_request_in_one_piece_is_the_one_that_would_be_read_by_the_library() {
    let upstream = Upstream::echo().await;
    let url = upstream.url();
    let with = |above: &str, keys: &str| {
        gateway(&format!("{above}{POLICY}[[routes]]\npath = \"/\"\nupstream = \"{url}\"\n{keys}\n"))
    };
    /// From here on they take only so many lines, or so much of them.
    const LIMITED: usize = 5;
    let gateways = [
        with("", "policy = \"app\""),
        with("", ""),
        // Each looks at more of a request than its policy does.
        with("", "policy = \"app\"\nset_request_headers = { user-agent = \"corsac\", x-key = \"1\" }"),
        with("", "policy = \"app\"\ncache = \"1MB\""),
        gateway_to(&url.replace("http:", "h2c:")),
        with("[limits]\nheaders = 8\n", "policy = \"app\""),
        with("[limits]\nhead = 300\n", "policy = \"app\""),
    ];
    let preflight = |origin: &str, method: &str, headers: &str| {
        format!(
            "OPTIONS /api HTTP/1.1\r\nHost: a.example\r\nOrigin: {origin}\r\n\
             Access-Control-Request-Method: {method}\r\n{headers}"
        )
    };
    let plain = |lines: &str| format!("GET /api?x=1 HTTP/1.1\r\nHost: a.example\r\n{lines}");
    let many: String = (0..80).map(|index| format!("x-{index}: {index}\r\n")).collect();
    for head in [
        plain(""),
        plain(&format!("Origin: {APP}\r\n")),
        plain(&format!("ORIGIN: {EVIL}\r\ncookie: a=1\r\nCookie: b=2\r\nX-Empty:\r\nX-Spaced:  a b \t\r\n")),
        plain(
            "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nProxy-Authorization: x\r\n",
        ),
        plain("Connection: X-One\r\nX-One: 1\r\n"),
        plain(&format!("{BROWSER}Origin: {APP}\r\nCookie: a=1\r\nConnection: keep-alive\r\n")),
        plain("user-agent: one\r\nAccept:\r\nACCEPT-ENCODING:   gzip,  br \t\r\nUser-Agent: caf\u{e9}\r\n"),
        // As many as a few more than are taken, and as long.
        plain("accept: 1\r\naccept: 2\r\naccept: 3\r\naccept: 4\r\naccept: 5\r\naccept: 6\r\n"),
        plain("accept: 1\r\naccept: 2\r\naccept: 3\r\naccept: 4\r\naccept: 5\r\naccept: 6\r\naccept: 7\r\n"),
        plain(
            "accept: 1\r\naccept: 2\r\naccept: 3\r\naccept: 4\r\naccept: 5\r\naccept: 6\r\nconnection: keep-alive\r\n",
        ),
        plain(
            "accept: 1\r\naccept: 2\r\naccept: 3\r\naccept: 4\r\naccept: 5\r\naccept: 6\r\nconnection: keep-alive\r\nx-one: 1\r\n",
        ),
        plain(&format!("referer: {}\r\n", "x".repeat(240))),
        plain(&format!("referer: {}\r\nconnection: keep-alive\r\n", "x".repeat(240))),
        plain(&format!("referer: {}\r\n", "x".repeat(280))),
        plain("X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Forwarded-Host: evil.example\r\n"),
        plain("Expect: 100-continue\r\n"),
        plain(&many),
        plain(&format!("x-long: {}\r\n", "x".repeat(20_000))),
        plain("Host: b.example\r\n"),
        "GET / HTTP/1.1\r\n".to_owned(),
        "GET /a/../b//c%20d HTTP/1.1\r\nHost: a.example\r\n".to_owned(),
        "GET /a/..%2fb HTTP/1.1\r\nHost: a.example\r\n".to_owned(),
        "GET http://b.example/x HTTP/1.1\r\nHost: a.example\r\n".to_owned(),
        "OPTIONS * HTTP/1.1\r\nHost: a.example\r\n".to_owned(),
        "PURGE /x HTTP/1.1\r\nHost: a.example\r\n".to_owned(),
        "get /x HTTP/1.1\r\nHost: a.example\r\n".to_owned(),
        "TRACE /x HTTP/1.1\r\nHost: a.example\r\n".to_owned(),
        "DELETE /x HTTP/1.1\r\nHost: a.example\r\n".to_owned(),
        "\r\nGET /x HTTP/1.1\r\nHost: a.example\r\n".to_owned(),
        preflight(APP, "PUT", ""),
        preflight(APP, "DELETE", ""),
        preflight(APP, "PUT", "Access-Control-Request-Headers: x-one,x-two\r\n"),
        preflight(APP, "PUT", "Access-Control-Request-Private-Network: true\r\n"),
        preflight(EVIL, "PUT", ""),
        preflight("null", "PUT", "Origin: null\r\n"),
        preflight(APP, "PUT", "Host: b.example\r\n"),
        format!("OPTIONS /api HTTP/1.1\r\nHost: a.example\r\nOrigin: {APP}\r\n"),
    ] {
        for (index, gateway) in gateways.iter().enumerate() {
            let brief = answer(gateway.local_addr(), &format!("{head}\r\n")).await;
            // An empty line before it is for the library to look at, and so is a length, be it none.
            let read = answer(gateway.local_addr(), &format!("\r\n{head}\r\n")).await;
            assert_eq!(brief, read, "{index}: {head}");
            if index < LIMITED {
                let head = format!("{head}Content-Length: 0\r\n\r\n");
                let mut read = answer(gateway.local_addr(), &head).await;
                read.retain(|line| !line.starts_with("content-length: "));
                assert_eq!(brief, read, "{index}: {head}");
            }
        }
    }
}
