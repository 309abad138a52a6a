//! Servers that misbehave: each ends within its bounds, with the reason a person can act on, and never a
//! panic.

#![expect(clippy::unwrap_used, reason = "a script that fails fails its test")]

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use corsac_probe::{
    BodyProblem, Client, ClientOptions, Reply, Timeouts, TlsProblem, Unreachable, UnreachableKind,
};
use rcgen::{BasicConstraints, IsCa, date_time_ymd};
use support::*;

/// Sends to a hostile server over plain HTTP.
async fn plain(address: SocketAddr, options: ClientOptions) -> Result<Reply, Unreachable> {
    get(&format!("http://{address}/"), options).await
}

/// Insists on a failure of that kind, in words.
fn failed(result: Result<Reply, Unreachable>, kind: UnreachableKind) -> Unreachable {
    let error = result.expect_err("there is no usable response");
    assert_eq!(error.kind, kind, "{error} / {}", error.hint);
    for sentence in [&error.message, &error.hint] {
        assert!(sentence.ends_with('.') || sentence.contains("http"), "{sentence}");
        assert!(sentence.len() < 600, "{sentence}");
    }
    assert_eq!(error.tls.is_some(), kind == UnreachableKind::Tls);
    error
}

/// Writes the same bytes until the other side has had enough.
fn forever(mut stream: &TcpStream, bytes: &[u8]) {
    let bytes = bytes.repeat(64 * 1024 / bytes.len() + 1);
    while stream.write_all(&bytes).is_ok() {}
}

#[tokio::test]
async fn endless_headers() {
    let address = server(|mut stream| {
        read_head(&mut stream);
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\n"));
        forever(&stream, b"X-Again: and again\r\n");
    });
    let error = failed(plain(address, options()).await, UnreachableKind::TooLarge);
    assert!(error.message.contains("256 KiB"), "{error}");
}

#[tokio::test]
async fn one_endless_header_line() {
    let address = server(|mut stream| {
        read_head(&mut stream);
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nX-Long: "));
        forever(&stream, b"x");
    });
    failed(plain(address, options()).await, UnreachableKind::TooLarge);
}

#[tokio::test]
async fn endless_interim_responses() {
    let address = server(|mut stream| {
        read_head(&mut stream);
        forever(&stream, b"HTTP/1.1 100 Continue\r\n\r\n");
    });
    let error = failed(plain(address, options()).await, UnreachableKind::TooLarge);
    assert!(error.message.contains("256 KiB"), "{error}");
}

#[tokio::test]
async fn endless_line_breaks() {
    let address = server(|mut stream| {
        read_head(&mut stream);
        forever(&stream, b"\r\n");
    });
    failed(plain(address, options()).await, UnreachableKind::TooLarge);
}

#[tokio::test]
async fn more_headers_than_anyone_needs() {
    let head = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a:\r\n".repeat(5000));
    let error = failed(plain(answering(head), options()).await, UnreachableKind::TooLarge);
    assert!(error.message.contains("more than 4096 header lines"), "{error}");
}

#[tokio::test]
async fn an_endless_body_is_cut() {
    for head in
        ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n"]
    {
        let address = server(move |mut stream| {
            read_head(&mut stream);
            drop(stream.write_all(head.as_bytes()));
            forever(&stream, b"x");
        });
        let reply = plain(address, options()).await.unwrap();
        assert_eq!(reply.body.bytes.len(), 64 * 1024);
        assert_eq!((reply.body.complete, reply.body.problem), (false, Some(BodyProblem::OverLimit)));
    }
}

#[tokio::test]
async fn endless_tiny_chunks_and_endless_trailers_are_cut() {
    for again in [
        "1;with=a-long-extension-that-weighs-more-than-the-data-it-announces\r\nx\r\n",
        "0\r\nX-Trailer: x\r\n",
    ] {
        let address = server(move |mut stream| {
            read_head(&mut stream);
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
            forever(&stream, again.as_bytes());
        });
        let reply = plain(address, options()).await.unwrap();
        assert_eq!(reply.body.problem, Some(BodyProblem::OverLimit));
    }
}

