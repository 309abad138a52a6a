//! A configuration that changes while the gateway runs.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use corsac_gateway::{Config, ConfigSource, Gateway, ReloadError, ReloadHandle, Running};
use http::{Response, StatusCode};
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::support::{APP, EVIL, PATIENCE, Upstream, eventually, fetch, from, full, get};

const OTHER: &str = "https://other.example";

fn text(origin: &str, upstream: &str) -> String {
    format!(
        "listen = \"127.0.0.1:0\"\n[policies.app]\nallow_origins = [\"{origin}\"]\n\
         [[routes]]\npath = \"/\"\nupstream = \"{upstream}\"\npolicy = \"app\"\n"
    )
}

fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::write(path, text).expect("the folder can be written");
}

/// A gateway with the configuration of this file, which it watches.
fn watching(path: &Path) -> (Running, ReloadHandle) {
    let config = Config::load(path).unwrap_or_else(|faults| panic!("{faults}"));
    let workers = NonZeroUsize::new(2).expect("not zero");
    let source = ConfigSource::File { path: path.to_owned(), listen: None };
    let running = Gateway::bind(config.with_workers(workers)).expect("a gateway").reloading(source).spawn();
    let handle = running.reload_handle().expect("it reloads");
    (running, handle)
}

/// Whether the page may read what the gateway answers.
async fn lets(gateway: SocketAddr, origin: &str) -> bool {
    let (status, headers, _) = fetch(gateway, from(origin, get("/"))).await;
    assert_eq!(status, StatusCode::OK);
    headers.contains_key("access-control-allow-origin")
}

async fn reload(handle: &ReloadHandle) -> Result<u64, ReloadError> {
    let handle = handle.clone();
    tokio::task::spawn_blocking(move || handle.reload()).await.expect("no panic")
}

