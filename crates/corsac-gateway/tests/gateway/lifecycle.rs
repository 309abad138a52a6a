//! Starting, stopping, and what stands in the way of either.

use std::sync::Arc;
use std::time::{Duration, Instant};

use corsac_gateway::{Gateway, StartError};
use http::{Response, StatusCode};
use http_body_util::BodyExt;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::support::{PATIENCE, Upstream, config, fetch, full, gateway, get, send, stop};

#[tokio::test]
async fn running_requests_finish_and_new_ones_are_refused() {
    let (asked, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let upstream = Upstream::start({
        let (asked, go) = (Arc::clone(&asked), Arc::clone(&go));
        move |_| {
            let (asked, go) = (Arc::clone(&asked), Arc::clone(&go));
            async move {
                asked.notify_one();
                go.notified().await;
                Response::new(full("done"))
            }
        }
    })
    .await;
    let gateway = gateway(&format!(
        "admin = \"127.0.0.1:0\"\n[[routes]]\npath = \"/\"\nupstream = \"{}\"\n",
        upstream.url()
    ));
    let (address, admin) = (gateway.local_addr(), gateway.admin_addr().expect("an admin listener"));
    assert_eq!(fetch(admin, get("/livez")).await.0, StatusCode::OK);
    assert_eq!(fetch(admin, get("/readyz")).await.0, StatusCode::OK);

    // A connection without a request does not hold anybody up.
    let _idle = tokio::net::TcpStream::connect(address).await.expect("a connection");
    let running = tokio::spawn(fetch(address, get("/")));
    timeout(PATIENCE, asked.notified()).await.expect("the upstream is asked");
    let stopping = tokio::spawn(stop(gateway));
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(fetch(admin, get("/livez")).await.0, StatusCode::OK);
    assert_eq!(fetch(admin, get("/readyz")).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!stopping.is_finished());
    go.notify_one();
    let (status, headers, text) = running.await.expect("no panic");
    assert_eq!((status, text.as_str()), (StatusCode::OK, "done"));
    assert_eq!(headers["connection"], "close");
    let drained = timeout(PATIENCE, stopping).await.expect("as soon as it is idle").expect("no panic");
    assert_eq!(drained.cut, 0);
}

#[tokio::test]
async fn readiness_ends_first_and_new_connections_are_taken_until_the_notice_is_over() {
    let upstream = Upstream::echo().await;
    let gateway = gateway(&format!(
        "admin = \"127.0.0.1:0\"\n[timeouts]\nnotice = \"1h\"\n[[routes]]\npath = \"/\"\nupstream = \"{}\"\n",
        upstream.url()
    ));
    let (address, admin) = (gateway.local_addr(), gateway.admin_addr().expect("an admin listener"));
    let handle = gateway.shutdown_handle();
    handle.shutdown();
    let (status, _, text) = fetch(admin, get("/readyz")).await;
    assert_eq!((status, text.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "draining\n"));
    assert_eq!(fetch(address, get("/")).await.0, StatusCode::OK);
    // Whoever cannot wait says so.
    handle.shutdown_now();
    timeout(PATIENCE, stop(gateway)).await.expect("within the hour");
}

#[tokio::test]
async fn a_request_that_does_not_finish_is_cut_off_at_the_deadline() {
    let upstream = Upstream::start(|_| async {
        let (feed, body) = crate::support::channel();
        feed.send("first").await;
        std::mem::forget(feed);
        Response::new(body)
    })
    .await;
    let gateway = gateway(&format!(
        "[timeouts]\ndrain = \"300ms\"\n[[routes]]\npath = \"/\"\nupstream = \"{}\"\n",
        upstream.url()
    ));
    let mut response = send(gateway.local_addr(), get("/")).await;
    response.frame().await.expect("a frame").expect("data");
    let started = Instant::now();
    let drained = stop(gateway).await;
    assert_eq!(drained.cut, 1);
    assert!(started.elapsed() >= Duration::from_millis(300), "{:?}", started.elapsed());
    assert!(response.collect().await.is_err());
}

#[tokio::test]
async fn an_idle_gateway_stops_at_once_and_so_does_a_dropped_one() {
    // An hour is what it would take if anything were waited for.
    let text = "[timeouts]\ndrain = \"1h\"\n[[routes]]\npath = \"/\"\nupstream = \"http://127.0.0.1:9\"\n";
    assert_eq!(timeout(PATIENCE, stop(gateway(text))).await.expect("at once").cut, 0);
    let dropped = gateway(text);
    let address = dropped.local_addr();
    drop(dropped);
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[test]
fn an_address_in_use_says_what_to_do() {
    let text = "[[routes]]\npath = \"/\"\nupstream = \"http://127.0.0.1:9\"\n";
    let first = Gateway::bind(config(text)).expect("a gateway");
    let error = Gateway::bind(config(text).with_listen(first.local_addr())).err().expect("it is taken");
    assert!(matches!(&error, StartError::Listen { address, .. } if *address == first.local_addr()));
    let text = error.to_string();
    assert!(text.contains("is in use already.") && text.contains("ss -ltnp"), "{text}");

    let foreign = config("[[routes]]\npath = \"/\"\nupstream = \"http://127.0.0.1:9\"\n")
        .with_listen("192.0.2.1:0".parse().expect("an address"));
    let error = Gateway::bind(foreign).err().expect("it is not ours");
    assert!(error.to_string().contains("is not an address of this machine"), "{error}");
}

#[tokio::test]
async fn all_workers_serve_one_port() {
    let upstream = Upstream::echo().await;
    let text = format!("[[routes]]\npath = \"/\"\nupstream = \"{}\"\n", upstream.url());
    let workers = std::num::NonZeroUsize::new(4).expect("not zero");
    let gateway = Gateway::bind(config(&text).with_workers(workers)).expect("a gateway").spawn();
    for _ in 0..32 {
        assert_eq!(fetch(gateway.local_addr(), get("/")).await.0, StatusCode::OK);
    }
    assert_eq!(stop(gateway).await.cut, 0);
}