#[tokio::test]
async fn a_body_that_stalls_does_not_hold_up_the_answer() {
    let address = server(|mut stream| {
        read_head(&mut stream);
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
        drop(stream.read(&mut [0]));
    });
    let reply = plain(address, impatient()).await.unwrap();
    assert_eq!((&reply.body.bytes[..], reply.body.problem), (&b"half"[..], Some(BodyProblem::TimedOut)));
}

#[tokio::test]
async fn bodies_that_break_off() {
    for (head, problem) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", BodyProblem::Truncated),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf", BodyProblem::Truncated),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot chunked at all\r\n",
            BodyProblem::Malformed,
        ),
    ] {
        let reply = plain(answering(head), options()).await.unwrap();
        assert_eq!(reply.body.problem, Some(problem), "{head}");
        assert!(!reply.body.complete);
    }
}

#[tokio::test]
async fn a_head_that_drips() {
    let address = server(|mut stream| {
        read_head(&mut stream);
        for byte in b"HTTP/1.1 200 OK\r\n".iter().cycle() {
            std::thread::sleep(Duration::from_millis(20));
            if stream.write_all(&[*byte]).is_err() {
                return;
            }
        }
    });
    let error = failed(plain(address, impatient()).await, UnreachableKind::Timeout);
    assert!(error.message.contains("within 300 ms"), "{error}");
}

#[tokio::test]
async fn silence() {
    let address = server(|mut stream| drop(stream.read_to_end(&mut Vec::new())));
    let error = failed(plain(address, impatient()).await, UnreachableKind::Timeout);
    assert!(error.message.contains("sent no response within 300 ms"), "{error}");
}

#[tokio::test]
async fn a_server_that_reads_nothing_of_an_upload() {
    let address = server(|stream| {
        std::thread::sleep(Duration::from_secs(5));
        drop(stream);
    });
    let mut upload = request("POST", &format!("http://{address}/"));
    upload.body = vec![b'x'; 16 * 1024 * 1024];
    failed(send(&Client::new(impatient()).unwrap(), &upload).await, UnreachableKind::Timeout);
}

#[tokio::test]
async fn the_whole_call_is_bounded_too() {
    let address = server(|mut stream| drop(stream.read_to_end(&mut Vec::new())));
    let timeouts = Timeouts { total: Duration::from_millis(200), ..options().timeouts };
    let error =
        failed(plain(address, ClientOptions { timeouts, ..options() }).await, UnreachableKind::Timeout);
    assert!(error.message.contains("within 200 ms"), "{error}");
}

#[tokio::test]
async fn bytes_that_are_not_http() {
    for bytes in [
        &b"SSH-2.0-OpenSSH_9.6\r\n"[..],
        b"\x00\x01\x02\x03\xff\xfe",
        b"<html>hello</html>",
        b"{}",
        b"* OK IMAP\r\n",
    ] {
        let error = failed(plain(answering(bytes), options()).await, UnreachableKind::Malformed);
        assert!(error.message.contains(&bytes.escape_ascii().to_string()), "{error}");
    }
    let endless = server(|stream| forever(&stream, b"\xde\xad\xbe\xef"));
    failed(plain(endless, options()).await, UnreachableKind::Malformed);
}

#[tokio::test]
async fn heads_that_browsers_refuse() {
    for head in [
        "HTTP/1.1 000 Nothing\r\n\r\n",
        "HTTP/1.1 99 Low\r\n\r\n",
        "HTTP/1.1 1000 High\r\n\r\n",
        "HTTP/1.1 OK\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Return: a\rb\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ] {
        failed(plain(answering(head), options()).await, UnreachableKind::Malformed);
    }
}