#[tokio::test]
async fn no_request_fails_and_no_connection_closes_while_it_is_reloaded_a_hundred_times() {
    let upstream = Upstream::echo().await.url();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("corsac.toml");
    write(&file, text(APP, &upstream));
    let (gateway, handle) = watching(&file);
    let address = gateway.local_addr();

    let (over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..4)
        .map(|client| {
            let (over, answered) = (Arc::clone(&over), Arc::clone(&answered));
            tokio::spawn(async move {
                let stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
                let (mut sender, connection) =
                    hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
                tokio::spawn(connection);
                while !over.load(Ordering::Relaxed) {
                    let mut request = from(APP, get(&format!("/{client}")));
                    request.headers_mut().insert("host", "gateway.example".parse().expect("a value"));
                    let response = sender.send_request(request).await.expect("on the same connection");
                    assert_eq!(response.status(), StatusCode::OK);
                    assert_eq!(response.headers()["vary"], "Origin");
                    response.into_body().collect().await.expect("a whole body");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();

    let mut last = 1;
    for round in 0..100 {
        write(&file, text(if round % 2 == 0 { OTHER } else { APP }, &upstream));
        let generation = reload(&handle).await.expect("it is sound");
        // The watcher may have been there first.
        assert!(generation > last, "{generation} after {last}");
        last = generation;
        let enough = answered.load(Ordering::Relaxed) + 4;
        eventually("requests are answered", async || answered.load(Ordering::Relaxed) >= enough).await;
    }
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("no request failed");
    }
    assert!(handle.generation() >= 101);
    assert!(lets(address, APP).await && !lets(address, OTHER).await);
}

#[tokio::test]
async fn a_request_ends_under_the_configuration_it_began_with() {
    let (asked, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let upstream = Upstream::start({
        let (asked, go) = (Arc::clone(&asked), Arc::clone(&go));
        move |request| {
            let (asked, go) = (Arc::clone(&asked), Arc::clone(&go));
            async move {
                if request.uri().path() == "/slow" {
                    asked.notify_one();
                    go.notified().await;
                }
                Response::new(full("done"))
            }
        }
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("corsac.toml");
    write(&file, text(APP, &upstream.url()));
    let (gateway, handle) = watching(&file);
    let slow = tokio::spawn(fetch(gateway.local_addr(), from(APP, get("/slow"))));
    timeout(PATIENCE, asked.notified()).await.expect("the upstream is asked");
    write(&file, text(OTHER, &upstream.url()));
    reload(&handle).await.expect("it is sound");
    assert!(!lets(gateway.local_addr(), APP).await);
    go.notify_one();
    let (status, headers, body) = slow.await.expect("no panic");
    assert_eq!((status, body.as_str()), (StatusCode::OK, "done"));
    assert_eq!(headers["access-control-allow-origin"], APP);
}

#[tokio::test]
async fn connections_to_the_upstream_survive() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("corsac.toml");
    // A machine that stands still for seconds lets idle connections go: then it is tried again.
    for _ in 0..5 {
        let upstream = Upstream::echo().await;
        write(&file, text(APP, &upstream.url()));
        let config = Config::load(&file).expect("it is sound").with_workers(NonZeroUsize::MIN);
        let source = ConfigSource::File { path: file.clone(), listen: None };
        let gateway = Gateway::bind(config).expect("a gateway").reloading(source).spawn();
        let handle = gateway.reload_handle().expect("it reloads");
        for _ in 0..3 {
            assert!(lets(gateway.local_addr(), APP).await);
            reload(&handle).await.expect("it is sound");
        }
        if upstream.connections.load(Ordering::Relaxed) == 1 {
            return;
        }
    }
    panic!("every reload makes new connections");
}

#[tokio::test]
async fn one_with_faults_is_refused_and_the_last_good_one_stays() {
    let upstream = Upstream::echo().await.url();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("corsac.toml");
    write(&file, text(APP, &upstream));
    let (gateway, handle) = watching(&file);
    for broken in [
        text("https://other.example/", &upstream),
        text(OTHER, &upstream).replace("upstream", "upstrem"),
        "[[routes".to_owned(),
        String::new(),
    ] {
        write(&file, &broken);
        let error = reload(&handle).await.expect_err("it has faults");
        assert!(matches!(&error, ReloadError::Faults(faults) if !faults.findings().is_empty()), "{error}");
        assert_eq!(handle.generation(), 1);
        assert!(lets(gateway.local_addr(), APP).await && !lets(gateway.local_addr(), OTHER).await);
    }
    std::fs::remove_file(&file).expect("a file");
    assert!(reload(&handle).await.expect_err("there is none").to_string().contains("file-unreadable"));
    assert!(lets(gateway.local_addr(), APP).await);
    write(&file, text(OTHER, &upstream));
    eventually("what is sound again is in force", async || lets(gateway.local_addr(), OTHER).await).await;
    assert!(!lets(gateway.local_addr(), APP).await);
}

#[tokio::test]
async fn an_upstream_that_is_new_or_gone_is_followed_and_an_address_is_not() {
    let (one, two) =
        (Upstream::echo().await, Upstream::start(|_| async { Response::new(full("two")) }).await);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("corsac.toml");
    write(&file, text(APP, &one.url()));
    let (gateway, handle) = watching(&file);
    let changed = text(APP, &two.url()).replace("127.0.0.1:0", "127.0.0.2:0");
    write(
        &file,
        format!(
            "{changed}[[routes]]\npath = \"/secure\"\nupstream = \"https://127.0.0.1:1\"\nallow_private_addresses = true\n"
        ),
    );
    // Where the machine trusts nobody, an upstream with https cannot be had, and all stays.
    match reload(&handle).await {
        Ok(_) => {
            let (status, _, body) = fetch(gateway.local_addr(), get("/")).await;
            assert_eq!((status, body.as_str()), (StatusCode::OK, "two"));
            let (status, ..) = fetch(gateway.local_addr(), get("/secure")).await;
            assert_eq!(status, StatusCode::BAD_GATEWAY);
        }
        Err(error) => assert!(matches!(error, ReloadError::Start(_)), "{error}"),
    }
}

#[tokio::test]
async fn a_file_that_is_written_or_renamed_over_is_noticed() {
    let upstream = Upstream::echo().await.url();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("corsac.toml");
    write(&file, text(APP, &upstream));
    let (gateway, _) = watching(&file);
    let address = gateway.local_addr();
    write(&file, text(OTHER, &upstream));
    eventually("it is written", async || lets(address, OTHER).await).await;
    let aside = folder.path().join("corsac.toml.new");
    write(&aside, text(APP, &upstream));
    std::fs::rename(&aside, &file).expect("the folder can be written");
    eventually("it is renamed over", async || lets(address, APP).await).await;
    // The first one is not watched any more, and the second one is.
    write(&file, text(OTHER, &upstream));
    eventually("it is written again", async || lets(address, OTHER).await).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_that_is_swapped_as_kubernetes_does_is_noticed() {
    use std::os::unix::fs::symlink;
    let upstream = Upstream::echo().await.url();
    let folder = tempfile::tempdir().expect("a folder");
    let mount = folder.path();
    let publish = |version: &str, origin: &str| {
        let data = mount.join(version);
        std::fs::create_dir(&data).expect("a folder");
        write(&data.join("corsac.toml"), text(origin, &upstream));
        symlink(version, mount.join("..data_tmp")).expect("a link");
        std::fs::rename(mount.join("..data_tmp"), mount.join("..data")).expect("the folder can be written");
    };
    publish("..2026_01", APP);
    let file = mount.join("corsac.toml");
    symlink("..data/corsac.toml", &file).expect("a link");
    let (gateway, _) = watching(&file);
    for (version, origin) in [("..2026_02", OTHER), ("..2026_03", APP), ("..2026_04", EVIL)] {
        publish(version, origin);
        eventually("the link is swapped", async || lets(gateway.local_addr(), origin).await).await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_is_swapped_by_a_link_is_noticed() {
    use std::os::unix::fs::symlink;
    let upstream = Upstream::echo().await.url();
    let folder = tempfile::tempdir().expect("a folder");
    for (release, origin) in [("one", APP), ("two", OTHER)] {
        let release = folder.path().join(release);
        std::fs::create_dir(&release).expect("a folder");
        write(&release.join("corsac.toml"), text(origin, &upstream));
    }
    let current = folder.path().join("current");
    symlink("one", &current).expect("a link");
    let (gateway, _) = watching(&current.join("corsac.toml"));
    assert!(lets(gateway.local_addr(), APP).await);
    symlink("two", folder.path().join("next")).expect("a link");
    std::fs::rename(folder.path().join("next"), &current).expect("the folder can be written");
    eventually("the link is swapped", async || lets(gateway.local_addr(), OTHER).await).await;
}

#[tokio::test]
async fn a_file_of_origins_is_watched_even_before_it_is_there() {
    let upstream = Upstream::echo().await.url();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("corsac.toml");
    write(&file, text(APP, &upstream));
    let (gateway, handle) = watching(&file);
    let address = gateway.local_addr();
    let lists = folder.path().join("lists");
    let named = text(APP, &upstream)
        .replace("allow_origins ", "allow_origins_file = \"lists/origins.txt\"\nallow_origins ");
    write(&file, named);
    reload(&handle).await.expect_err("there is no such file yet");
    std::fs::create_dir(&lists).expect("a folder");
    write(&lists.join("origins.txt"), format!("{OTHER}\n"));
    // The folder was not there to be watched: it is looked for.
    eventually("the file is there", async || lets(address, OTHER).await).await;
    write(&lists.join("origins.txt"), format!("{EVIL}\n"));
    eventually("the file is written", async || lets(address, EVIL).await).await;
    assert!(lets(address, APP).await && !lets(address, OTHER).await);
}
