//! Connections that carry such messages: one after the other, cut anywhere, and left early.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::support::{
    APP, PATIENCE, Upstream, channel, fetch, full, gateway, gateway_to, get, read_head, scripted,
};

#[tokio::test]
async fn requests_that_come_together_are_answered_one_after_the_other() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_to(&upstream.url());
    let preflight = format!(
        "OPTIONS /one HTTP/1.1\r\nHost: a\r\nOrigin: {APP}\r\nAccess-Control-Request-Method: PUT\r\n\r\n"
    );
    let get = "GET /two HTTP/1.1\r\nHost: a\r\n\r\n";
    let post = "POST /three HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nthree";
    let last = "GET /four HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let all = [&preflight, get, post, &preflight, get, last].concat();
    // However they are cut.
    for cut in [1, 7, preflight.len() - 1, preflight.len(), preflight.len() + 9, all.len() - 3, all.len()] {
        let mut stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
        stream.write_all(&all.as_bytes()[..cut]).await.expect("bytes can be sent");
        sleep(Duration::from_millis(20)).await;
        stream.write_all(&all.as_bytes()[cut..]).await.expect("bytes can be sent");
        let mut text = String::new();
        timeout(PATIENCE, stream.read_to_string(&mut text)).await.expect("in time").expect("text");
        let found: Vec<usize> = ["GET /two", "POST /three", "three\r\nHTTP", "GET /two", "GET /four"]
            .into_iter()
            .scan(0, |from, wanted| {
                *from += text[*from..]
                    .find(wanted.trim_end_matches("\r\nHTTP"))
                    .unwrap_or_else(|| panic!("{wanted}: {text}"));
                Some(*from)
            })
            .collect();
        assert!(found.is_sorted(), "{found:?}");
        assert_eq!(text.matches("HTTP/1.1 204 No Content\r\n").count(), 2, "{text}");
        assert_eq!(text.matches("HTTP/1.1 200 OK\r\n").count(), 4, "{text}");
    }
}

#[tokio::test]
async fn a_server_is_asked_once_whatever_it_answers() {
    let asked = Arc::new(AtomicUsize::new(0));
    let upstream = Upstream::start({
        let asked = Arc::clone(&asked);
        move |request: Request<hyper::body::Incoming>| {
            asked.fetch_add(1, Ordering::Relaxed);
            async move {
                if request.uri().path() == "/brief" {
                    return Response::new(full("brief"));
                }
                let (feed, body) = channel();
                tokio::spawn(async move { feed.send("streamed").await });
                Response::new(body)
            }
        }
    })
    .await;
    let gateway = gateway_to(&upstream.url());
    for round in 1..=20 {
        let (_, _, text) = fetch(gateway.local_addr(), get("/brief")).await;
        assert_eq!(text, "brief");
        let (_, _, text) = fetch(gateway.local_addr(), get("/streamed")).await;
        assert_eq!(text, "streamed");
        assert_eq!(asked.load(Ordering::Relaxed), 2 * round);
    }
    assert_eq!(upstream.connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn what_is_at_hand_is_answered_though_its_client_has_ended_its_half() {
    let upstream = Upstream::echo().await;
    let gateway = gateway(&format!("[[routes]]\npath = \"/api\"\nupstream = \"{}\"\n", upstream.url()));
    for _ in 0..50 {
        let mut stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
        let mut text = String::new();
        for request in 1..=2 {
            stream.write_all(b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("bytes can be sent");
            if request == 1 {
                let mut first = [0; 12];
                stream.read_exact(&mut first).await.expect("an answer");
            }
        }
        stream.shutdown().await.expect("one half can end");
        timeout(PATIENCE, stream.read_to_string(&mut text)).await.expect("in time").expect("text");
        assert_eq!(text.matches("HTTP/1.1 404 ").count(), 1, "{text}");
    }
}

#[tokio::test]
async fn a_client_that_goes_away_ends_what_it_asked_for() {
    let (told, mut ended) = tokio::sync::mpsc::channel(1);
    let address = scripted(move |_, mut stream| {
        let told = told.clone();
        async move {
            read_head(&mut stream).await;
            told.send("asked").await.expect("somebody listens");
            // The end of the connection, since nothing more is sent.
            let _ = stream.read_u8().await;
            told.send("ended").await.expect("somebody listens");
        }
    })
    .await;
    let gateway = gateway_to(&format!("http://{address}"));
    let mut stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("bytes can be sent");
    let mut next = async || timeout(PATIENCE, ended.recv()).await.expect("in time");
    assert_eq!(next().await, Some("asked"));
    drop(stream);
    assert_eq!(next().await, Some("ended"));
}

#[tokio::test]
async fn a_request_may_be_cut_anywhere_behind_another_one() {
    let upstream = Upstream::echo().await;
    let gateway = gateway_to(&upstream.url());
    let mut stream = TcpStream::connect(gateway.local_addr()).await.expect("a connection");
    // The first few make the connection one whose next request is waited for by the library.
    let post = "POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    let (get, end) = ("GET /two HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r", "\n");
    let mut buffer = [0; 1024];
    for _ in 0..3 {
        stream.write_all(post.as_bytes()).await.expect("bytes can be sent");
        assert!(timeout(PATIENCE, stream.read(&mut buffer)).await.expect("in time").expect("bytes") > 0);
    }
    stream.write_all([post, get].concat().as_bytes()).await.expect("bytes can be sent");
    sleep(Duration::from_millis(40)).await;
    stream.write_all(end.as_bytes()).await.expect("bytes can be sent");
    let mut text = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut text)).await.expect("in time").expect("text");
    assert!(text.contains("POST /one\n") && text.contains("GET /two\n"), "{text}");
    assert!(!text.contains("400 Bad Request"), "{text}");
}