#[tokio::test]
async fn odd_heads_that_browsers_accept() {
    for (head, status) in [
        ("HTTP/1.1 999 Request denied\r\n\r\n", 999),
        ("HTTP/1.1 200\r\n\r\n", 200),
        ("HTTP/1.1 204 No Content\n\n", 204),
        ("\r\nhttp/1.1   404 Lost\r\n\r\n", 404),
        ("HTTP/1.1 200 OK\r\nX-Bytes: \u{1}\u{7f}\u{80}\r\n\r\n", 200),
    ] {
        assert_eq!(plain(answering(head), options()).await.unwrap().response.status, status, "{head:?}");
    }
}

#[tokio::test]
async fn connections_that_end_early() {
    let at_once = server(drop);
    failed(plain(at_once, options()).await, UnreachableKind::Reset);
    let error = failed(plain(answering(""), options()).await, UnreachableKind::Reset);
    assert!(error.message.contains("closed the connection without sending a response"), "{error}");
    assert!(error.hint.contains("https://"), "{}", error.hint);
    let error = failed(plain(answering("HTTP/1.1 200 OK\r\nA: "), options()).await, UnreachableKind::Reset);
    assert!(error.message.contains("before the response's head was complete"), "{error}");
}

#[tokio::test]
async fn a_reset() {
    let address = server(|mut stream| {
        read_head(&mut stream);
        // Closing with unread bytes or without lingering sends a reset.
        socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    });
    let error = failed(plain(address, options()).await, UnreachableKind::Reset);
    assert!(error.message.contains("without sending a response"), "{error}");
}

#[tokio::test]
async fn a_response_cut_at_any_byte() {
    let whole = b"HTTP/1.1 200 OK\r\nA: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    let head = whole.windows(4).position(|at| at == b"\r\n\r\n").unwrap() + 4;
    for cut in 0..whole.len() {
        let result = plain(answering(&whole[..cut]), options()).await;
        if cut < head {
            failed(result, UnreachableKind::Reset);
        } else {
            assert_eq!(result.unwrap().body.problem, Some(BodyProblem::Truncated), "{cut}");
        }
    }
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = failed(plain(address, options()).await, UnreachableKind::ConnectRefused);
    assert!(error.message.contains(&format!("127.0.0.1 port {}", address.port())), "{error}");
    let by_name = get(&format!("http://localhost:{}/", address.port()), options()).await;
    failed(by_name, UnreachableKind::ConnectRefused);
}

#[tokio::test]
async fn nobody_answers_the_attempt_to_connect() {
    // A listener that accepts nobody: once its queue is full the system drops what comes after.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let patience = Duration::from_millis(200);
    let queue: Vec<_> = (0..64).map_while(|_| TcpStream::connect_timeout(&address, patience).ok()).collect();
    assert!(queue.len() < 64, "the queue has an end");
    let error = failed(plain(address, impatient()).await, UnreachableKind::ConnectTimeout);
    assert!(error.message.contains("within 300 ms: no answer from 127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_name_that_does_not_exist() {
    let error = failed(get("http://does-not-exist.invalid/", options()).await, UnreachableKind::Dns);
    assert!(error.message.starts_with("The name does-not-exist.invalid could not be resolved"), "{error}");
    assert!(error.hint.contains("--resolve does-not-exist.invalid:80:"), "{}", error.hint);
}

#[tokio::test]
async fn requests_that_cannot_be_sent() {
    let client = Client::new(options()).unwrap();
    failed(send(&client, &request("GET", "ftp://127.0.0.1/")).await, UnreachableKind::Unsupported);
    failed(send(&client, &request("GET IT", "http://127.0.0.1:1/")).await, UnreachableKind::Unsupported);
    let mut smuggled = request("GET", "http://127.0.0.1:1/");
    smuggled.headers.append("X-Line", "a\r\nX-Other: b");
    failed(send(&client, &smuggled).await, UnreachableKind::Unsupported);
}

/// Insists on a TLS failure with that detail.
fn failed_tls(result: Result<Reply, Unreachable>, problem: TlsProblem) -> Unreachable {
    let error = failed(result, UnreachableKind::Tls);
    assert_eq!(error.tls, Some(problem), "{error}");
    error
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

#[tokio::test]
async fn certificates_nobody_signed() {
    // A self-signed certificate as tools for development make it, and as `openssl req -x509` makes it.
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let address = answering_over_tls(self_signed(&["127.0.0.1"], is_ca), OK);
        let options = ClientOptions { extra_roots: Some(Authority::new().pem()), ..options() };
        let error = failed_tls(get(&format!("https://{address}/"), options).await, TlsProblem::UnknownIssuer);
        assert!(error.hint.contains("--insecure"), "{}", error.hint);
    }
}

#[tokio::test]
async fn certificates_of_an_authority_that_was_made_anew() {
    let config = Authority::new().tls(&["127.0.0.1"], &[], |_| {});
    let address = answering_over_tls(config, OK);
    let options = ClientOptions { extra_roots: Some(Authority::new().pem()), ..options() };
    let error = failed_tls(get(&format!("https://{address}/"), options).await, TlsProblem::UnknownIssuer);
    assert!(error.message.contains("another key"), "{error}");
}

#[tokio::test]
async fn certificates_for_others_and_out_of_date() {
    let authority = Authority::new();
    let options = ClientOptions { extra_roots: Some(authority.pem()), ..options() };

    let other = answering_over_tls(authority.tls(&["other.example", "10.0.0.1"], &[], |_| {}), OK);
    let error =
        failed_tls(get(&format!("https://{other}/"), options.clone()).await, TlsProblem::NameMismatch);
    assert!(error.message.contains("is not for 127.0.0.1: it is for other.example, 10.0.0.1"), "{error}");

    let expired = authority.tls(&["127.0.0.1"], &[], |params| params.not_after = date_time_ymd(2001, 1, 1));
    let expired = answering_over_tls(expired, OK);
    let error = failed_tls(get(&format!("https://{expired}/"), options.clone()).await, TlsProblem::Expired);
    assert!(error.message.contains("expired") && error.message.contains("days ago"), "{error}");

    let early = authority.tls(&["127.0.0.1"], &[], |params| params.not_before = date_time_ymd(4000, 1, 1));
    let early = answering_over_tls(early, OK);
    failed_tls(get(&format!("https://{early}/"), options).await, TlsProblem::NotYetValid);
}

#[tokio::test]
async fn plain_servers_called_over_tls() {
    for greeting in
        [&b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"[..], b"SSH-2.0-OpenSSH_9.6\r\n"]
    {
        let address = server(move |mut stream| {
            drop(stream.write_all(greeting));
            close(&stream);
        });
        let error = failed_tls(get(&format!("https://{address}/"), options()).await, TlsProblem::NotTls);
        assert_eq!(error.hint, format!("The server does not speak TLS: try http://{address}."));
    }
    let closing = server(|mut stream| {
        drop(stream.read(&mut [0; 16]));
    });
    failed_tls(get(&format!("https://{closing}/"), options()).await, TlsProblem::Handshake);
    let silent = server(|mut stream| drop(stream.read_to_end(&mut Vec::new())));
    let error = failed_tls(get(&format!("https://{silent}/"), impatient()).await, TlsProblem::TimedOut);
    assert!(error.message.contains("within 300 ms"), "{error}");
}

#[tokio::test]
async fn old_tls_versions() {
    // A fatal `protocol_version` alert: what a server of TLS 1.0 days answers.
    let alert = server(|mut stream| {
        drop(stream.write_all(b"\x15\x03\x01\x00\x02\x02\x46"));
        close(&stream);
    });
    failed_tls(get(&format!("https://{alert}/"), options()).await, TlsProblem::ProtocolVersion);
}

#[tokio::test]
async fn a_tls_server_called_in_plain_http() {
    let address = answering_over_tls(self_signed(&["127.0.0.1"], IsCa::NoCa), OK);
    let error = failed(plain(address, options()).await, UnreachableKind::Malformed);
    assert_eq!(error.hint, format!("The server speaks TLS on this port: try https://{address}."));
}

#[tokio::test]
async fn garbage_where_http2_was_agreed() {
    let authority = Authority::new();
    let config = authority.tls(&["127.0.0.1"], &["h2"], |_| {});
    let address = server(move |mut socket| {
        let mut session = rustls::ServerConnection::new(config.clone()).unwrap();
        let mut stream = rustls::Stream::new(&mut session, &mut socket);
        drop(stream.read(&mut [0; 1024]));
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nthis is not HTTP/2"));
        close(&socket);
    });
    let options = ClientOptions { extra_roots: Some(authority.pem()), ..options() };
    failed(get(&format!("https://{address}/"), options).await, UnreachableKind::Malformed);
}

#[tokio::test]
async fn http2_heads_without_end() {
    let authority = Authority::new();
    let config = authority.tls(&["127.0.0.1"], &["h2"], |_| {});
    let address = http2_script(config, |stream| {
        // `:status: 200`, and then `a: xxx…` as literals without an index, a frame at a time and never the
        // last one.
        drop(stream.write_all(&frame(1, 0, 1, &[0x88])));
        let line = [&b"\x00\x01a\x64"[..], &[b'x'; 100]].concat().repeat(100);
        while stream.write_all(&frame(9, 0, 1, &line)).is_ok() {}
    });
    let options = ClientOptions { extra_roots: Some(authority.pem()), ..options() };
    failed(get(&format!("https://{address}/"), options).await, UnreachableKind::TooLarge);
}

#[tokio::test]
async fn http2_refusals_and_breaches() {
    let authority = Authority::new();
    let options = ClientOptions { extra_roots: Some(authority.pem()), ..options() };
    for (answer, kind) in [
        (frame(3, 0, 1, &[0, 0, 0, 2]), UnreachableKind::Reset), // RST_STREAM, INTERNAL_ERROR.
        (frame(3, 0, 1, &[0, 0, 0, 7]), UnreachableKind::Reset), // RST_STREAM, REFUSED_STREAM.
        (frame(7, 0, 0, &[0, 0, 0, 0, 0, 0, 0, 11]), UnreachableKind::Reset), // GOAWAY, ENHANCE_YOUR_CALM.
        (Vec::new(), UnreachableKind::Reset),
        (frame(0, 0, 1, b"data before the head"), UnreachableKind::Malformed),
        (frame(1, 4, 1, &[0xff; 20]), UnreachableKind::Malformed), // HEADERS that are not HPACK.
        (frame(1, 5, 1, b"\x88\x00\x02AB\x01x"), UnreachableKind::Malformed), // A name in upper case.
    ] {
        let config = authority.tls(&["127.0.0.1"], &["h2"], |_| {});
        let address = http2_script(config, move |stream| drop(stream.write_all(&answer)));
        failed(get(&format!("https://{address}/"), options.clone()).await, kind);
    }
}

#[tokio::test]
async fn silence_after_http2_was_agreed() {
    let authority = Authority::new();
    let config = authority.tls(&["127.0.0.1"], &["h2"], |_| {});
    let address = answering_over_tls_silently(config);
    let timeouts = Timeouts { head: Duration::from_millis(300), ..options().timeouts };
    let options = ClientOptions { extra_roots: Some(authority.pem()), timeouts, ..options() };
    failed(get(&format!("https://{address}/"), options).await, UnreachableKind::Timeout);
}

fn answering_over_tls_silently(config: std::sync::Arc<rustls::ServerConfig>) -> SocketAddr {
    server(move |mut socket| {
        let mut session = rustls::ServerConnection::new(config.clone()).unwrap();
        drop(rustls::Stream::new(&mut session, &mut socket).read_to_end(&mut Vec::new()));
    })
}

#[tokio::test]
async fn every_kind_has_its_own_identifier() {
    let mut ids: Vec<_> = UnreachableKind::ALL.iter().map(|kind| kind.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), UnreachableKind::ALL.len());
}
